"""Read, save, share and delete views of the ledger.

A shared view is a query that runs in the scope of whoever opens it: see `opening.open_ledger`. No
function here returns a filter or a column that the actor's ledger does not have.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from enrollment_portal.domain.access.admin_log import Action, SubjectKind
from enrollment_portal.domain.access.permissions import (
    ledger_columns,
    may_see_ledger,
    may_share_views,
    require,
)
from enrollment_portal.domain.ledger.layout.columns import Layout
from enrollment_portal.domain.ledger.ledger_query import LedgerQuery
from enrollment_portal.domain.people.people import Actor
from enrollment_portal.domain.shared.calendar import now_ms
from enrollment_portal.domain.shared.errors import Invalid, NotAllowed, NotFound, PortalError
from enrollment_portal.domain.shared.listing import read_id
from enrollment_portal.domain.views import messages
from enrollment_portal.domain.views.view_fields import ViewFields, read_view_fields
from enrollment_portal.domain.views.views import (
    MOST_OWN,
    MOST_SHARED,
    PRODUCT_VIEWS,
    Audience,
    View,
    audiences_seen,
    may_change_view,
    may_see_view,
    query_of_text,
    read_view_key,
    text_of_query,
)
from enrollment_portal.services.ledger.ledger import as_seen_by
from enrollment_portal.services.shared.retrying import again_after_deadlock
from enrollment_portal.storage.access.admin_log import add_act
from enrollment_portal.storage.shared.database import Database
from enrollment_portal.storage.shared.tables import SavedView
from enrollment_portal.storage.views import views as stored
from enrollment_portal.storage.views.views import StoredView

_RESTORABLE_MS = 24 * 3_600_000
"""How long a deleted view can be restored."""


@dataclass(frozen=True)
class SeenViews:
    """The views of a person, as far as their ledger has them."""

    product: tuple[View, ...]
    saved: tuple[View, ...]
    default: str
    """The key of their default; "" for none."""


class ChangedMeanwhile(PortalError):
    """Someone else changed the view since it was opened; nothing was saved.

    Args:
        view: as it is now.
    """

    def __init__(self, view: View) -> None:
        super().__init__(messages.changed_by(view.name, view.changed_by))
        self.view = view


def read_views(database: Database, actor: Actor) -> SeenViews:
    """Return the views that a person sees: the product's, their own, and those shared with them.

    Raises:
        NotAllowed: the actor has no ledger, as with everything here.
    """
    require(actor, may_see_ledger)
    with database.read() as session:
        found = stored.seen_views(session, actor.account_id, audiences_seen(actor))
        default = stored.default_view(session, actor.account_id)
    saved = tuple(_view(actor, one) for one in found)
    product = tuple(_seen(actor, view) for view in PRODUCT_VIEWS.values())
    keys = {view.key for view in (*product, *saved)}
    return SeenViews(product, saved, default if default in keys else "")


def read_view(database: Database, actor: Actor, key: object) -> View:
    """Return a view with what it shows to the actor.

    Raises:
        NotFound: there is no such view, or it is another's and not shared with the actor.
    """
    require(actor, may_see_ledger)
    with database.read() as session:
        return _find(session, actor, key)


def read_default(database: Database, actor: Actor) -> View | None:
    """Return the view with which the actor's ledger opens; `None` without one they can see."""
    require(actor, may_see_ledger)
    with database.read() as session:
        key = stored.default_view(session, actor.account_id)
        found = _visible(session, actor, key) if key else None
    return None if found is None or found[1] else found[0]


@again_after_deadlock
def save_view(
    database: Database,
    actor: Actor,
    query: LedgerQuery,
    typed: Mapping[str, object],
    layout: Layout | None = None,
) -> View:
    """Save what a ledger shows as a new view of the actor's.

    Args:
        database: where it is saved.
        actor: its owner.
        query: what the ledger shows; its page does not matter.
        typed: see `view_fields.read_view_fields`.
        layout: the columns and the density; `None` for each person's own.

    Raises:
        Invalid: a field breaks a rule, or the name is taken; nothing is saved.
        PortalError: there are too many views, or the ledger is a part of another page.
    """
    require(actor, may_see_ledger)
    query = _own_ledger(actor, query)
    fields = read_view_fields(typed, may_share=may_share_views(actor))
    now = now_ms()
    try:
        with database.write() as session:
            _check(session, actor.account_id, fields)
            if stored.count_own(session, actor.account_id) >= MOST_OWN:
                raise PortalError(messages.too_many(MOST_OWN))
            row = SavedView(
                owner_id=actor.account_id,
                name=fields.name,
                name_key=fields.name_key,
                audience=fields.audience.value,
                query=text_of_query(query),
                layout=_layout_text(actor, layout),
                changed_by=actor.account_id,
                changed_at=now,
            )
            id_ = stored.add_view(session, row)
            if fields.audience:
                detail = messages.logged_audience(fields.audience.label)
                _log(session, actor, Action.VIEW_SHARED, id_, fields.name, detail)
            return _stored(session, actor, id_)
    except IntegrityError:
        raise _name_taken(is_own=True, audience=fields.audience) from None


@again_after_deadlock
def change_view(
    database: Database,
    actor: Actor,
    key: object,
    *,
    version: object,
    typed: Mapping[str, object],
) -> View:
    """Rename a view, or share it with another audience, or with nobody.

    Args:
        database: where it is.
        actor: who changes it.
        key: which view.
        version: the version that the form was filled with.
        typed: see `view_fields.read_view_fields`.

    Raises:
        NotFound: there is no such view for the actor.
        Invalid: a field breaks a rule, or the name is taken; nothing is saved.
        ChangedMeanwhile: someone else changed it since.
        NotAllowed: the actor may not change it, or has no ledger, as with everything here.
        PortalError: there are too many views.
    """
    require(actor, may_see_ledger)
    fields = read_view_fields(typed, may_share=may_share_views(actor))
    try:
        with database.write() as session:
            view = _find_to_change(session, actor, key)
            if (fields.name, fields.audience) == (view.name, view.audience):
                return view
            _check_version(view, version)
            _check(session, view.owner_id or 0, fields, but=view)
            _write(
                session,
                actor,
                view,
                name=fields.name,
                name_key=fields.name_key,
                audience=fields.audience.value,
            )
            _log_audience(session, actor, view, fields)
            return _stored(session, actor, int(view.key))
    except IntegrityError:
        raise _name_taken(is_own=True, audience=fields.audience) from None


@again_after_deadlock
def update_view(
    database: Database,
    actor: Actor,
    key: object,
    query: LedgerQuery,
    *,
    version: object,
    layout: Layout | None = None,
) -> View:
    """Save what a ledger shows as the query and the layout of a view.

    Args:
        database: where it is.
        actor: who changes it.
        key: which view.
        query: what the ledger shows.
        version: the version that the ledger was opened with.
        layout: the columns and the density; `None` for each person's own.

    Raises:
        NotFound: there is no such view for the actor.
        ChangedMeanwhile: someone else changed it since.
        NotAllowed: the actor may not change it.
    """
    require(actor, may_see_ledger)
    query = _own_ledger(actor, query)
    with database.write() as session:
        view = _find_to_change(session, actor, key)
        text = _layout_text(actor, layout)
        if (query, text) == (view.query, view.layout):
            return view
        _check_version(view, version)
        _write(session, actor, view, query=text_of_query(query), layout=text)
        if view.audience:
            _log(session, actor, Action.VIEW_CHANGED, int(view.key), view.name)
        return _stored(session, actor, int(view.key))


@again_after_deadlock
def delete_view(database: Database, actor: Actor, key: object) -> View:
    """Delete a view, and return it; for a day, it can be restored.

    Raises:
        NotFound: there is no such view for the actor.
        NotAllowed: the actor may not delete it.
    """
    require(actor, may_see_ledger)
    now = now_ms()
    with database.write() as session:
        view = _find_to_change(session, actor, key)
        stored.delete_view(session, int(view.key), now=now)
        stored.remove_deleted(session, now - _RESTORABLE_MS)
        if view.audience:
            detail = messages.logged_audience(view.audience.label)
            _log(session, actor, Action.VIEW_DELETED, int(view.key), view.name, detail)
        return view


@again_after_deadlock
def restore_view(database: Database, actor: Actor, key: object) -> View:
    """Restore a view that was deleted; no effect on one that is not.

    Raises:
        NotFound: there was no such view for the actor.
        PortalError: it can no longer be restored, or its name is taken.
    """
    require(actor, may_see_ledger)
    try:
        with database.write() as session:
            view = _find_to_change(session, actor, key, is_deleted=True)
            id_ = int(view.key)
            taken = stored.names_taken(
                session, _key_of(view), view.owner_id or 0, view.audience, but=id_
            )
            if any(taken):
                raise _name_refusal(view, taken)
            stored.change_view(session, id_, view.version, deleted_at=None)
            if view.audience:
                detail = messages.logged_audience(view.audience.label)
                _log(session, actor, Action.VIEW_RESTORED, id_, view.name, detail)
            return _stored(session, actor, int(view.key))
    except IntegrityError:
        raise PortalError(messages.OWN_NAME_TAKEN) from None


def set_default(database: Database, actor: Actor, key: object) -> View | None:
    """Set the view with which the actor's ledger opens; "" for none.

    Raises:
        NotFound: there is no such view for the actor.
    """
    require(actor, may_see_ledger)
    with database.write() as session:
        view = None if key == "" else _find(session, actor, key)
        stored.set_default_view(session, actor.account_id, view.key if view else "")
        return view


def _stored(session: Session, actor: Actor, id_: int) -> View:
    """Return a view that was just written; whoever unshares another's sees it a last time."""
    row = stored.find_view(session, id_)
    if row is None:
        raise NotFound
    return _view(actor, row)


def _find(session: Session, actor: Actor, key: object) -> View:
    found = _visible(session, actor, key)
    if found is None or found[1]:
        raise NotFound
    return found[0]


def _find_to_change(
    session: Session, actor: Actor, key: object, *, is_deleted: bool = False
) -> View:
    """Return a view that the actor may change.

    Raises:
        NotFound: there is no such view for the actor.
        NotAllowed: they may not change it.
    """
    found = _visible(session, actor, key)
    if found is None or (found[1] and not is_deleted):
        raise NotFound
    view = found[0]
    if view.is_product:
        raise NotAllowed(messages.PRODUCT_VIEW_STAYS)
    if not may_change_view(actor, view):
        raise NotAllowed(messages.ONLY_OWNER_CHANGES)
    return view


def _visible(session: Session, actor: Actor, key: object) -> tuple[View, bool] | None:
    """Return a view that exists for the actor, and whether it is deleted."""
    known = read_view_key(key)
    if known in PRODUCT_VIEWS:
        return _seen(actor, PRODUCT_VIEWS[known]), False
    id_ = read_id(known)
    row = stored.find_view(session, id_) if id_ else None
    if row is None:
        return None
    view = _view(actor, row)
    return (view, row.deleted_at is not None) if may_see_view(actor, view) else None


def _view(actor: Actor, row: StoredView) -> View:
    return View(
        str(row.id),
        row.name,
        as_seen_by(actor, query_of_text(row.query)),
        layout=None if row.layout is None else _layout_text(actor, Layout.parse(row.layout)),
        audience=Audience(row.audience),
        owner_id=row.owner_id,
        owner=row.owner,
        version=row.version,
        changed_by=row.changed_by,
    )


def _seen(actor: Actor, view: View) -> View:
    return replace(view, query=as_seen_by(actor, view.query))


def _layout_text(actor: Actor, layout: Layout | None) -> str | None:
    """Return the text of a layout, with the columns that the actor's ledger has."""
    return None if layout is None else layout.only(ledger_columns(actor)).text()


def _own_ledger(actor: Actor, query: LedgerQuery) -> LedgerQuery:
    """Return what the actor's own ledger shows, without its page.

    Raises:
        PortalError: the ledger is a part of the page of a course or a person.
    """
    if query.course is not None or query.learner is not None:
        raise PortalError(messages.NOTHING_TO_SAVE)
    return replace(as_seen_by(actor, query), place=None, clock=None)


def _check(session: Session, owner_id: int, fields: ViewFields, but: View | None = None) -> None:
    """Raise if a name is taken, or too many views are shared with an audience."""
    id_ = int(but.key) if but else 0
    is_own, is_shared = stored.names_taken(
        session, fields.name_key, owner_id, fields.audience, but=id_
    )
    if is_own or is_shared:
        raise _name_taken(is_own=is_own, audience=fields.audience)
    is_new = fields.audience and (but is None or but.audience is not fields.audience)
    if is_new and stored.count_shared(session, fields.audience) >= MOST_SHARED:
        raise PortalError(messages.too_many_shared(fields.audience.label, MOST_SHARED))


def _name_taken(*, is_own: bool, audience: Audience) -> Invalid:
    taken = messages.OWN_NAME_TAKEN if is_own else messages.shared_name_taken(audience.label)
    return Invalid({"name": taken})


def _name_refusal(view: View, taken: tuple[bool, bool]) -> PortalError:
    is_own, _ = taken
    return PortalError(_name_taken(is_own=is_own, audience=view.audience).errors["name"])


def _key_of(view: View) -> str:
    return ViewFields(view.name, view.audience).name_key


def _check_version(view: View, version: object) -> None:
    if read_id(version) != view.version:
        raise ChangedMeanwhile(view)


def _write(session: Session, actor: Actor, view: View, **values: object) -> None:
    stored.change_view(
        session,
        int(view.key),
        view.version,
        changed_by=actor.account_id,
        changed_at=now_ms(),
        **values,
    )


def _log_audience(session: Session, actor: Actor, view: View, fields: ViewFields) -> None:
    """Log that a view is shared with another audience; a shared one's new name, too."""
    id_, before, after = int(view.key), view.audience, fields.audience
    if not before and not after:
        return
    if before is after:
        _log(session, actor, Action.VIEW_CHANGED, id_, fields.name, view.name)
    elif not after:
        detail = messages.logged_audience(before.label)
        _log(session, actor, Action.VIEW_UNSHARED, id_, fields.name, detail)
    else:
        detail = (
            messages.logged_change(before.label, after.label)
            if before
            else messages.logged_audience(after.label)
        )
        _log(session, actor, Action.VIEW_SHARED, id_, fields.name, detail)


def _log(
    session: Session, actor: Actor, action: Action, id_: int, name: str, detail: str = ""
) -> None:
    add_act(session, actor, action, SubjectKind.VIEW, id_, name, now=now_ms(), detail=detail)
