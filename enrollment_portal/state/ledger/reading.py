"""Reads what the ledger shows of a query, ready to show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple
from zoneinfo import ZoneInfo

from enrollment_portal.domain.enrollment.fields import Status
from enrollment_portal.domain.ledger import messages
from enrollment_portal.domain.ledger.filter_chips import FilterNames
from enrollment_portal.domain.ledger.layout.columns import ColumnKey, Layout
from enrollment_portal.domain.ledger.ledger_query import LedgerQuery, Tab
from enrollment_portal.domain.people.people import Actor
from enrollment_portal.domain.shared.calendar import day_end_text, day_to_date
from enrollment_portal.domain.shared.wording import page_of, show_number
from enrollment_portal.services.ledger.filter_values import filter_names
from enrollment_portal.services.ledger.ledger import days_to_choose, read_ledger, read_rows
from enrollment_portal.services.runtime import database
from enrollment_portal.services.shared.organization import organization_of
from enrollment_portal.state.ledger.shown_layout import Cells, read_cells
from enrollment_portal.state.ledger.shown_needs import NeedsAt, needs_at
from enrollment_portal.state.shared.views import RowView, row_view
from enrollment_portal.storage.ledger import LedgerPage


class Shown(NamedTuple):
    """The page, counts and selectable days of a query."""

    page: LedgerPage
    rows: list[RowView]
    needs: NeedsAt
    first_day: str
    last_day: str
    deadline_ends: str
    filter_names: FilterNames
    layout: tuple[Layout, tuple[ColumnKey, ...], Cells]
    """See `read_cells`."""


def span_of(page: LedgerPage, query: LedgerQuery) -> str:
    """Return which rows a page shows; "" until they are counted, as far as there are any."""
    if not page.is_counted and page.rows:
        return ""
    texts, n, total = messages.ENROLLMENTS, len(page.rows), page.total
    return page_of(texts, page.position, n, total, is_narrowed=query.is_narrowed)


def count_texts(counts: Mapping[Status, int]) -> dict[str, str]:
    """Return how many rows each tab has, as text; "" where they are not counted."""
    return {
        tab: show_number(sum(counts[status] for status in tab.statuses)) if counts else ""
        for tab in Tab
    }


def _day_of(query: LedgerQuery) -> int:
    """Return the day that is shown: overdue is relative to it."""
    return organization_of(database()).today() if query.as_of is None else query.as_of


def read_page(
    actor: Actor, query: LedgerQuery, tz: ZoneInfo, *, counts_later: bool = False
) -> tuple[LedgerPage, list[RowView]]:
    """Return a page of the ledger with its rows ready to show; see `read_ledger`."""
    page = read_ledger(database(), actor, query, counts_later=counts_later)
    today = _day_of(query)
    return page, [row_view(row, tz, today, page.runs.get(row.id, 1)) for row in page.rows]


def read_shown(
    actor: Actor,
    query: LedgerQuery,
    tz: ZoneInfo,
    layout: Layout | None,
    *,
    counts_later: bool = False,
) -> Shown:
    """Return all that the ledger shows of a query; see `read_cells` and `read_ledger`."""
    page, rows = read_page(actor, query, tz, counts_later=counts_later)
    organization = organization_of(database())
    today = _day_of(query)
    first, last = days_to_choose(database(), actor)
    return Shown(
        page,
        rows,
        needs_at(actor, query),
        "" if first is None else day_to_date(first).isoformat(),
        day_to_date(last).isoformat(),
        day_end_text(today, organization.zone, tz),
        filter_names(database(), actor, query),
        read_cells(actor, query, layout, page.rows, tz),
    )


def read_again(
    actor: Actor, query: LedgerQuery, tz: ZoneInfo, ids: Sequence[int], layout: Layout | None
) -> tuple[LedgerPage, dict[int, RowView], FilterNames, NeedsAt, Cells]:
    """Return the same rows again, by id, with counts, filters, what needs attention, and cells."""
    page = read_rows(database(), actor, query, ids)
    today = organization_of(database()).today()
    views = {row.id: row_view(row, tz, today, page.runs.get(row.id, 1)) for row in page.rows}
    cells = read_cells(actor, query, layout, page.rows, tz)[2]
    names, needs = filter_names(database(), actor, query), needs_at(actor, query)
    return page, views, names, needs, cells
