"""Read and write saved views of the ledger, and each person's default."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import bindparam, delete, func, or_, update
from sqlmodel import Session, select

from enrollment_portal.storage.shared.records import (
    add_record,
    first_record,
    insert_or_update,
    records,
    select_columns,
    update_version,
)
from enrollment_portal.storage.shared.tables import Account, DefaultView, SavedView, table_of

_view, _default = table_of(SavedView), table_of(DefaultView)
_owner, _changer = table_of(Account).alias("owner"), table_of(Account).alias("changer")
_v, _d = _view.c, _default.c


@dataclass(frozen=True, slots=True)
class StoredView:
    """A view as it is stored."""

    id: int
    owner_id: int
    owner: str
    name: str
    audience: str
    query: str
    layout: str | None
    version: int
    changed_by: str
    deleted_at: int | None


_VIEWS = (
    select_columns(
        _v.id,
        _v.owner_id,
        _owner.c.name.label("owner"),
        _v.name,
        _v.audience,
        _v.query,
        _v.layout,
        _v.version,
        _changer.c.name.label("changed_by"),
        _v.deleted_at,
    )
    .select_from(_view)
    .join(_owner, _owner.c.id == _v.owner_id)
    .join(_changer, _changer.c.id == _v.changed_by)
)
_SEEN = _VIEWS.where(
    _v.deleted_at.is_(None),
    or_(
        _v.owner_id == bindparam("account"),
        _v.audience.in_(bindparam("audiences", expanding=True)),
    ),
).order_by(_v.name_key, _v.id)
_BY_ID = _VIEWS.where(_v.id == bindparam("id"))
_KEPT = _v.deleted_at.is_(None)
_N_OWN = select(func.count()).select_from(_view).where(_KEPT, _v.owner_id == bindparam("account"))
_N_SHARED = (
    select(func.count()).select_from(_view).where(_KEPT, _v.audience == bindparam("audience"))
)
_SAME_NAME = select_columns(_v.id, _v.owner_id, _v.audience).where(
    _KEPT,
    _v.name_key == bindparam("name_key"),
    _v.id != bindparam("but"),
    or_(_v.owner_id == bindparam("account"), _v.audience == bindparam("audience")),
)
_OLD = delete(_view).where(_v.deleted_at < bindparam("before"))
_DEFAULT = select(_d.view).where(_d.account_id == bindparam("account"))
_CLEAR_DEFAULT = delete(_default).where(_d.account_id == bindparam("account"))


def seen_views(session: Session, account: int, audiences: Collection[str]) -> list[StoredView]:
    """Return the views of an account, and those shared with some audiences, by name."""
    values = {"account": account, "audiences": list(audiences)}
    return records(StoredView, session.exec(_SEEN, params=values))


def find_view(session: Session, id_: int) -> StoredView | None:
    """Return a view, also one that is deleted and can be restored; `None` if there is none."""
    return first_record(StoredView, session.exec(_BY_ID, params={"id": id_}))


def add_view(session: Session, row: SavedView) -> int:
    """Write a new view, and return its id.

    Raises:
        IntegrityError: its owner, or its audience, has a view of this name.
    """
    return add_record(session, row)


def change_view(session: Session, id_: int, version: int, **values: object) -> None:
    """Write columns of a view.

    Raises:
        StaleVersion: the view is at another version.
        IntegrityError: its owner, or its audience, has a view of this name.
    """
    update_version(session, SavedView, id_, version, **values)


def delete_view(session: Session, id_: int, *, now: int) -> None:
    """Delete a view; it can be restored until it is removed."""
    session.exec(update(_view).where(_v.id == id_).values(deleted_at=now))


def remove_deleted(session: Session, before: int) -> None:
    """Remove the views that were deleted before a time in ms."""
    session.exec(_OLD, params={"before": before})


def count_own(session: Session, account: int) -> int:
    """Return how many views an account has."""
    return session.exec(_N_OWN, params={"account": account}).one()


def count_shared(session: Session, audience: str) -> int:
    """Return how many views are shared with an audience."""
    return session.exec(_N_SHARED, params={"audience": audience}).one()


def names_taken(
    session: Session, name_key: str, account: int, audience: str, *, but: int = 0
) -> tuple[bool, bool]:
    """Return whether an account, and whether an audience, has a view of a name.

    Args:
        session: to read with.
        name_key: of the name.
        account: the owner.
        audience: "" for none.
        but: a view that does not count.
    """
    values = {"name_key": name_key, "account": account, "audience": audience or None, "but": but}
    found = session.exec(_SAME_NAME, params=values).all()
    is_own = any(row.owner_id == account for row in found)
    return is_own, any(row.audience == audience for row in found) if audience else False


def default_view(session: Session, account: int) -> str:
    """Return the key of an account's default view; "" for none."""
    return session.exec(_DEFAULT, params={"account": account}).first() or ""


def set_default_view(session: Session, account: int, view: str) -> None:
    """Set an account's default view; "" for none."""
    if view:
        row = {"account_id": account, "view": view}
        insert_or_update(session, DefaultView, ["account_id"], row)
    else:
        session.exec(_CLEAR_DEFAULT, params={"account": account})
