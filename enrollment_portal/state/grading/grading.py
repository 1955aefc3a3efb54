"""The state of the grading grid: one page of a course's rows, and the result of each save."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import ClassVar, TypeVar

import reflex as rx

from enrollment_portal.domain.access.permissions import may_grade
from enrollment_portal.domain.catalog.courses import CourseKind
from enrollment_portal.domain.catalog.grades import GradingScheme
from enrollment_portal.domain.catalog.messages import NOT_GRADED
from enrollment_portal.domain.enrollment.fields import Field
from enrollment_portal.domain.grading import messages
from enrollment_portal.domain.grading.teaching import GRID_FIELDS, GradingFilter
from enrollment_portal.domain.people.people import Actor
from enrollment_portal.domain.shared import calendar
from enrollment_portal.domain.shared.errors import NotFound
from enrollment_portal.domain.shared.listing import ListQuery, read_id
from enrollment_portal.domain.shared.messages import FAILED_UNKNOWN
from enrollment_portal.domain.shared.wording import show_number
from enrollment_portal.services.enrollment.enrollment_details import own_refusal
from enrollment_portal.services.grading.grading import CellResult, grade_cell
from enrollment_portal.services.grading.grading_undo import undo_cell
from enrollment_portal.services.grading.teaching import Grid, count_grid, read_grid, reread_rows
from enrollment_portal.services.runtime import database
from enrollment_portal.services.shared.organization import organization_of
from enrollment_portal.state.grading.grading_views import (
    GRID_PATH,
    CellView,
    GradingRowView,
    RemoteChangeView,
    cell_key,
    cell_views,
    grading_row_view,
    remote_change_views,
)
from enrollment_portal.state.shared import open_pages
from enrollment_portal.state.shared.changed_vars import set_changed
from enrollment_portal.state.shared.listing import Listing
from enrollment_portal.state.shared.session import acting, guarded
from enrollment_portal.storage.grading.teaching import GridRow, TaughtCourse
from enrollment_portal.storage.shared.listing import Slice

_FIELDS = tuple(field.value for field in GRID_FIELDS)
_View = TypeVar("_View", CellView, RemoteChangeView)
_MOST_CELLS = 300
"""The most answers kept: those of a page, and late ones of other pages' cells."""

_TABS = tuple(tab.value for tab in GradingFilter if tab is not GradingFilter.ALL)


class Grading(Listing, rx.State):
    """A page of a course's grading grid; `cells` answers each save of what was typed."""

    rows: list[GradingRowView] = []
    counts: dict[str, str] = dict.fromkeys(GradingFilter, "")
    cells: dict[str, CellView] = {}
    remote_changes: dict[str, RemoteChangeView] = {}
    """The cells that others changed while they were shown, by the same keys."""
    course: str = ""
    hint: str = ""
    path: str = ""

    _shows: ClassVar = ("learner", "course")
    _course: int = 0
    _grid: Grid | None = None

    _texts = messages.LEARNERS
    _may = may_grade
    _path: ClassVar[str] = ""
    _filters: ClassVar = {"show": _TABS}

    def _read(self, actor: Actor, query: ListQuery) -> Slice[GridRow]:
        tab = GradingFilter(query.filters.get("show", GradingFilter.ALL))
        # The only writer while the handler waits for it.
        self._grid = read_grid(
            database(), actor, self._course, tab=tab, search=query.search, place=query.place
        )
        return self._grid.page

    def _views(self, rows: Sequence[GridRow]) -> list[GradingRowView]:
        today, actor = organization_of(database()).today(), acting()
        return [grading_row_view(row, today, own_refusal(actor, row.learner_id)) for row in rows]

    async def _show(self, query: ListQuery, *, pushes: bool = True) -> None:
        path = self.router.url.path.rstrip("/")
        if not path.startswith(f"{GRID_PATH}/"):
            return  # the page has been left meanwhile
        # Nothing of another course may be shown while this one is read.
        wanted = read_id(path.removeprefix(f"{GRID_PATH}/")) or 0
        if wanted != self._course:
            self.reset()
            self._course, self.path = wanted, path
        await super()._show(query, pushes=pushes)
        if self.phase == "missing":
            await self._lose()
        if self.phase != "ready" or self._grid is None:
            return
        self._show_course(self._grid.course)
        self._show_counts(self._grid.counts)
        # The rows are newer than earlier answers.
        self.cells, self.remote_changes = {}, {}
        if not pushes:
            open_pages.watch(self, ("course", self._course))

    def _show_course(self, facts: TaughtCourse) -> None:
        set_changed(self, course=facts.title, hint=_hint(facts))

    async def _lose(self) -> None:
        """Show that the course is missing, and unsubscribe from its changes."""
        self.reset()
        self.phase = "missing"
        await open_pages.silence(self)

    @rx.event
    @guarded(may_grade)
    async def attend(self, enrollment: int, is_editing: bool):
        """Announce in which row somebody is, and whether they type there; 0 for none."""
        key = read_id(enrollment)
        if key in self._versions():
            open_pages.attend(self, key, self._course, is_editing is True)
        else:
            open_pages.attend(self, 0, 0, False)

    @rx.event
    @guarded(may_grade)
    async def refresh(self):
        """Update the rows on screen with what others changed; no row is added, moved or removed."""
        if self.phase != "ready" or not self._course:
            return
        try:
            search = self._query.search
            reread = await asyncio.to_thread(
                reread_rows, database(), acting(), self._course, self._versions(), search
            )
        except NotFound:
            await self._lose()
            return
        now = {row.id: row for row in reread.rows}
        views = {view.id: view for view in self._views(reread.rows)}
        set_changed(self, rows=[views.get(row.id) or row for row in self.get_value("rows")])
        self._show_course(reread.course)
        self._show_counts(reread.counts)
        me, at = acting().account_id, calendar.now_ms()
        news = [remote_change_views(now[id_], newer, me, at) for id_, newer in reread.newer.items()]
        if any(news):
            self.remote_changes = _newest(self.get_value("remote_changes"), *news)

    def _versions(self) -> dict[int, int]:
        """Return the versions on screen, including those that own saves made newer."""
        cells = self.get_value("cells")
        return {row.id: _version(row, cells) for row in self.get_value("rows")}

    @rx.event
    @guarded(may_grade)
    async def save_cell(
        self, enrollment: int, field: str, typed: str, version: int, ticket: int, save_key: str = ""
    ):
        """Save what was typed into a cell; the answer carries the browser's ticket.

        Idempotent: sent again under the same key, it changes nothing and succeeds.
        """
        key, number = read_id(enrollment), read_id(ticket)
        if not key or not number or field not in list(_FIELDS):
            return
        result = await asyncio.to_thread(
            grade_cell, database(), acting(), key, field, typed, version, save_key
        )
        await self._answer(key, field, number, result)

    @rx.event
    @guarded(may_grade)
    async def undo_cell(self, enrollment: int, field: str, save_key: str, ticket: int):
        """Undo what was saved in a cell under a key; the answer carries the browser's ticket."""
        key, number = read_id(enrollment), read_id(ticket)
        if not key or not number or field not in list(_FIELDS):
            return
        result = await asyncio.to_thread(undo_cell, database(), acting(), key, save_key)
        await self._answer(key, field, number, result)

    async def _answer(self, key: int, field: str, number: int, result: CellResult) -> None:
        known = self.get_value("cells")
        self.cells = _newest(known, cell_views(key, field, number, result, known))
        if result.row and self.phase == "ready":
            self._replace(result.row)
            if field == Field.GRADE:
                await self._recount()

    def _replace(self, row: GridRow) -> None:
        """Update what a save changed besides its cell: the row's status and deadline text."""
        rows, (now,) = self.get_value("rows"), self._views([row])
        rows = [now if one.id == now.id and one.status != now.status else one for one in rows]
        set_changed(self, rows=rows)

    async def _recount(self) -> None:
        try:
            counts = await asyncio.to_thread(
                count_grid, database(), acting(), self._course, self._query.search
            )
        except NotFound:
            return  # they stopped teaching the course a moment ago
        self._show_counts(counts)

    def _show_counts(self, counts: Mapping[GradingFilter, int]) -> None:
        set_changed(self, counts={tab.value: show_number(n) for tab, n in counts.items()})

    def _show_failure(self, why: str = FAILED_UNKNOWN) -> None:
        # An open grid keeps what is typed in it; the browser sends it again.
        if self.phase != "ready":
            self.phase = "failed"


def _hint(facts: TaughtCourse) -> str:
    """Return the note on how the course is graded."""
    if facts.kind == CourseKind.PATH:
        return NOT_GRADED
    scheme = GradingScheme(facts.grading_scheme)
    return f"{scheme.label}: {scheme.hint(facts.grading_points)}"


def _version(row: GradingRowView, cells: Mapping[str, CellView]) -> int:
    """Return the newest version of a row that is on screen."""
    answered = [cells[key] for f in _FIELDS if (key := cell_key(row.id, f)) in cells]
    return max(row.version, *(cell.version for cell in answered), 0)


def _newest(known: Mapping[str, _View], *more: Mapping[str, _View]) -> dict[str, _View]:
    """Return views by cell, the newest last, without the oldest over the limit."""
    views = {key: view for some in (known, *more) for key, view in some.items()}
    return dict(list(views.items())[-_MOST_CELLS:])
