"""The panel beside the ledger: an enrollment's overview and form, as on its own page."""

from __future__ import annotations

from typing import Any

import reflex as rx

from enrollment_portal.components.browser_modules import browser_module
from enrollment_portal.components.enrollment.enrollment_facts import enrollment_facts
from enrollment_portal.components.enrollment.enrollment_place import past_record
from enrollment_portal.components.enrollment.enrollment_progress import enrollment_progress
from enrollment_portal.components.enrollment.manage_form import manage_form
from enrollment_portal.components.enrollment.presence import people_here
from enrollment_portal.components.history.enrollment_timeline import enrollment_timeline
from enrollment_portal.components.ui.pieces import BUTTON, PANEL_TITLE, PRIMARY, failure, notice
from enrollment_portal.components.ui.tabs import SEGMENT
from enrollment_portal.domain.ledger import messages
from enrollment_portal.domain.shared.errors import NotFound
from enrollment_portal.domain.shared.messages import UNSAVED, UNSAVED_HEADING
from enrollment_portal.state.enrollment.details import Details
from enrollment_portal.state.enrollment.facts import EnrollmentFacts
from enrollment_portal.state.enrollment.form import ManageForm
from enrollment_portal.state.enrollment.place import LedgerPlace
from enrollment_portal.state.enrollment.views.place import PlaceView
from enrollment_portal.state.ledger.ledger import Ledger
from enrollment_portal.state.peek.peek import Peek
from enrollment_portal.state.shared.views import LEDGER_PATH

_PANEL = browser_module(__file__, "panel.jsx")
_TEXTS = {
    "panel": messages.PANEL,
    "overview": messages.OVERVIEW,
    "manage": messages.MANAGE,
    "previous": messages.PREVIOUS_ROW,
    "next": messages.NEXT_ROW,
    "openPage": messages.OPEN_FULL_PAGE,
    "close": messages.CLOSE_PANEL,
    "loading": messages.LOADING_PANEL,
}
_CLASS_NAMES = {
    "inside": "flex min-h-0 flex-1 flex-col",
    "head": "shrink-0 border-b border-line bg-panel px-4 pt-2.5 pb-2 sm:px-5",
    "bar": "-mx-1.5 flex items-center gap-1",
    "iconButton": "grid size-8 shrink-0 place-items-center rounded-lg text-ink2 hover:bg-hover "
    "hover:text-ink aria-disabled:text-ink3 aria-disabled:opacity-60 "
    "aria-disabled:hover:bg-transparent",
    "page": "ms-auto inline-flex h-8 items-center rounded-lg px-2.5 text-small font-medium "
    "text-ink2 hover:bg-hover hover:text-ink",
    "title": "words mt-1 text-lead leading-6 font-semibold break-words outline-none",
    "tabLine": "mt-2 flex flex-wrap items-center justify-between gap-x-3 gap-y-1",
    "tabs": "inline-flex gap-0.5 rounded-lg bg-mute-soft p-0.5",
    "tab": SEGMENT,
    # The room around it is within: what stays in view at its end stays at its edge.
    "content": "min-h-0 flex-1 overflow-y-auto overscroll-contain px-4 !-outline-offset-2 "
    "sm:px-5 *:py-4",
    "bones": "grid gap-5 rounded-xl border border-line bg-panel px-5 py-6",
    "actions": "mt-5 flex flex-wrap justify-end gap-2",
    "stay": PRIMARY,
    "leave": BUTTON,
    "guardTitle": PANEL_TITLE,
    "guardText": "mt-1 text-ink2",
}


def _open_spec(id: rx.Var[int]) -> tuple[rx.Var[int]]:
    return (id,)


class _EnrollmentPanel(rx.Component):
    library = _PANEL
    tag = "EnrollmentPanel"

    peek: rx.Var[int]
    answered: rx.Var[int]
    shown: rx.Var[int]
    phase: rx.Var[str]
    title: rx.Var[str]
    is_dirty: rx.Var[bool]
    place: rx.Var[PlaceView]
    rows: rx.Var[list[Any]]
    path: rx.Var[str]
    guard_text: rx.Var[dict[str, str]]
    texts: rx.Var[dict[str, str]]
    class_names: rx.Var[dict[str, str]]
    on_open: rx.EventHandler[_open_spec]
    on_close: rx.EventHandler[rx.event.no_args_event_spec]


def enrollment_panel() -> rx.Component:
    """Return the panel that a row of the ledger on the page opens."""
    return _EnrollmentPanel.create(
        rx.el.div(people_here()),
        rx.el.div(
            past_record(),
            enrollment_facts(),
            enrollment_progress(),
            enrollment_timeline(),
            class_name="grid min-w-0 gap-4",
        ),
        rx.el.div(manage_form()),
        rx.el.div(
            rx.cond(
                Details.phase == "failed",
                failure(on_retry=Peek.load),
                notice(
                    rx.el.p(NotFound.message, class_name="mt-1"),
                    title="Not found",
                    mark="file_question",
                ),
            )
        ),
        peek=Ledger.peek,
        answered=Peek.answered,
        shown=EnrollmentFacts.facts.id,
        phase=Details.phase,
        title=EnrollmentFacts.title,
        is_dirty=ManageForm.is_dirty,
        place=LedgerPlace.place,
        rows=Ledger.rows,
        path=LEDGER_PATH,
        guard_text={"title": UNSAVED_HEADING, "text": UNSAVED},
        texts=_TEXTS,
        class_names=_CLASS_NAMES,
        on_open=Peek.open,
        on_close=Peek.close,
    )
