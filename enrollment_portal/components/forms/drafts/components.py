"""Components that keep drafts: they warn before a page is left, and restore what was typed."""

from __future__ import annotations

import reflex as rx

from enrollment_portal.components.browser_modules import browser_module

_UNSAVED = browser_module(__file__, "unsaved.jsx")
_FILLED = browser_module(__file__, "filled_form.jsx")
_UNCONTROLLED = browser_module(__file__, "uncontrolled_form.jsx")


class UnsavedChanges(rx.Component):
    """The dialog before a page with unsaved changes is left; its text is the children."""

    library = _UNSAVED
    tag = "UnsavedChanges"

    is_dirty: rx.Var[bool]
    title: rx.Var[str]
    actions: rx.Var[str]
    stay: rx.Var[str]
    leave: rx.Var[str]
    on_leave: rx.EventHandler[rx.event.no_args_event_spec]


class FormGuard(rx.Component):
    """Warns before a page is left whose uncontrolled form has unsaved changes."""

    library = _UNSAVED
    tag = "FormGuard"

    form_id: rx.Var[str]
    form_key: rx.Var[str]
    refusal: rx.Var[str]
    title: rx.Var[str]
    actions: rx.Var[str]
    stay: rx.Var[str]
    leave: rx.Var[str]


def _restore_spec(
    texts: rx.Var[dict[str, str]], base_version: rx.Var[int]
) -> tuple[rx.Var[dict[str, str]], rx.Var[int]]:
    return (texts, base_version)


class FilledFormDraft(UnsavedChanges):
    """Keeps the draft of a form that the server fills, through restarts and reloads.

    An element with `data-gives-up` and the form's id discards what was typed. When a button with
    `data-leads-to` and that id disappears, the focus moves to what is next: a choice within `data-
    choice-of`, the first field that changed, or the save button.
    """

    library = _FILLED
    tag = "FilledFormDraft"

    form_id: rx.Var[str]
    form_key: rx.Var[str]
    field_keys: rx.Var[dict[str, str]]
    form: rx.Var[dict[str, str]]
    stored: rx.Var[dict[str, str]]
    owner: rx.Var[str]
    on_restore: rx.EventHandler[_restore_spec]


class UncontrolledFormDraft(rx.Component):
    """Restores the draft of an uncontrolled form after its page was loaded again by itself.

    The base version of the draft is submitted with the form, as its field `base_version`.
    """

    library = _UNCONTROLLED
    tag = "UncontrolledFormDraft"

    form_id: rx.Var[str]
    form_key: rx.Var[str]
    record: rx.Var[str]
    base_version: rx.Var[str]
    owner: rx.Var[int]
