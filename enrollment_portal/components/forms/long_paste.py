"""Refuses a text that is too long in the browser, before the server would close the socket."""

from __future__ import annotations

import reflex as rx

from enrollment_portal.components.browser_modules import browser_module
from enrollment_portal.domain.shared.messages import paste_too_long
from enrollment_portal.domain.shared.typed_text import MAX_SENT_TEXT

_SCRIPT = browser_module(__file__, "long_paste.jsx")
_CLASS_NAMES = {
    "place": "no-print pointer-events-none fixed inset-x-3 bottom-4 z-30 flex justify-center",
    "notice": "appears rounded-xl border border-line bg-bad-soft px-4 py-2 text-small "
    "font-medium text-bad shadow-lg",
}


class _LongPaste(rx.Component):
    library = _SCRIPT
    tag = "LongPaste"

    longest: rx.Var[int]
    text: rx.Var[str]
    class_names: rx.Var[dict[str, str]]


def long_paste() -> rx.Component:
    """Return the component that refuses too long a text wherever it is pasted or sent."""
    return _LongPaste.create(
        longest=MAX_SENT_TEXT, text=paste_too_long(MAX_SENT_TEXT), class_names=_CLASS_NAMES
    )
