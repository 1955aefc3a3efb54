"""A select that a cookie of the browser remembers."""

from __future__ import annotations

import reflex as rx

_SELECT = rx.asset("remembered_select.jsx", shared=True)


class RememberedSelect(rx.Component):
    """A select of `choices` (value and words) that a cookie of this browser remembers."""

    library = _SELECT.importable_path
    tag = "RememberedSelect"

    cookie: rx.Var[str]
    label: rx.Var[str]
    choices: rx.Var[list[list[str]]]
    looks: rx.Var[str]
