"""The layout of the ledger's table as its page shows it, and the cells of further columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo

import reflex as rx

from enrollment_portal.domain.ledger.layout.cells import Cell, cells_of
from enrollment_portal.domain.ledger.layout.columns import ColumnKey, Layout
from enrollment_portal.domain.ledger.ledger_query import LedgerQuery
from enrollment_portal.domain.people.people import Actor
from enrollment_portal.services.ledger.columns import columns_of, read_facts, read_layout
from enrollment_portal.services.runtime import database
from enrollment_portal.services.shared.organization import organization_of
from enrollment_portal.state.shared.changed_vars import set_changed
from enrollment_portal.storage.ledger import LedgerRow

Cells = dict[str, dict[str, Cell]]


class ShownLayout(rx.State):
    """Which columns the ledger shows, and the cells of those that not every ledger has.

    A column that the viewer may not have is in none of these vars.
    """

    stored: str = ""
    """The text of the stored layout."""
    offered: list[str] = []
    """The columns to choose from; empty until they are known."""
    read: list[str] = []
    """The further columns whose cells were read."""
    cells: Cells = {}
    """By enrollment and column, the cells that show something."""
    answered: int = 0
    """Counts the layouts that were saved, or could not be."""
    refusal: str = ""

    _layout: Layout | None = None
    """The stored layout, once it was read for the open page."""

    def _show(self, layout: Layout, offered: Sequence[ColumnKey], cells: Cells) -> None:
        """Show a layout with the cells of all rows of the page."""
        self._layout = layout
        set_changed(
            self,
            stored=layout.text(),
            offered=[key.value for key in offered],
            read=[key.value for key in further(layout, offered)],
            cells=cells,
        )

    def _show_again(self, cells: Mapping[str, dict[str, Cell]]) -> None:
        """Show other cells of some rows of the page."""
        set_changed(self, cells={**self.get_value("cells"), **cells})


def further(layout: Layout, offered: Sequence[ColumnKey]) -> tuple[ColumnKey, ...]:
    """Return the visible columns whose cells are not in every row of the ledger."""
    return tuple(key for key in layout.more_columns if key in offered)


def read_cells(
    actor: Actor,
    query: LedgerQuery,
    layout: Layout | None,
    rows: Sequence[LedgerRow],
    tz: ZoneInfo,
) -> tuple[Layout, tuple[ColumnKey, ...], Cells]:
    """Return a layout, the columns to choose from, and the cells of some rows.

    Args:
        actor: whose ledger it is.
        query: of the open page.
        layout: as it is stored; `None` to read it.
        rows: of the page.
        tz: the viewer's time zone.
    """
    layout = read_layout(database(), actor) if layout is None else layout
    offered = columns_of(actor, query)
    columns = further(layout, offered)
    facts = read_facts(database(), actor, rows, columns)
    day = organization_of(database()).pace_day()
    cells = {str(id_): cells_of(of, columns, tz, day) for id_, of in facts.items()}
    return layout, offered, cells
