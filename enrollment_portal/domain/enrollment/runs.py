"""The number of a run: which of a learner's enrollments in a course it is, as text."""

from __future__ import annotations

from enrollment_portal.domain.enrollment.messages import nth_time


def run_text(run: int) -> str:
    """Return the run as text: "2nd time"; "" for the first."""
    if run < 2:
        return ""
    return nth_time(run)
