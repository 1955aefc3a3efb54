"""Searching for people, groups or courses, to choose them on the page that is open."""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from typing import ClassVar

import reflex as rx

from enrollment_portal.domain.access.permissions import (
    Right,
    may_manage_learning,
    may_manage_people,
)
from enrollment_portal.domain.people.people import Actor
from enrollment_portal.domain.shared.listing import clean_search
from enrollment_portal.services.catalog.courses import find_all_instructors, find_learnables
from enrollment_portal.services.enrolling import enroll_many
from enrollment_portal.services.people.groups import kind_word
from enrollment_portal.services.people.users import find_people
from enrollment_portal.services.runtime import database
from enrollment_portal.state.people.people_views import FoundView, found_group, found_person
from enrollment_portal.state.shared.session import acting, guarded_by_page


class Picker(rx.State, mixin=True):
    """The first few results of a search.

    A picker must set `_may`, and implement `_find`: without it, its state cannot be created.
    """

    found: list[FoundView] = []
    searched: str = ""
    search_field: int = 0

    _may: ClassVar[Right]
    """Who may search; checked on every event."""

    @rx.event(supersedes=True)
    @guarded_by_page
    async def search(self, typed: str):
        """Search as a name is typed."""
        self.found = await asyncio.to_thread(self._find, acting(), typed)
        self.searched = clean_search(typed)

    @abstractmethod
    def _find(self, actor: Actor, typed: object) -> list[FoundView]:
        """Return the results of a search, through a service; runs in a thread."""

    def _clear(self) -> None:
        # A box without a search is left alone: somebody may be typing into it already.
        if self.searched or self.get_value("found"):
            self.found, self.searched = [], ""
            self.search_field += 1


async def refresh_pickers(state: rx.State, *pickers: type[Picker]) -> None:
    """Show the current names in a page's search results, if its person may search for them."""
    for kind in pickers:
        picker = await state.get_state(kind)
        if picker.get_value("found") and kind._may(acting()):
            picker.found = await asyncio.to_thread(picker._find, acting(), picker.searched)


class PeoplePicker(Picker, rx.State):
    """People, for those who manage them."""

    _may: ClassVar[Right] = may_manage_people

    def _find(self, actor: Actor, typed: object) -> list[FoundView]:
        return [found_person(row) for row in find_people(database(), actor, typed)]


class LearnablePicker(Picker, rx.State):
    """Published courses and learning paths; the first ones if nothing is typed."""

    _may: ClassVar[Right] = may_manage_learning

    def _find(self, actor: Actor, typed: object) -> list[FoundView]:
        found = find_learnables(database(), actor, typed)
        return [FoundView(f.id, f.title, kind_word(f.kind)) for f in found]


class InstructorPicker(Picker, rx.State):
    """Instructors, to assign them."""

    _may: ClassVar[Right] = may_manage_learning

    def _find(self, actor: Actor, typed: object) -> list[FoundView]:
        found = find_all_instructors(database(), actor, typed)
        return [FoundView(one.account_id, one.name, one.email) for one in found]


class EnrollPeople(Picker, rx.State):
    """People, to enroll them."""

    _may: ClassVar[Right] = may_manage_learning

    def _find(self, actor: Actor, typed: object) -> list[FoundView]:
        return [found_person(row) for row in enroll_many.find_people(database(), actor, typed)]


class EnrollGroups(Picker, rx.State):
    """Groups, to enroll their members."""

    _may: ClassVar[Right] = may_manage_learning

    def _find(self, actor: Actor, typed: object) -> list[FoundView]:
        return [found_group(row) for row in enroll_many.find_groups(database(), actor, typed)]
