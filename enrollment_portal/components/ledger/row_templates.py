"""The page of the templates of the ledger's headings and rows, which the server fills.

It is built with the other pages, by the same components, and never served.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any

import reflex as rx

from enrollment_portal.components.bulk.selection import select_heading
from enrollment_portal.components.ledger.columns.columns_button import layout_headings
from enrollment_portal.components.ledger.ledger_table import ledger_row
from enrollment_portal.components.ledger.peek_button import peek_heading
from enrollment_portal.domain.enrollment.fields import Status
from enrollment_portal.domain.ledger.ledger_query import SortKey
from enrollment_portal.domain.ledger.shown_rows import LiveRow
from enrollment_portal.domain.shared.calendar import Deadline
from enrollment_portal.domain.shared.html_templates import mark
from enrollment_portal.state.ledger.row_templates import CELLS
from enrollment_portal.state.shared.views import RowView


@dataclass
class _Sample:
    """A row with marks in the places of values."""

    row: RowView
    name: str
    may_edit: bool


_PLAIN = {"status": Status.ACTIVE.key, "tone": 0, "by_hand": False, "may_edit": False}
"""Of what is no text, the values of a sample that is not about them."""


def _samples() -> Iterator[dict[str, Any]]:
    """Return rows in which each cell has each of its variants."""
    for cell, variants in CELLS.items():
        for number, chosen in enumerate(variants.samples()):
            values = {"deadline_tone": "", **_PLAIN, **chosen}

            def shown(kind: type, prefix: str = "", values: dict[str, Any] = values) -> Any:
                names = (f"{prefix}{field.name}" for field in fields(kind))
                return {name.removeprefix(prefix): values.get(name, mark(name)) for name in names}

            yield {
                "name": f"{cell}-{number}",
                "row": {**shown(RowView), "deadline": shown(Deadline, "deadline_")},
                "may_edit": values["may_edit"],
            }


def _row(sample: rx.Var[_Sample]) -> rx.Component:
    return ledger_row(
        row=sample.row,
        live=rx.Var("undefined", _var_type=LiveRow),
        tab="all",
        opens=mark("opens"),
        label=mark("label"),
        may_select=True,
        may_edit=sample.may_edit,
        key=sample.name,
        custom_attrs={"data-sample": sample.name},
    )


def _head(key: SortKey, *, descending: bool) -> rx.Component:
    order = "down" if descending else "up"
    return rx.el.thead(
        rx.el.tr(
            select_heading(rows=[{"id": 0}]),
            layout_headings(
                of_learner=False, sort=key.value, descending=descending, course=mark("label")
            ),
            peek_heading(),
            custom_attrs={"data-head": f"{key.value}-{order}"},
        ),
    )


def row_templates() -> rx.Component:
    """Return a table of all variants of the ledger's headings and cells."""
    rows = rx.Var.create(list(_samples())).to(list[_Sample])
    return rx.el.table(
        *(_head(key, descending=down) for key in SortKey for down in (False, True)),
        rx.el.tbody(rx.foreach(rows, _row)),
    )
