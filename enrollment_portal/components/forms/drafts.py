"""What keeps typed text: it asks before a page is left, and restores what was not saved."""

from __future__ import annotations

import reflex as rx

from enrollment_portal.components.browser_modules import browser_module

_UNSAVED = browser_module(__file__, "unsaved.jsx")
_KEPT = browser_module(__file__, "kept_text.jsx")
_TYPED = browser_module(__file__, "keeps_typed.jsx")


class UnsavedChanges(rx.Component):
    """A dialog that asks before a page with unsaved changes is left; its text is the children."""

    library = _UNSAVED
    tag = "UnsavedChanges"

    is_dirty: rx.Var[bool]
    title: rx.Var[str]
    actions: rx.Var[str]
    stay: rx.Var[str]
    leave: rx.Var[str]
    on_leave: rx.EventHandler[rx.event.no_args_event_spec]


class FormGuard(rx.Component):
    """The same for a form of which only the browser knows what is typed."""

    library = _UNSAVED
    tag = "FormGuard"

    form_id: rx.Var[str]
    form_key: rx.Var[str]
    refusal: rx.Var[str]
    title: rx.Var[str]
    actions: rx.Var[str]
    stay: rx.Var[str]
    leave: rx.Var[str]


def _kept_spec(
    kept: rx.Var[dict[str, str]], version: rx.Var[int]
) -> tuple[rx.Var[dict[str, str]], rx.Var[int]]:
    return (kept, version)


class KeptChanges(UnsavedChanges):
    """The same for a form whose text outlives the server: it is kept in the tab until saved.

    An element with `data-gives-up` and the form's id gives up what was typed. A button with
    `data-leads-to` and that id leaves its focus, when it is gone, to what is next: a choice within
    `data-choice-of`, the first field that changed, or the button that saves.
    """

    library = _KEPT
    tag = "KeptChanges"

    form_id: rx.Var[str]
    form_key: rx.Var[str]
    field_keys: rx.Var[dict[str, str]]
    form: rx.Var[dict[str, str]]
    stored: rx.Var[dict[str, str]]
    keeper: rx.Var[str]
    on_take_back: rx.EventHandler[_kept_spec]


class KeepsTyped(rx.Component):
    """Puts back what was typed into such a form where its page is loaded anew by itself.

    With the form goes what it was typed over, as its field `over`.
    """

    library = _TYPED
    tag = "KeepsTyped"

    form_id: rx.Var[str]
    form_key: rx.Var[str]
    record: rx.Var[str]
    over: rx.Var[str]
