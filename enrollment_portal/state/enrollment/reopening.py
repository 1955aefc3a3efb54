"""The question when a completed enrollment is set to Active: reopen it, or start a new one."""

from __future__ import annotations

from collections.abc import Mapping

import reflex as rx

from enrollment_portal.domain.access.permissions import may_manage_learning
from enrollment_portal.domain.enrollment.fields import Field, Status
from enrollment_portal.domain.people.people import Actor
from enrollment_portal.services.enrollment.enrollments import EnrollmentDetails
from enrollment_portal.state.shared.changed_vars import set_changed


class Reopening(rx.State):
    """The question, while it is open, and the save that waits for its answer."""

    is_open: bool = False

    _is_completed: bool = False
    _version: int = 0
    _key: str | None = None

    def _show(self, details: EnrollmentDetails) -> None:
        """Close the question once the enrollment is not completed; a path is only reopened."""
        self._is_completed = details.facts.status == Status.COMPLETED and not details.is_path
        if not self._is_completed:
            set_changed(self, is_open=False)

    def _needs_confirmation(
        self, actor: Actor, typed: Mapping[str, str], version: int, key: str | None
    ) -> bool:
        """Ask if a save would reopen a completed course; return whether it would."""
        is_active = typed[Field.STATUS] == Status.ACTIVE.key
        self.is_open = self.get_value("_is_completed") and is_active and may_manage_learning(actor)
        self._version, self._key = version, key
        return self.is_open

    def _answered(self) -> tuple[int, str | None] | None:
        """Close the question; return the version and key of the waiting save, or `None`."""
        if not self.is_open:
            return None
        self.is_open = False
        return self.get_value("_version"), self.get_value("_key")
