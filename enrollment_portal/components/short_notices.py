"""What is shown for a minute, and what keeps the focus where it was in something that is gone."""

from __future__ import annotations

import reflex as rx

_MINUTE = rx.asset("for_a_minute.jsx", shared=True)


class ForAMinute(rx.Component):
    """Shows its children for a minute after `since` changed, and reads `said` out once."""

    library = _MINUTE.importable_path
    tag = "ForAMinute"

    since: rx.Var[str]
    said: rx.Var[str]
    looks: rx.Var[str]


class KeepsFocus(rx.Component):
    """A group that takes the focus over from whatever had it in there and is gone."""

    library = _MINUTE.importable_path
    tag = "KeepsFocus"

    label: rx.Var[str]
    looks: rx.Var[str]
