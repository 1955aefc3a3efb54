"""The facts of one enrollment, as its pages show them."""

from __future__ import annotations

from collections.abc import Iterable

import reflex as rx

from enrollment_portal.domain.enrollment.fields import Assigned, Field, Tracked
from enrollment_portal.domain.shared import calendar
from enrollment_portal.services.enrollment.enrollments import EnrollmentDetails
from enrollment_portal.services.runtime import database
from enrollment_portal.services.shared.organization import organization_of
from enrollment_portal.state.enrollment.views.conflicts import freshly_changed
from enrollment_portal.state.enrollment.views.pace import PaceView, pace_view
from enrollment_portal.state.enrollment.views.progress import (
    LessonsView,
    PathCourseView,
    lessons_view,
    path_course_view,
)
from enrollment_portal.state.shared.changed_vars import set_changed
from enrollment_portal.state.shared.record_links import course_path, learner_path
from enrollment_portal.state.shared.session import acting, viewer_zone
from enrollment_portal.state.shared.views import DetailsView, details_view
from enrollment_portal.storage.enrollment.enrollments import StoredEvent

_POINTED_AT = tuple(field.value for field in (*Field, *Tracked, *Assigned))
"""The facts that are highlighted when they have just changed."""


class EnrollmentFacts(rx.State):
    """An enrollment as it is stored, ready to read."""

    title: str = ""
    """The page's title in the browser: "Ada Byström · Rope Access"."""
    facts: DetailsView = DetailsView()
    reads_notes: bool = False
    is_path: bool = False
    learner_path: str = ""
    """The path of the learner's page, if the person may open it; otherwise ""."""
    course_path: str = ""
    lessons: LessonsView = LessonsView()
    pace: PaceView = PaceView()
    all_lessons: bool = False
    """Whether all lessons of a long course are shown, or only those around the next one."""
    path_courses: list[PathCourseView] = []
    fresh: dict[str, str] = dict.fromkeys(_POINTED_AT, "")
    """By fact that has just changed, the class that highlights it."""
    shown_version: int = 0
    """The version that is shown; that of the form may be older."""

    def _show(self, details: EnrollmentDetails) -> None:
        """Show an enrollment as it is stored."""
        tz, now = viewer_zone(self), calendar.now_ms()
        organization = organization_of(database())
        facts = details_view(details, tz, organization.zone, organization.today(), now)
        set_changed(
            self,
            title=f"{facts.learner} · {facts.course}",
            facts=facts,
            reads_notes=details.reads_notes,
            is_path=details.is_path,
            learner_path=learner_path(acting(), details.facts),
            course_path=course_path(acting(), details.facts),
            lessons=lessons_view(details, tz, now, shows_all=self.all_lessons),
            pace=pace_view(details.facts, organization.pace_day()),
            path_courses=[path_course_view(course) for course in details.courses],
            shown_version=details.facts.version,
        )

    def _point_at(self, newer: Iterable[StoredEvent]) -> None:
        """Highlight the facts that these events changed."""
        set_changed(self, fresh=freshly_changed(newer, self.shown_version, _POINTED_AT))
