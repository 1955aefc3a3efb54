"""Test that the stylesheet is the first element of the head."""

from __future__ import annotations

import pytest

from enrollment_portal.components.ui.theme import stylesheet_first

SHEET = 'jsx("link",{href:reflexGlobalStyles,rel:"stylesheet",type:"text/css"},),'


def test_the_stylesheet_comes_before_the_scripts() -> None:
    document = f'jsx("head",{{}},jsx("script",{{}},"a"),{SHEET}jsx(Links,{{}},))'
    expected = f'jsx("head",{{}},{SHEET}jsx("script",{{}},"a"),jsx(Links,{{}},))'
    assert stylesheet_first(document) == expected


def test_a_document_without_a_stylesheet_is_refused() -> None:
    with pytest.raises(ValueError, match="no stylesheet"):
        stylesheet_first('jsx("head",{},)')
