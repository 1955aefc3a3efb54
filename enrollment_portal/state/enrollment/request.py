"""The learner's open extension request, as the pages of the enrollment show it."""

from __future__ import annotations

from collections.abc import Mapping

import reflex as rx

from enrollment_portal.domain.shared.calendar import LAST_DAY
from enrollment_portal.services.enrollment.enrollments import EnrollmentDetails
from enrollment_portal.services.runtime import database
from enrollment_portal.services.shared.organization import organization_of
from enrollment_portal.state.enrollment.views.requests import RequestView, admin_request_view
from enrollment_portal.state.shared.changed_vars import set_changed
from enrollment_portal.state.shared.session import viewer_zone

_NO_ERRORS = {"day": "", "answer": ""}


class ExtensionRequest(rx.State):
    """An open request for those who may decide it, and why a decision was refused."""

    request: RequestView = RequestView()
    may_move_courses: bool = False
    """Whether a later deadline can move those of a path's courses along."""
    answer_error: str = ""
    """Why the answer of a declined request was refused."""
    grant_errors: dict[str, str] = _NO_ERRORS
    """By field, why granting it was refused."""

    def _show(self, details: EnrollmentDetails) -> None:
        """Show the open request, if any."""
        today = organization_of(database()).today()
        request = admin_request_view(details.request, viewer_zone(self), today)
        set_changed(self, may_move_courses=details.may_move_courses(LAST_DAY))
        if request != self.get_value("request"):
            self.request = request
            self._refuse({}, grant=True)

    def _refuse(self, errors: Mapping[str, str], *, grant: bool) -> None:
        """Show beside the fields why a decision was refused; clear that without errors."""
        self.answer_error = "" if grant else errors.get("answer", "")
        self.grant_errors = {**_NO_ERRORS, **errors} if grant else _NO_ERRORS
