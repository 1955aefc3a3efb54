"""What the states of a course's page and of a learning path's page have in common."""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import reflex as rx

from enrollment_portal.domain.access.permissions import may_manage_learning
from enrollment_portal.domain.catalog import messages
from enrollment_portal.domain.catalog.courses import CourseState
from enrollment_portal.domain.shared.errors import NotFound, PortalError
from enrollment_portal.domain.shared.listing import clean_search, read_id
from enrollment_portal.services.runtime import database
from enrollment_portal.state.catalog.course_views import ChoiceView, id_under
from enrollment_portal.state.shared.forms import UncontrolledForm
from enrollment_portal.state.shared.session import acting, guarded

STATE_MESSAGES = {
    CourseState.PUBLISHED: messages.PUBLISHED,
    CourseState.ARCHIVED: messages.ARCHIVED,
    CourseState.DRAFT: messages.BACK_TO_DRAFT,
}


@dataclass
class Services:
    """The services of courses or of learning paths, with the same parameters and results."""

    read: Callable[..., Any]
    stored: Callable[[Any], Any]
    """Returns the record itself from what `read` returned."""
    typed: Callable[[Any], dict[str, str]]
    make: Callable[..., int]
    save: Callable[..., Any]
    put: Callable[..., Any]


class RecordPage(UncontrolledForm, rx.State, mixin=True):
    """A course or learning path: its heading, its settings, and a search.

    What the search finds can be added to the record. A page's own state must set `_path`,
    `_made_at`, `_empty` and `_services`, and implement `_show` and `_find`.
    """

    phase: str = "loading"  # loading, ready, missing or failed
    id: int = 0
    """The record's id; 0 while it is being created."""
    title: str = ""
    state: str = ""
    version: int = 0
    """The version that is shown; the form may have been filled from an older one."""
    about: str = ""
    candidates: list[ChoiceView] = []
    searched: str = ""
    search_field: int = 0
    _searched_ahead: str = ""
    """The address of a page on which something was searched for before it was loaded."""

    _path: ClassVar[str]
    """The path of the list, under which each record has its page."""
    _made_at: ClassVar[str]
    """The tab that a new record opens with."""
    _empty: ClassVar[Mapping[str, str]]
    """The settings of a new record."""
    _services: ClassVar[Services]

    @abstractmethod
    def _show(self, found: Any) -> None:
        """Show what the service read."""

    @abstractmethod
    async def _find(self, search: str) -> list[ChoiceView]:
        """Return what can be added, by a search."""

    def _discard_unsaved(self) -> None:
        """Discard what was started on the page that was open before."""

    @rx.event
    @guarded(may_manage_learning)
    async def load(self):
        """Show the record of the page, or an empty form for a new one."""
        record_id = id_under(self, self._path)
        if record_id is None:
            return
        self._clear_unless_ahead()
        self._discard_unsaved()
        if record_id != self.id:
            self.phase = "loading"
        if record_id == 0:
            self.id, self.title, self.state, self.phase = 0, "", "", "ready"
            self._fill(self._empty)
        elif found := await self._read(record_id):
            stored = self._services.stored(found)
            self._fill(self._services.typed(stored), base_version=stored.version)

    @rx.event
    @guarded(may_manage_learning)
    async def refresh(self):
        """Show the current record in the heading; what is typed into the settings stays."""
        if self.phase == "ready" and self.id and not self._is_elsewhere():
            await self._read(self.id)

    @rx.event
    @guarded(may_manage_learning)
    async def save(self, form: dict):
        """Save the settings, or create the record."""
        if self._is_elsewhere() or self._is_again(form):
            return None
        return await _save(self, form)

    @rx.event
    @guarded(may_manage_learning)
    async def put(self, state: str):
        """Publish, archive or unpublish the record, if the shown version is current."""
        is_done, put = await self._act(self._services.put, state, version=self.version)
        if not is_done:
            return
        # Otherwise somebody else changed it, too, and a save must still be checked against that.
        if self.base_version == str(put.version - 1):
            self.base_version = str(put.version)
        self.message = STATE_MESSAGES[CourseState(put.state)]

    @rx.event(supersedes=True)
    @guarded(may_manage_learning)
    async def search(self, typed: str):
        """Search for what can be added as a name is typed."""
        self._searched_ahead = "" if self.is_hydrated else self.router.url.path
        await self._search(typed)

    async def _read(self, record_id: int) -> Any | None:
        """Show a record around its form, and return it; `None` if there is none."""
        try:
            found = await asyncio.to_thread(self._services.read, database(), acting(), record_id)
        except NotFound:
            self.id, self.title, self.phase = 0, "", "missing"
            return None
        self._show(found)
        await self._search(self.searched)
        return found

    async def _act(self, act: Callable[..., Any], *what: object, **how: Any) -> tuple[bool, Any]:
        """Have a service change the record; return whether it did, and its result."""
        if self._is_elsewhere():
            return False, None
        self._clear_messages()
        try:
            done = await asyncio.to_thread(act, database(), acting(), self.id, *what, **how)
        except PortalError as refusal:
            if self.id:
                await self._read(self.id)
            self._refuse(refusal)
            return False, None
        await self._read(self.id)
        return True, done

    def _is_elsewhere(self) -> bool:
        return id_under(self, self._path) != self.id

    async def _search(self, typed: object) -> None:
        self.searched, self.candidates = clean_search(typed), []
        if self.searched:
            self.candidates = await self._find(self.searched)

    def _clear(self) -> None:
        # A box without a search is left alone: somebody may be typing into it already.
        if self.searched or self.get_value("candidates"):
            self.candidates, self.searched = [], ""
            self.search_field += 1

    def _clear_unless_ahead(self) -> None:
        """Empty the search box of a loaded page, unless somebody has searched in it already."""
        if self._searched_ahead != self.router.url.path:
            self._clear()
        self._searched_ahead = ""


async def _save(page: RecordPage, form: dict) -> Any:
    typed, actor = page._typed(form), acting()
    try:
        if not page.id:
            made = await asyncio.to_thread(page._services.make, database(), actor, typed)
            return rx.redirect(f"{page._path}/{made}/{page._made_at}")
        saved = await asyncio.to_thread(
            page._services.save,
            database(),
            actor,
            page.id,
            version=read_id(page._sent_base_version(form)),
            typed=typed,
        )
    except PortalError as refusal:
        page._refuse(refusal)
        return None
    page.title, page.version = saved.title, saved.version
    page._fill(page._services.typed(saved), "Saved.", base_version=saved.version)
    return None
