"""The permission matrix of changes in a row of the ledger; see `matrix` for how to read a row."""

from __future__ import annotations

from typing import Any

from enrollment_portal.state.ledger.ledger import Ledger
from enrollment_portal.state.ledger.row_deadline import RowDeadline
from enrollment_portal.state.peek.peek import Peek
from tests.security.matrix import DAY, LEDGER, Asked, Row, Step, call, changes, on, reads

#            super learn people config support instructor lead learner
MANAGERS___ = "aa   aa   ff     ff     ff      nf         nf   ff"


def _in_row(q: Asked, *handlers: tuple[str, dict[str, Any]]) -> list[Step]:
    """Return events on the row of the side's enrollment."""
    row = {"enrollment_id": q.side.enrollment, "version": 1, "key": "row.1"}
    events = ((RowDeadline, name, row | more if more else {}) for name, more in handlers)
    return on(LEDGER, (Ledger, "load"), *events)


MATRIX: tuple[Row, ...] = (
    reads(
        "enrollments.read_enrollment",
        "aa   aa   ff     ff     ff      af         af   ff",
        lambda q: call(q.side.enrollment),
        lambda q: on(
            LEDGER, (Ledger, "load"), (Peek, "open", {"enrollment_id": q.side.enrollment})
        ),
        case="in the panel",
    ),
    changes(
        "enrollments.save_fields",
        MANAGERS___,
        lambda q: call(q.side.enrollment, version=1, typed={"deadline": DAY}),
        lambda q: _in_row(q, ("save", {"typed": DAY})),
        lambda q: _in_row(q, ("move", {"day": DAY, "step": "month"})),
        lambda q: _in_row(q, ("save", {"typed": DAY}), ("undo", {})),
        case="a deadline",
    ),
)
