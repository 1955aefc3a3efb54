"""The dialog that changes many enrollments, and the buttons that open it."""

from __future__ import annotations

from typing import Any

import reflex as rx

from enrollment_portal.components.browser_modules import browser_module
from enrollment_portal.components.forms.combobox import CLASS_NAMES as COMBOBOX_CLASS_NAMES
from enrollment_portal.components.ui.pieces import BUTTON, INPUT, LINK, PANEL_TITLE, PRIMARY
from enrollment_portal.domain.bulk import messages
from enrollment_portal.domain.bulk.actions import Unit
from enrollment_portal.domain.catalog.messages import FOUND_INSTRUCTORS, FOUND_LEARNABLES
from enrollment_portal.domain.enrollment.fields import Status
from enrollment_portal.state.bulk.bulk_views import ActionView, PreviewView, ResultView
from enrollment_portal.state.bulk.changing import BulkChanges
from enrollment_portal.state.bulk.shown_preview import ShownPreview
from enrollment_portal.state.people.people_search import InstructorPicker, LearnablePicker

_DIALOG = browser_module(__file__, "change_dialog.jsx")
_TEXTS = {
    "heading": {"one": messages.CHANGE_ONE, "other": messages.CHANGE_SEVERAL},
    "action": messages.ACTION,
    "status": messages.STATUS,
    "completionDay": messages.COMPLETION_DAY,
    "deadline": messages.DEADLINE,
    "newDeadline": messages.NEW_DEADLINE,
    "moveBy": messages.MOVE_BY,
    "moveUnit": messages.MOVE_UNIT,
    "moveTo": messages.MOVE_TO,
    "moveHint": messages.MOVE_HINT,
    "grade": messages.GRADE,
    "removeGrades": messages.REMOVE_GRADES,
    "feedback": messages.FEEDBACK,
    "feedbackHint": messages.FEEDBACK_HINT,
    "removeFeedback": messages.REMOVE_FEEDBACK,
    "note": messages.NOTE,
    "noteHint": messages.NOTE_HINT,
    "message": messages.MESSAGE,
    "messageHint": messages.MESSAGE_HINT,
    "instructor": messages.INSTRUCTOR,
    "instructorHint": messages.INSTRUCTOR_HINT,
    "findInstructor": messages.FIND_INSTRUCTOR,
    "noInstructors": messages.NO_INSTRUCTORS,
    "unassignInstead": messages.UNASSIGN_INSTEAD,
    "course": messages.COURSE,
    "findCourse": messages.FIND_COURSE,
    "noCourses": messages.NO_COURSES,
    "chosen": messages.CHOSEN,
    "choose": messages.CHOOSE,
    "again": messages.AGAIN,
    "reason": messages.REASON,
    "reasonHint": messages.REASON_HINT,
    "preview": messages.PREVIEW,
    "previewing": messages.PREVIEWING,
    "apply": {"one": messages.APPLY_ONE, "other": messages.APPLY_SEVERAL},
    "starting": messages.STARTING,
    "back": messages.BACK,
    "cancel": messages.CANCEL_DIALOG,
    "previewRows": messages.PREVIEW_ROWS,
    "movedRows": messages.MOVED_ROWS,
    "whyRefused": messages.WHY_REFUSED,
    "downloadAll": messages.DOWNLOAD_ALL,
    "learnerCourse": messages.LEARNER_COURSE,
    "result": messages.RESULT,
    "nothingChosen": messages.NOTHING_CHOSEN,
    "empty": messages.FROM_EMPTY,
}
_CLASS_NAMES = {
    "dialog": "w-120 !max-w-[calc(100vw-2rem)]",
    "wideDialog": "w-180 !max-w-[calc(100vw-2rem)]",
    "title": f"{PANEL_TITLE} break-words outline-none",
    "fields": "mt-3 grid gap-2.5",
    "field": "grid min-w-0 content-start gap-1",
    "label": "text-small font-medium",
    "input": INPUT,
    "check": "flex items-center gap-2 text-small",
    "hint": "text-small text-ink3 empty:hidden",
    "chosen": "text-small text-ink2 empty:hidden",
    "error": "text-small font-medium break-words text-bad empty:hidden",
    "refusal": "mt-2 font-medium break-words text-bad empty:hidden",
    "buttons": "mt-4 flex flex-wrap justify-end gap-2",
    "button": BUTTON,
    "primary": PRIMARY,
    "counts": "mt-2 flex flex-wrap gap-2",
    "countItem": "rounded-md bg-mute-soft px-2 py-0.5 text-small tabular-nums",
    "reasons": "mt-2 max-h-32 overflow-y-auto text-small text-ink2",
    "nRefused": "me-2 font-medium tabular-nums",
    "notice": "mt-2 text-small text-ink2",
    "subtitle": "mt-3 font-medium",
    "rows": "mt-2 max-h-[45vh] overflow-auto rounded-lg border border-line",
    "table": "w-full border-collapse text-small",
    "heading": "sticky top-0 bg-panel px-2.5 py-1.5 text-start text-xs font-semibold text-ink3 "
    "shadow-[inset_0_-1px_var(--line)]",
    "nameCell": "w-2/5 min-w-0 px-2.5 py-1.5 text-start align-top font-normal "
    "[overflow-wrap:anywhere] [tr+tr>&]:border-t [tr+tr>&]:border-line2",
    "cell": "px-2.5 py-1.5 align-top [overflow-wrap:anywhere] [tr+tr>&]:border-t "
    "[tr+tr>&]:border-line2",
    "changeLabel": "text-ink3",
    "before": "text-ink2 no-underline",
    "after": "font-medium no-underline",
    "outcome": "text-ink2",
    "link": f"{LINK} mt-2 inline-block",
}


def _preview_spec(
    form: rx.Var[dict[str, Any]], selected: rx.Var[dict[str, Any]]
) -> tuple[rx.Var[dict[str, Any]], rx.Var[dict[str, Any]]]:
    return (form, selected)


def _start_spec(id: rx.Var[str], fingerprint: rx.Var[str]) -> tuple[rx.Var[str], rx.Var[str]]:
    return (id, fingerprint)


def _search_spec(typed: rx.Var[str]) -> tuple[rx.Var[str]]:
    return (typed,)


class _ChangeDialog(rx.Component):
    library = _DIALOG
    tag = "ChangeDialog"

    actions: rx.Var[list[ActionView]]
    preview: rx.Var[PreviewView]
    moved: rx.Var[list[ResultView]]
    errors: rx.Var[dict[str, str]]
    refusal: rx.Var[str]
    answered: rx.Var[int]
    started: rx.Var[int]
    courses: rx.Var[list[Any]]
    searched: rx.Var[str]
    search_field: rx.Var[int]
    found_courses: rx.Var[dict[str, str]]
    instructors: rx.Var[list[Any]]
    instructors_searched: rx.Var[str]
    instructor_field: rx.Var[int]
    found_instructors: rx.Var[dict[str, str]]
    statuses: rx.Var[list[tuple[str, str]]]
    units: rx.Var[list[tuple[str, str]]]
    weekdays: rx.Var[list[tuple[str, str]]]
    texts: rx.Var[dict[str, Any]]
    class_names: rx.Var[dict[str, str]]
    combobox_class_names: rx.Var[dict[str, str]]
    on_preview: rx.EventHandler[_preview_spec]
    on_start: rx.EventHandler[_start_spec]
    on_search: rx.EventHandler[_search_spec]
    on_search_instructor: rx.EventHandler[_search_spec]
    on_close: rx.EventHandler[rx.event.no_args_event_spec]


class UndoButton(rx.Component):
    """A button that has the dialog show what an undo would do; `on_undo` asks for it."""

    library = _DIALOG
    tag = "UndoButton"

    text: rx.Var[str]
    on_undo: rx.EventHandler[rx.event.no_args_event_spec]


def change_dialog() -> rx.Component:
    """Return the dialog that changes the selected enrollments, or shows the preview of an undo."""
    return _ChangeDialog.create(
        actions=ShownPreview.actions,
        preview=ShownPreview.preview,
        moved=ShownPreview.moved,
        errors=ShownPreview.errors,
        refusal=ShownPreview.refusal,
        answered=ShownPreview.answered,
        started=ShownPreview.started,
        courses=LearnablePicker.found,
        searched=LearnablePicker.searched,
        search_field=LearnablePicker.search_field,
        found_courses=FOUND_LEARNABLES,
        instructors=InstructorPicker.found,
        instructors_searched=InstructorPicker.searched,
        instructor_field=InstructorPicker.search_field,
        found_instructors=FOUND_INSTRUCTORS,
        statuses=[(status.key, status.label) for status in Status],
        units=[
            (Unit.DAYS.value, messages.DAYS),
            (Unit.WORKING_DAYS.value, messages.WORKING_DAYS),
            (Unit.WEEKDAY.value, messages.DAY_OF_WEEK),
        ],
        weekdays=[(str(n), name) for n, name in enumerate(messages.WEEKDAYS)],
        texts=_TEXTS,
        class_names=_CLASS_NAMES,
        combobox_class_names=COMBOBOX_CLASS_NAMES,
        on_preview=BulkChanges.preview,
        on_start=BulkChanges.start,
        on_search=lambda typed: LearnablePicker.search(typed).debounce(120),
        on_search_instructor=lambda typed: InstructorPicker.search(typed).debounce(120),
        on_close=BulkChanges.close,
    )
