"""What the dialog of bulk changes shows: the actions, the preview, and refusals."""

from __future__ import annotations

import reflex as rx

from enrollment_portal.domain.bulk.actions import actions_of
from enrollment_portal.domain.people.people import Actor
from enrollment_portal.domain.shared.errors import Invalid, PortalError
from enrollment_portal.services.bulk.previewing import Changed, Preview
from enrollment_portal.state.bulk.bulk_views import (
    ActionView,
    PreviewView,
    ResultView,
    action_views,
    preview_view,
    result_view,
)
from enrollment_portal.state.shared.changed_vars import set_changed


class ShownPreview(rx.State):
    """The dialog of bulk changes, which the browser opens and closes."""

    actions: list[ActionView] = []
    """What this person may do to many."""
    preview: PreviewView = PreviewView()
    moved: list[ResultView] = []
    """The first rows that were changed since an earlier preview."""
    errors: dict[str, str] = {}
    """Why what was typed last is refused, by field."""
    refusal: str = ""
    answered: int = 0
    """Counts what was asked for and is answered, whatever the answer."""
    started: int = 0
    """Counts the previews that were started."""

    def _show_actions(self, actor: Actor) -> None:
        set_changed(self, actions=action_views(actions_of(actor)))

    def _show(self, made: Preview, *, is_undo: bool = False) -> None:
        self.preview = preview_view(made, is_undo=is_undo)
        self.moved, self.errors, self.refusal = [], {}, ""
        self.answered += 1

    def _show_changed(self, changed: Changed) -> None:
        """Show a new preview instead of one that is out of date."""
        self._show(changed.preview, is_undo=self.preview.is_undo)
        self.moved = [result_view(row) for row in changed.moved]
        self.refusal = changed.message

    def _refuse_form(self, refusal: PortalError) -> None:
        """Say what is wrong with the form; an earlier preview is of another one."""
        self._close()
        if isinstance(refusal, Invalid):
            errors = dict(refusal.errors)
            self.refusal, self.errors = errors.pop("selection", ""), errors
        else:
            self.refusal = refusal.message
        self.answered += 1

    def _refuse(self, refusal: str) -> None:
        """Say why the preview cannot be started."""
        self.refusal = refusal
        self.answered += 1

    def _started(self) -> None:
        self._close()
        self.started += 1
        self.answered += 1

    def _close(self) -> None:
        set_changed(self, preview=PreviewView(), moved=[], errors={}, refusal="")
