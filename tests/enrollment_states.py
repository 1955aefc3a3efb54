"""The states of the pages of one enrollment, as tests call them and read what they show."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from enrollment_portal.state.enrolling.retaking import Retaking
from enrollment_portal.state.enrollment.details import Details
from enrollment_portal.state.enrollment.editing import Editing
from enrollment_portal.state.enrollment.facts import EnrollmentFacts
from enrollment_portal.state.enrollment.form import ManageForm
from enrollment_portal.state.enrollment.history import History
from enrollment_portal.state.enrollment.place import LedgerPlace
from enrollment_portal.state.enrollment.reopening import Reopening
from enrollment_portal.state.enrollment.request import ExtensionRequest
from enrollment_portal.state.enrollment.saving import Saving
from enrollment_portal.state.history.undoing import Undoing
from enrollment_portal.state.requests.decisions import RequestDecision

PARTS: tuple[Any, ...] = (
    Details,
    EnrollmentFacts,
    LedgerPlace,
    ManageForm,
    History,
    ExtensionRequest,
    Reopening,
)
"""The states that hold what the pages show; no two of them call a value alike."""
_HANDLERS: tuple[Any, ...] = (Details, Editing, Saving, Undoing, RequestDecision, Retaking)


def state_of(handler: str) -> Any:
    """Return the state that has a handler of these pages."""
    (found,) = [state for state in _HANDLERS if handler in state.event_handlers]
    return found


def shown_in(updates: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Return what an update says of these pages, by the name of its value."""
    return {
        name.removesuffix("_rx_state_"): value
        for part in PARTS
        for name, value in updates.get(part.get_full_name(), {}).items()
    }
