"""Texts that the server puts into the first HTML of a page."""

from __future__ import annotations

from typing import Any

import reflex as rx

from enrollment_portal.components.browser_modules import browser_module

_FIRST = browser_module(__file__, "first_text.jsx")


class _FirstText(rx.Component):
    library = _FIRST
    tag = "FirstText"

    element: rx.Var[str]
    text: rx.Var[Any]


def first_text(text: Any, *, name: str, element: str = "span", **props: Any) -> rx.Component:
    """Return an element with one text, which the server knows before the app does.

    Args:
        text: that it shows.
        name: of the text in a `Filling`.
        element: its tag.
        props: of the element.
    """
    return _FirstText.create(element=element, text=text, custom_attrs={"data-first": name}, **props)
