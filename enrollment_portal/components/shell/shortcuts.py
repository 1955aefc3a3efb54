"""The keyboard shortcuts of every page, and the dialog that lists them."""

from __future__ import annotations

from typing import Any

import reflex as rx

from enrollment_portal.components.browser_modules import browser_module
from enrollment_portal.components.lists import single_keys
from enrollment_portal.components.ui.pieces import BUTTON, PANEL_TITLE

_SHORTCUTS = browser_module(__file__, "shortcuts.jsx")
_GROUPS = [
    (
        "Every page",
        [
            (["Ctrl+K"], "Search or jump to"),
            (["/"], "Go to the search"),
            (["?"], "Show this list"),
            (["Ctrl+S"], "Save"),
            (["Esc"], "Close a dialog or a list"),
        ],
    ),
    (
        "In a table",
        [
            (["↓", "j"], "Next row"),
            (["↑", "k"], "Previous row"),
            (["↓"], "From the search to the first row"),
            (["Home", "End"], "First or last row"),
            (["Enter"], "Open the row"),
            (["Space"], "Open an enrollment in the panel"),
            (["j", "k"], "In the panel: next or previous enrollment"),
            (["Ctrl+C"], "Copy the selected enrollments"),
            (["Ctrl+P"], "Print all rows of the ledger"),
        ],
    ),
    (
        "In a search that adds",
        [(["↑", "↓"], "Move through what is found"), (["Enter"], "Choose it")],
    ),
    (
        "In the grading grid",
        [
            (["Enter", "F2"], "Edit the cell"),
            (["Delete"], "Clear the cell"),
            (["Esc"], "Discard what is typed"),
            (["Ctrl+Z"], "Undo your last change"),
        ],
    ),
]
_CLASS_NAMES = {
    "place": "no-print pointer-events-none fixed inset-x-3 bottom-4 z-30 flex justify-center",
    "notice": "appears rounded-full border border-line bg-panel px-4 py-1.5 text-small "
    "font-medium shadow-lg",
    "dialog": "w-105 max-h-[calc(100dvh-2rem)] overflow-y-auto",
    "title": PANEL_TITLE,
    "group": "mt-3",
    "heading": "text-xs font-semibold text-ink3",
    "row": "flex items-center justify-between gap-4 py-0.75",
    "keys": "flex shrink-0 gap-1",
    "key": "rounded border border-line bg-bg px-1.5 font-sans text-xs leading-5 text-ink2",
    "single": f"mt-4 {single_keys.CLASS_NAME}",
    "actions": "mt-4 flex justify-end",
    "close": BUTTON,
}
_TEXTS = {
    "title": "Keyboard shortcuts",
    "single": single_keys.LABEL,
    "nothing": "Nothing to save.",
    "cannot": "Nothing can be saved here.",
    "itself": "Everything is saved as you type.",
}


class _Shortcuts(rx.Component):
    library = _SHORTCUTS
    tag = "Shortcuts"

    groups: rx.Var[list[dict[str, Any]]]
    class_names: rx.Var[dict[str, str]]
    texts: rx.Var[dict[str, str]]


def shortcuts() -> rx.Component:
    """Return the keyboard shortcuts of every page, and the dialog that lists them."""
    groups = [
        {"title": title, "rows": [{"keys": keys, "does": does} for keys, does in rows]}
        for title, rows in _GROUPS
    ]
    return _Shortcuts.create(groups=groups, class_names=_CLASS_NAMES, texts=_TEXTS)
