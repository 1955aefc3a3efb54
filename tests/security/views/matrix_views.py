"""The permission matrix of saved views; see `matrix` for how to read a row.

The own side's view is one that an Admin with Learning has shared with the role that asks; the
other's is private.
"""

from __future__ import annotations

from typing import Any

from enrollment_portal.domain.ledger.ledger_query import LedgerQuery, Tab
from enrollment_portal.state.ledger.filtering import LedgerFilters
from enrollment_portal.state.ledger.ledger import Ledger
from enrollment_portal.state.views.acts import ViewActs
from enrollment_portal.state.views.saved_views import SavedViews
from enrollment_portal.state.views.view_form import ViewForm
from tests.security.matrix import LEDGER, Asked, Row, Step, call, changes, on, reads

#           super learn people config support instructor lead learner
OWN_LISTED = "o    o    n      n      n       o          o    n"
OWN_SEEN__ = "af   af   nn     nn     nn      af         af   nn"
OWN_OPENED = "ar   ar   nn     nn     nn      ar         ar   nn"
OWNERS____ = "af   af   nn     nn     nn      nf         nf   nn"
ADMINS____ = "af   af   nn     nn     nn      ff         ff   nn"
LEDGERS___ = "a    a    n      n      n       a          a    n"

_AUDIENCES = {"instructor": "instructors", "lead": "leads"}
_ACTIVE = LedgerQuery(tab=Tab.ACTIVE)


def _key(q: Asked) -> str:
    views = q.side.views
    return views.get(_AUDIENCES.get(q.role, "admins"), views.get("", ""))


def _typed(q: Asked, name: str = "Renamed") -> dict[str, str]:
    """Return a form that leaves the view shared as it is."""
    is_own = q.side is q.world.own
    return {"name": name, "audience": _AUDIENCES.get(q.role, "admins") if is_own else ""}


def _at(q: Asked, *events: tuple[Any, ...]) -> list[Step]:
    """Return events on the ledger, opened with the view."""
    return on(f"{LEDGER}?view={_key(q)}", (Ledger, "load"), *events)


MATRIX: tuple[Row, ...] = (
    reads("views.read_views", OWN_LISTED, lambda q: call(), lambda q: _at(q, (SavedViews, "load"))),
    reads(
        "views.read_view",
        OWN_SEEN__,
        lambda q: call(_key(q)),
        lambda q: on(LEDGER, (ViewForm, "open_edit", {"key": _key(q)})),
    ),
    reads("views.read_default", LEDGERS___, lambda q: call(), tells=False),
    reads("opening.open_ledger", OWN_OPENED, lambda q: call({"view": _key(q)})),
    changes(
        "views.save_view",
        LEDGERS___,
        lambda q: call(_ACTIVE, {"name": "New"}),
        lambda q: on(
            LEDGER,
            (Ledger, "load"),
            (ViewForm, "open_new"),
            (ViewForm, "save", {"form": {"name": "New", "audience": ""}}),
        ),
    ),
    changes(
        "views.save_view",
        "a    a    n      n      n       i          i    n",
        lambda q: call(_ACTIVE, {"name": "New", "audience": "leads"}),
        lambda q: on(
            LEDGER,
            (Ledger, "load"),
            (ViewForm, "open_new"),
            (ViewForm, "save", {"form": {"name": "New", "audience": "leads"}}),
        ),
        case="shared",
    ),
    changes(
        "views.change_view",
        "af   af   nn     nn     nn      if         if   nn",
        lambda q: call(_key(q), version=1, typed=_typed(q)),
        lambda q: on(
            LEDGER,
            (ViewForm, "open_edit", {"key": _key(q)}),
            (ViewForm, "save", {"form": _typed(q)}),
        ),
    ),
    changes(
        "views.change_view",
        OWNERS____,
        lambda q: call(_key(q), version=1, typed={"name": "Renamed"}),
        case="no longer shared",
    ),
    changes(
        "views.update_view",
        OWNERS____,
        lambda q: call(_key(q), _ACTIVE, version=1),
        lambda q: _at(
            q,
            (Ledger, "show_tab", {"tab": "active"}),
            (LedgerFilters, "switch", {"name": "retake", "on": True}),
            (ViewActs, "update_shown"),
        ),
    ),
    changes(
        "views.delete_view",
        OWNERS____,
        lambda q: call(_key(q)),
        lambda q: on(LEDGER, (ViewActs, "delete", {"key": _key(q)})),
        tells=False,  # the answer lists the views that are seen
    ),
    changes(
        "views.restore_view",
        ADMINS____,
        lambda q: call(q.side.deleted_view),
        lambda q: on(LEDGER, (ViewActs, "undo_delete", {"key": q.side.deleted_view})),
        tells=False,  # the answer lists the views that are seen
    ),
    changes(
        "views.set_default",
        OWN_SEEN__,
        lambda q: call(_key(q)),
        lambda q: on(LEDGER, (ViewActs, "make_default", {"key": _key(q)})),
        tells=False,  # the answer lists the views that are seen
    ),
)
