"""Test that building the pages raises no warning of Reflex."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import reflex as rx
from reflex_base.utils import log

from enrollment_portal.enrollment_portal import _PAGES
from enrollment_portal.state.enrolling.enroll import Enroll


def warnings_while(monkeypatch: pytest.MonkeyPatch, draw: Callable[[], rx.Component]) -> list[str]:
    """Return the deprecation warnings of Reflex while a page and its memos are rendered."""
    said: list[str] = []
    # Reflex says each only once in a process, but asks this function each time.
    monkeypatch.setattr(log, "deprecate", lambda **what: said.append(what["feature_name"]))
    list(_drawn(draw()))
    return said


def _drawn(component: Any) -> Iterator[Any]:
    yield component
    memo = getattr(component, "_memo_definition", None)
    for child in (*component.children, *([memo.component] if memo else [])):
        yield from _drawn(child)


def test_a_control_without_a_name_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    said = warnings_while(
        monkeypatch, lambda: rx.el.form(rx.el.input(id="emails"), on_submit=Enroll.paste)
    )
    assert said == ["Submitting the form control with id 'emails' by its `id`"]


@pytest.mark.parametrize(
    ("path", "draw"), [(path, draw) for path, _title, draw, _on_load in _PAGES]
)
def test_no_page_uses_deprecated_features(
    monkeypatch: pytest.MonkeyPatch, path: str, draw: Callable[[], rx.Component]
) -> None:
    assert warnings_while(monkeypatch, draw) == [], path
