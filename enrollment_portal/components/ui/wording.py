"""Whole sentences in components: with elements in them, by number, and short ones with a name."""

from __future__ import annotations

import json
from string import Formatter
from typing import Any

import reflex as rx
from reflex_base.utils.imports import ImportVar
from reflex_base.vars import VarData

from enrollment_portal.components.browser_modules import browser_module

_WORDING = browser_module(__file__, "wording.js")


def sentence(text: str, **values: Any) -> tuple[Any, ...]:
    """Return a sentence as the children of an element, with elements in its placeholders.

    Args:
        text: the whole sentence: "Nobody matches “{text}”."
        values: by placeholder an element, or a variable of the page.
    """
    children: list[Any] = []
    for words, name, _format, _conversion in Formatter().parse(text):
        if words:
            children.append(words)
        if name is not None:
            value = values[name]
            # A page's translation replaces bare text, which React could not change any more.
            children.append(value if isinstance(value, rx.Component) else rx.el.span(value))
    return tuple(children)


def plural_of(n: Any, *, one: str, other: str) -> rx.Var[str]:
    """Return the text that fits a number which only the browser knows; see `plural`.

    Args:
        n: the number, which replaces "{n}".
        one: the whole text for one.
        other: the whole text for any other number.
    """
    used = VarData(imports={_WORDING: [ImportVar(tag="plural")]})
    number = rx.Var.create(n)
    texts = json.dumps({"one": one, "other": other})
    return rx.Var(
        f"plural({number}, {texts})",
        _var_type=str,
        _var_data=VarData.merge(used, number._get_all_var_data()),
    ).to(str)


def short_label(shown: str, whole: Any) -> rx.Component:
    """Return the label of a button that is short where one sees what it is about.

    Args:
        shown: what one sees: "Remove".
        whole: what a screen reader says: "Remove Ada Byron".
    """
    return rx.fragment(
        rx.el.span(shown, aria_hidden="true"), rx.el.span(whole, class_name="sr-only")
    )
