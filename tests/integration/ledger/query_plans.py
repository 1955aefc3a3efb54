"""What SQLite's plan of a ledger query may read."""

from __future__ import annotations

IN_ORDER = (
    *("ix_enrollment_enrolled", "ix_learner_sort_name", "ix_extension_one_open"),
    "ix_enrollment_completed",
    *("ix_learner_sort_department", "ix_learner_sort_manager"),
)
"""The indexes that may be read from one end: rows are wanted in their order, or all are wanted."""


def reads_too_much(step: str, *, of_each: bool) -> bool:
    """Return whether a step of a plan reads rows that the page does not need."""
    reads_all = step.startswith(("SCAN e ", "SCAN l ", "SCAN c ", "SCAN x "))
    in_order = any(index in step for index in IN_ORDER)
    owners = ("(learner_id=?", "(course_id=?", "(rowid=?")
    misses_owner = of_each and step.startswith("SEARCH e ") and not any(o in step for o in owners)
    return (reads_all and not in_order) or misses_owner or "MULTI-INDEX" in step
