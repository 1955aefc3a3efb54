"""Enrollments as a form edits them."""

from __future__ import annotations

from typing import Any

from enrollment_portal.domain.enrollment.edits import (
    Editable,
)
from enrollment_portal.domain.enrollment.fields import Field

ENROLLED = 1_790_000_000_000


def editable(**values: Any) -> Editable:
    """Return an active enrollment with the given fields, as a form edits it."""
    stored = {
        Field.STATUS: 0,
        Field.COMPLETED: None,
        Field.DEADLINE: None,
        Field.GRADE: None,
        Field.FEEDBACK: "",
        Field.NOTE: "",
    }
    return Editable(ENROLLED, {**stored, **{Field(k): v for k, v in values.items()}})
