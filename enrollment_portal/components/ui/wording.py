"""Show whole sentences: with elements in them, in singular or plural, or short with a name."""

from __future__ import annotations

import json
from string import Formatter
from typing import Any

import reflex as rx
from reflex_base.utils.imports import ImportVar
from reflex_base.vars import VarData

from enrollment_portal.components.browser_modules import browser_module
from enrollment_portal.domain.shared.wording import PageTexts

_WORDING = browser_module(__file__, "wording.js")


def sentence(text: str, /, *, words: str = "", **values: Any) -> tuple[Any, ...]:
    """Return a sentence as the children of an element, with elements in its placeholders.

    Args:
        text: the whole sentence: "Nobody matches “{text}”."
        words: classes of its words, without what is in the placeholders.
        values: by placeholder an element, or a text or variable of the page.
    """
    children: list[Any] = []
    for literal, name, _format, _conversion in Formatter().parse(text):
        if literal:
            # Not bare text: a page's translation replaces it, and React could not change it then.
            children.append(rx.el.span(literal, class_name=f"words {words}".rstrip()))
        if name is not None:
            value = values[name]
            children.append(value if isinstance(value, rx.Component) else rx.el.span(value))
    return tuple(children)


def page_text(total: Any, texts: PageTexts, *, position: Any, count: Any, has_next: Any) -> Any:
    """Return which rows a page shows, whose total only the browser knows; see `page_of`.

    Args:
        total: how many rows there are, as text.
        texts: of the list.
        position: the number of the page's first row, an estimate within the list.
        count: how many rows it shows.
        has_next: whether there are rows after it.
    """
    used = VarData(imports={_WORDING: [ImportVar(tag="pageOf")]})
    given = [rx.Var.create(value) for value in (total, position, count, has_next)]
    shown = json.dumps({"one": texts.one, "other": texts.other}, ensure_ascii=False)
    number, first, n_rows, is_followed = given
    page = f"{{position: {first}, count: {n_rows}, hasNext: {is_followed}}}"
    return rx.Var(
        f"pageOf({number}, {shown}, {page})",
        _var_type=str,
        _var_data=VarData.merge(used, *(var._get_all_var_data() for var in given)),
    ).to(str)


def plural_of(n: Any, /, *, one: str = "", other: str, **values: Any) -> Any:
    """Return the text that fits a number which only the browser knows; see `plural`.

    Args:
        n: the number, which replaces "{n}", or a text with that number.
        one: the whole text for one; "" where it is the same as `other`.
        other: the whole text for any other number.
        values: what replaces the other placeholders.
    """
    used = VarData(imports={_WORDING: [ImportVar(tag="plural")]})
    parts = {
        "n": rx.Var.create(n),
        **{name: rx.Var.create(value) for name, value in values.items()},
    }
    texts = json.dumps({"one": one or other, "other": other}, ensure_ascii=False)
    given = ", ".join(f"{json.dumps(name)}: {var}" for name, var in parts.items() if name != "n")
    return rx.Var(
        f"plural({parts['n']}, {texts}, {{{given}}})",
        _var_type=str,
        _var_data=VarData.merge(used, *(var._get_all_var_data() for var in parts.values())),
    ).to(str)


def short_label(shown: Any, whole: Any, *, class_name: str = "") -> rx.Component:
    """Return a button's label: short on the screen, whole for a screen reader.

    Args:
        shown: what one sees: "Remove".
        whole: what a screen reader says: "Remove Ada Byron".
        class_name: classes of what one sees.
    """
    return rx.fragment(
        rx.el.span(shown, aria_hidden="true", class_name=class_name),
        rx.el.span(whole, class_name="sr-only"),
    )
