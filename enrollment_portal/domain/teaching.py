"""What an instructor looks after in a course: the tabs over the grading grid; who is stuck."""

from __future__ import annotations

from enum import StrEnum

from enrollment_portal.domain.enrollments import Field

STUCK_DAYS = 14
"""An active enrollment is stuck when its lessons are not all done and nobody came for so long."""

GRID_FIELDS = (Field.GRADE, Field.FEEDBACK, Field.NOTE)
"""The fields that the grading grid edits, in the order of its columns."""

MAX_PASTED_ROWS = 500
"""So many rows are graded at once."""


class Care(StrEnum):
    """Which enrollments of a course the grading grid shows; stored in the URL by value."""

    ALL = "all"
    AWAITING = "awaiting"
    OVERDUE = "overdue"
    STUCK = "stuck"
    COMPLETED = "completed"

    @property
    def label(self) -> str:
        """The tab as it reads."""
        return {Care.AWAITING: "Awaiting grade"}.get(self, self.value.capitalize())
