"""The handlers of the ledger's filter bar."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import ClassVar

import reflex as rx

from enrollment_portal.domain.access.permissions import ledger_filters, may_see_ledger
from enrollment_portal.domain.ledger import messages
from enrollment_portal.domain.ledger.attention.needs import needs_among
from enrollment_portal.domain.ledger.filter_menu import Editor, MenuItem, menu
from enrollment_portal.domain.ledger.filters import Filters, Flag
from enrollment_portal.domain.ledger.ledger_query import OPEN_REQUEST, LedgerQuery
from enrollment_portal.domain.ledger.typed_filters import (
    read_dates,
    read_percents,
    read_relative,
)
from enrollment_portal.domain.shared.errors import Invalid, NotFound
from enrollment_portal.domain.shared.listing import clean_search
from enrollment_portal.services.ledger.filter_values import FilterValues, filter_values
from enrollment_portal.services.runtime import database
from enrollment_portal.state.ledger.ledger import Ledger
from enrollment_portal.state.ledger.shown_filters import ShownFilters
from enrollment_portal.state.shared.session import acting, guarded


class LedgerFilters(rx.State):
    """Set and remove the ledger's filters; each act is a step back in the browser's history."""

    _page: ClassVar = Ledger

    @rx.event(supersedes=True)
    @guarded(may_see_ledger)
    async def list_values(self, name: str, typed: str):
        """List the values of a filter, as a search among them is typed."""
        query, item = await self._item(name)
        shown, search = await self.get_state(ShownFilters), clean_search(typed)
        found = FilterValues()
        if item is not None:
            try:
                found = await asyncio.to_thread(
                    filter_values, database(), acting(), query, item.name, search
                )
            except NotFound:  # the page's course or learner is gone, which the page says
                item = None
        if item is None:
            shown._list_nothing()
            return
        shown._show_values(item.name, search, found.values, is_complete=found.is_complete)

    @rx.event
    @guarded(may_see_ledger)
    async def apply(self, name: str, text: str):
        """Set a filter as a URL has it, or remove it with ""."""
        query, item = await self._item(name)
        if item is None or item.editor is Editor.SWITCH or not isinstance(text, str):
            return
        filters = query.filters.with_text(item.name, text)
        if text and item.name not in filters.names:
            return  # it is not understood
        await self._filter(query, filters, item)

    @rx.event
    @guarded(may_see_ledger)
    async def switch(self, name: str, on: bool):
        """Set or remove a filter that is on or off."""
        query, item = await self._item(name)
        if item is None or item.editor is not Editor.SWITCH or not isinstance(on, bool):
            return
        if item.name == OPEN_REQUEST:
            await self._show(query.with_requests(on), item.name, item.label)
        else:
            await self._filter(query, query.filters.with_flag(Flag(item.name), on=on), item)

    @rx.event
    @guarded(may_see_ledger)
    async def apply_typed(self, form: dict):
        """Set the range of a filter that was typed; refuse what is no range."""
        query, item = await self._item(form.get("name") if isinstance(form, dict) else None)
        if item is None or item.editor not in (Editor.PERCENTS, Editor.DAYS):
            return
        shown = await self.get_state(ShownFilters)
        try:
            if item.editor is Editor.PERCENTS:
                found = read_percents(form)
            else:
                found = read_relative(form) if "relation" in form else read_dates(form)
        except Invalid as refusal:
            shown.errors = refusal.errors
        else:
            shown.errors = {}
            text = "" if found is None else found.text()
            await self._filter(query, query.filters.with_text(item.name, text), item)
        shown.answered += 1

    @rx.event
    @guarded(may_see_ledger)
    async def remove(self, name: str):
        """Remove a filter that is set."""
        ledger, shown = await self.get_state(Ledger), await self.get_state(ShownFilters)
        labels = {chip.name: chip.label for chip in shown.get_value("chips")}
        if isinstance(name, str) and name in labels:
            await self._show(ledger._query.without(name), name, labels[name])

    @rx.event
    @guarded(may_see_ledger)
    async def show_need(self, name: str):
        """Show only what needs attention for one reason, or remove that filter if it is set."""
        query = (await self.get_state(Ledger))._query
        need = next((one for one in needs_among(ledger_filters(acting())) if one == name), None)
        if need is None or query.course is not None or query.learner is not None:
            return
        if need.is_applied(query):
            wanted = query.without(need.value)
        else:
            wanted = replace(need.query(query.kind), sort=query.sort, descending=query.descending)
        ledger = await self.get_state(Ledger)
        if wanted.search != query.search:
            ledger.search_field += 1
        await self._show(wanted, need.value, messages.FILTER_LABELS[need.value])

    @rx.event
    @guarded(may_see_ledger)
    async def clear(self):
        """Remove all filters."""
        ledger = await self.get_state(Ledger)
        query = ledger._query
        if query.filters or query.only_requests:
            await ledger._show(query.without(*query.filters.names, OPEN_REQUEST))
            ledger.announcement = messages.filters_cleared(ledger.span)

    async def _item(self, name: object) -> tuple[LedgerQuery, MenuItem | None]:
        """Return what the ledger shows, and the filter of a name if it can be set there."""
        query = (await self.get_state(Ledger))._query
        items = {item.name: item for item in menu(query, ledger_filters(acting()))}
        item = items.get(name) if isinstance(name, str) else None
        return query, None if item is None or item.refusal else item

    async def _filter(self, query: LedgerQuery, filters: Filters, item: MenuItem) -> None:
        """Show the rows of other filters, one of which has changed."""
        if filters != query.filters:
            await self._show(query.filtered(filters), item.name, item.label)

    async def _show(self, query: LedgerQuery, name: str, label: str) -> None:
        """Show the rows of a query, and announce them with the filter that has changed."""
        ledger, shown = await self.get_state(Ledger), await self.get_state(ShownFilters)
        await ledger._show(query)
        texts = {chip.name: chip.text for chip in shown.get_value("chips")}
        ledger.announcement = (
            messages.filter_set(texts[name], ledger.span)
            if name in texts
            else messages.filter_removed(label, ledger.span)
        )
