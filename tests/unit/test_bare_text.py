"""Test that no component has bare text beside conditional siblings.

A browser's page translation replaces text nodes. Where React then puts an element beside one of
them, or takes it away, it works on a node that is no longer there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import reflex as rx
from reflex_base.components.component import BaseComponent
from reflex_base.vars.base import LiteralVar
from reflex_components_core.base.bare import Bare
from reflex_components_core.base.fragment import Fragment
from reflex_components_core.core.cond import Cond
from reflex_components_core.core.foreach import Foreach
from reflex_components_core.core.match import Match

from enrollment_portal.enrollment_portal import _PAGES

_CONDITIONAL = (Cond, Match, Foreach)


@dataclass(frozen=True)
class _Child:
    """A child of an element of the page, without fragments and conditions."""

    component: BaseComponent
    is_conditional: bool

    @property
    def text(self) -> str:
        """The text, if it has no element of its own; else ""."""
        return str(self.component.contents) if isinstance(self.component, Bare) else ""

    @property
    def may_go(self) -> bool:
        """Whether it is sometimes absent: text from the state may be empty."""
        if isinstance(self.component, Bare) and not isinstance(self.component.contents, LiteralVar):
            return True
        return self.is_conditional


def _children(component: BaseComponent, *, is_conditional: bool = False) -> Iterator[_Child]:
    for child in component.children:
        if isinstance(child, (Fragment, *_CONDITIONAL)):
            may_go = is_conditional or isinstance(child, _CONDITIONAL)
            yield from _children(child, is_conditional=may_go)
        else:
            yield _Child(child, is_conditional)


def _bare_texts(component: BaseComponent) -> Iterator[str]:
    """Yield each bare text that is conditional or has a conditional sibling."""
    children = list(_children(component))
    if len(children) > 1 and any(child.may_go for child in children):
        yield from (child.text for child in children if child.text)
    for child in children:
        yield from _bare_texts(child.component)
        memo = getattr(child.component, "_memo_definition", None)
        if memo:
            yield from _bare_texts(memo.component)


@rx.memo
def _memo_row(*, label: rx.Var[str]) -> rx.Component:
    return rx.el.p(label, rx.el.span("!"))


_switched: Any = rx.Var("switched").to(bool)
_name: Any = rx.Var("name").to(str)
_BARE: dict[str, Callable[[], rx.Component]] = {
    "beside a condition": lambda: rx.el.p("a", rx.cond(_switched, rx.el.b("b"))),
    "beside a match": lambda: rx.el.p("a", rx.match(_name, ("b", rx.el.b("b")), rx.fragment())),
    "beside a list": lambda: rx.el.p("a", rx.foreach([1], lambda _: rx.el.b("b"))),
    "beside text that may be empty": lambda: rx.el.p("a", _name),
    "may be empty itself": lambda: rx.el.p(rx.el.b("a"), _name),
    "in a condition": lambda: rx.el.p(rx.el.b("a"), rx.cond(_switched, rx.fragment("b"))),
    "in a row": lambda: rx.el.ul(
        rx.foreach([1], lambda _: rx.el.li("a", rx.cond(_switched, rx.el.b("b"))))
    ),
    "in a memo": lambda: rx.el.div(_memo_row(label=_name)),
}
_GOOD: dict[str, Callable[[], rx.Component]] = {
    "alone": lambda: rx.el.p(_name),
    "joined": lambda: rx.el.p("a" + _name),
    "beside an element that stays": lambda: rx.el.p("a", rx.el.b("b")),
    "in an element": lambda: rx.el.p(rx.el.span("a"), rx.cond(_switched, rx.el.b("b"))),
}


@pytest.mark.parametrize("make", _BARE.values(), ids=_BARE)
def test_a_bare_text_is_found(make: Callable[[], rx.Component]) -> None:
    assert list(_bare_texts(make()))


@pytest.mark.parametrize("make", _GOOD.values(), ids=_GOOD)
def test_text_in_its_own_element_is_allowed(make: Callable[[], rx.Component]) -> None:
    assert not list(_bare_texts(make()))


@pytest.mark.parametrize(
    ("path", "draw"), [(path, draw) for path, _title, draw, _on_load in _PAGES]
)
def test_no_bare_text_has_a_conditional_sibling(
    path: str, draw: Callable[[], rx.Component]
) -> None:
    found = sorted(set(_bare_texts(Fragment.create(draw()))))
    assert not found, f"{path}: give each an element of its own:\n" + "\n".join(found)
