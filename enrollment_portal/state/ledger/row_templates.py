"""The rows of the ledger as HTML, filled into the templates that the build makes of its row."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from enrollment_portal.domain.enrollment.fields import Status
from enrollment_portal.domain.ledger.ledger_query import LedgerQuery
from enrollment_portal.domain.shared.html_templates import HtmlTemplate, Variants
from enrollment_portal.state.shared.views import N_TONES, RowView

TEMPLATES_PATH = "/templates"
"""The page of the templates, which is built and never served."""
_CHOICES: Mapping[str, Sequence[Any]] = {
    "status": [status.key for status in Status],
    "tone": range(N_TONES),
    "deadline_tone": ("", "soon", "overdue"),
    "by_hand": (False, True),
    "may_edit": (False, True),
}
CELLS = {
    name: Variants(values, _CHOICES)
    for name, values in {
        "select": ("run",),
        "learner": ("tone", "email"),
        "course": ("run",),
        "status": ("status", "by_hand"),
        "progress": ("status",),
        "enrolled": (),
        "deadline": (
            *("may_edit", "deadline_tone", "deadline_date", "deadline_left", "request", "run"),
        ),
        "peek": ("run",),
    }.items()
}
"""The cells of a row in their order, each with the values that its markup depends on."""
_ROW = re.compile(r'<tr([^>]*) data-sample="(\w+)-(\d+)"([^>]*)>(.*?)</tr>', re.DOTALL)
_HEAD = re.compile(r'<tr[^>]* data-head="(\w+)-(\w+)"[^>]*>(.*?)</tr>', re.DOTALL)
_CELL = re.compile(rf'<(t[dh])[^>]* class="[^"]*?\b({"|".join(CELLS)})\b.*?</\1>', re.DOTALL)


@dataclass(frozen=True)
class RowTemplates:
    """The templates of rows and headings."""

    row: str
    """The start of a row."""
    cells: Mapping[str, Mapping[tuple[Any, ...], HtmlTemplate]]
    """Of each cell, by the variant."""
    heads: Mapping[tuple[str, str], Mapping[str, HtmlTemplate]]
    """By column and direction, the headings of a table that is sorted by it."""

    @classmethod
    @lru_cache(maxsize=1)
    def parse(cls, html: str) -> RowTemplates:
        """Return the templates of the built page."""
        cells: dict[str, dict[tuple[Any, ...], HtmlTemplate]] = {name: {} for name in CELLS}
        row = ""
        for before, name, number, after, inside in _ROW.findall(html):
            row = f"<tr{before}{after}>"
            chosen = CELLS[name].samples()[int(number)]
            cells[name][CELLS[name].of(chosen)] = _by_cell(inside)[name]
        heads = {(key, order): _by_cell(inside) for key, order, inside in _HEAD.findall(html)}
        return cls(row, cells, heads)

    def head_of(self, query: LedgerQuery, *, label: str, may_select: bool) -> str:
        """Return the headings of a query; `label` is that of the courses."""
        order = "down" if query.descending else "up"
        cells = self.heads[query.sort.value, order]
        shown = (cells[name] for name in CELLS if may_select or name != "select")
        return "".join(cell.fill({"label": label}) for cell in shown)

    def row_of(self, row: RowView, *, may_select: bool, **values: Any) -> str:
        """Return a row; `values` are the other properties of the ledger's component."""
        deadline = {f"deadline_{name}": value for name, value in vars(row.deadline).items()}
        shown = {**vars(row), **deadline, **values}
        cells = (
            self.cells[name][variants.of(shown)].fill(shown)
            for name, variants in CELLS.items()
            if may_select or name != "select"
        )
        return f"{self.row}{''.join(cells)}</tr>"


def _by_cell(inside: str) -> dict[str, HtmlTemplate]:
    """Return the templates of a row's cells."""
    return {cell[2]: HtmlTemplate.parse(cell[0]) for cell in _CELL.finditer(inside)}
