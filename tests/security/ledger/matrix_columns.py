"""The permission matrix of the ledger's columns; see `matrix` for how to read a row."""

from __future__ import annotations

from enrollment_portal.domain.ledger.layout.columns import MORE_COLUMNS
from enrollment_portal.state.ledger.columns import LedgerColumns
from enrollment_portal.state.ledger.ledger import Ledger
from enrollment_portal.storage.ledger import LedgerRow
from tests.builders import NOW
from tests.security.matrix import LEDGER, Asked, Call, Row, call, changes, on, reads


def _facts_of(q: Asked) -> Call:
    """Ask for the further columns of the side's enrollment."""
    side = q.side
    row = LedgerRow(
        *(side.enrollment, side.learner, "", None, side.course, "", 0, 0, NOW, None, 1, None, None)
    )
    return call([row], MORE_COLUMNS)


MATRIX: tuple[Row, ...] = (
    changes(
        "columns.save_layout",
        #  super learn people config support instructor lead learner
        "a     a    n      n      n       a          a    n",
        lambda _: call("learner,grade"),
        lambda _: on(LEDGER, (Ledger, "load"), (LedgerColumns, "save", {"text": "grade"})),
    ),
    reads(
        "columns.read_layout",
        "a     a    n      n      n       r          r    n",
        lambda _: call(),
        tells=False,
    ),
    reads(
        "columns.read_facts",
        "aa    aa   nn     nn     nn      ar         ar   nn",
        _facts_of,
        tells=False,
    ),
)
