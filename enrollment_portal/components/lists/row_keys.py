"""The keys that move between the rows of a table."""

from __future__ import annotations

from typing import Any

import reflex as rx

from enrollment_portal.components.browser_modules import browser_module

_ROWS = browser_module(__file__, "row_keys.jsx")


class _RowKeys(rx.Component):
    library = _ROWS
    tag = "RowKeys"

    rows: rx.Var[Any]
    is_ready: rx.Var[bool]
    is_hydrated: rx.Var[bool]


def row_keys(*, rows: Any, is_ready: Any) -> rx.Component:
    """Return the keys that move between a table's rows, and restore the focus on the way back.

    Args:
        rows: what the table shows.
        is_ready: whether it shows them.
    """
    return _RowKeys.create(rows=rows, is_ready=is_ready, is_hydrated=rx.State.is_hydrated)
