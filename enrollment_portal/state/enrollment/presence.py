"""Subscribing an enrollment's page to its changes, and announcing who has it open."""

from __future__ import annotations

import reflex as rx

from enrollment_portal.live.subscriptions import Subject
from enrollment_portal.services.enrollment.enrollments import EnrollmentDetails
from enrollment_portal.state.shared import open_pages


def watch_enrollment(page: rx.State, details: EnrollmentDetails, *, is_editing: bool) -> None:
    """Subscribe a page to its enrollment's changes, and announce the person to others there."""
    open_pages.watch(page, *_subjects(details))
    if is_editing:  # after a longer loss of the connection, nobody knows that any more
        open_pages.edit(page, True)


def _subjects(details: EnrollmentDetails) -> list[Subject]:
    subjects = [("enrollment", details.facts.id)]
    if details.is_path:  # whose courses move without it
        subjects.append(("learner", details.facts.learner_id))
    return subjects
