"""Test that components show whole sentences, with elements in their placeholders."""

from __future__ import annotations

from typing import Any

import pytest
import reflex as rx

from enrollment_portal.components.ui.wording import plural_of, sentence, short_label

_name: Any = rx.Var("name").to(str)
_n: Any = rx.Var("n").to(int)


def _texts(*parts: rx.Component) -> list[str]:
    """Return what each part draws, as JavaScript."""
    return [str(part.children[0].contents) for part in parts]  # type: ignore[attr-defined]


def test_a_sentence_is_split_around_its_elements() -> None:
    mark = rx.el.b("b")
    before, between, after = sentence("Nobody matches {text}. Try again.", text=mark)
    assert between is mark
    assert _texts(before, after) == ['"Nobody matches "', '". Try again."']


def test_a_variable_gets_an_element_of_its_own() -> None:
    value, words = sentence("{who} is here", who=_name)
    assert _texts(value, words) == ["name", '" is here"']


def test_a_sentence_may_put_its_elements_in_another_order() -> None:
    first, _words, second = sentence("{after} statt {before}", before=_name, after=rx.el.b("b"))
    assert (first.tag, second.tag) == ("b", "span")


def test_a_sentence_without_a_value_for_its_placeholder_is_a_mistake() -> None:
    with pytest.raises(KeyError):
        sentence("{who} is here")


def test_a_plural_is_chosen_in_the_browser() -> None:
    text = plural_of(_n, one="{n} row as of {day}", other="{n} rows as of {day}", day=_name)
    assert str(text) == (
        'plural(n, {"one": "{n} row as of {day}", "other": "{n} rows as of {day}"}, {"day": name})'
    )
    data = text._get_all_var_data()
    assert data is not None
    assert [tag.tag for _library, tags in data.imports for tag in tags] == ["plural"]


def test_a_short_label_is_whole_for_a_screen_reader() -> None:
    shown, whole = short_label("Remove", "Remove Ada").children
    assert _texts(shown, whole) == ['"Remove"', '"Remove Ada"']  # type: ignore[arg-type]
    assert '"aria-hidden":"true"' in str(shown)
