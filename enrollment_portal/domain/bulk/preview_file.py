"""The file with all rows of a preview: its address, headings and cells."""

from __future__ import annotations

from enrollment_portal.domain.bulk import messages
from enrollment_portal.domain.bulk.jobs import RowResult

PREVIEW_PATH = "/api/bulk-preview"
HEADINGS = ("Enrollment", "Learner", "Course", "Result", "Field", "Before", "After", "Why")


def preview_address(job_id: str) -> str:
    """Return the address of the file with all rows of a preview."""
    return f"{PREVIEW_PATH}?id={job_id}"


def lines_of(row: RowResult) -> list[tuple[str, ...]]:
    """Return the lines of a row: one for each field that changes, at least one."""
    names = (str(row.enrollment_id), row.learner, row.course)
    outcome = messages.OUTCOMES[row.outcome.value]
    changes = row.changes or (("", "", ""),)
    return [(*names, outcome, *change, row.why) for change in changes]
