"""The search of the palette: people and courses that the signed-in person may see."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from urllib.parse import urlencode

import reflex as rx

from enrollment_portal.domain.access.permissions import (
    may_learn,
    may_manage_learning,
    may_manage_people,
    may_see_ledger,
    may_teach,
)
from enrollment_portal.domain.ledger.filters import FilterName
from enrollment_portal.domain.ledger.ledger_query import LedgerQuery, SortKey
from enrollment_portal.domain.people.people import Actor
from enrollment_portal.domain.shared.listing import ListQuery, clean_search
from enrollment_portal.domain.shared.text_search import search_terms, search_text
from enrollment_portal.domain.shared.wording import with_dots
from enrollment_portal.services.catalog.courses import list_courses
from enrollment_portal.services.catalog.paths import list_paths
from enrollment_portal.services.enrolling import enroll_many
from enrollment_portal.services.grading.teaching import taught_courses
from enrollment_portal.services.learning.learning import read_catalog
from enrollment_portal.services.ledger.filter_values import filter_values
from enrollment_portal.services.ledger.ledger import read_ledger
from enrollment_portal.services.people.users import find_people
from enrollment_portal.services.runtime import database
from enrollment_portal.state.learning.learning_views import COURSE_PATH
from enrollment_portal.state.shared.session import acting, guarded
from enrollment_portal.state.shared.views import (
    COURSES_PATH,
    LEDGER_PATH,
    PATHS_PATH,
    TEACH_PATH,
    USERS_PATH,
)

MOST_OF_A_KIND = 6
SHORTEST_SEARCH = 2


@dataclass(frozen=True)
class FoundLink:
    """Somebody, or a course, that was found."""

    group: str
    """What it is found among: "people" or "courses"."""
    name: str
    about: str
    to: str
    """The address that it leads to."""


class Palette(rx.State):
    """The people and courses that the palette has found."""

    found: list[FoundLink] = []
    searched: str = ""
    """The search that they answer."""

    @rx.event(supersedes=True)
    @guarded()
    async def search(self, typed: str):
        """Search as it is typed."""
        text = clean_search(typed)
        is_long = len(text) >= SHORTEST_SEARCH
        self.found = await asyncio.to_thread(find_links, acting(), text) if is_long else []
        self.searched = text

    def _show_failure(self, _why: str) -> None:
        self.found = []


def find_links(actor: Actor, text: str) -> list[FoundLink]:
    """Return the first people and courses that a search finds, each where the actor may open it."""
    people, courses = _people(actor, text), _courses(actor, text)
    return [*people[:MOST_OF_A_KIND], *courses[:MOST_OF_A_KIND]]


def _people(actor: Actor, text: str) -> list[FoundLink]:
    if may_manage_people(actor):
        return [
            _person(row.name, row.email, f"{USERS_PATH}/{row.id}")
            for row in find_people(database(), actor, text)
        ]
    if may_manage_learning(actor):
        found = enroll_many.find_people(database(), actor, text)
        return [_person(row.name, row.email, _in_ledger(row.email or row.name)) for row in found]
    if not may_see_ledger(actor):
        return []
    query = LedgerQuery(search=text, sort=SortKey.LEARNER, descending=False)
    rows = read_ledger(database(), actor, query, counts_later=True).rows
    by_learner = {row.learner_id: row for row in rows}
    return [
        _person(row.name, row.email, _in_ledger(row.email or row.name))
        for row in by_learner.values()
    ]


def _courses(actor: Actor, text: str) -> list[FoundLink]:
    if may_manage_learning(actor):
        query = ListQuery().searching(text)
        found = list_courses(database(), actor, query).rows[:MOST_OF_A_KIND]
        paths = list_paths(database(), actor, query).rows
        return [
            *(_course(row.title, f"{COURSES_PATH}/{row.id}") for row in found),
            *(_course(row.title, f"{PATHS_PATH}/{row.id}") for row in paths),
        ]
    if may_teach(actor):
        terms = search_terms(text)
        return [
            _course(course.title, f"{TEACH_PATH}/courses/{course.id}")
            for course in taught_courses(database(), actor)
            if terms is not None and all(term in search_text(course.title) for term in terms)
        ]
    if may_see_ledger(actor):
        name = FilterName.COURSES.value
        values = filter_values(database(), actor, LedgerQuery(), name, text).values
        return [
            _course(one.name, f"{LEDGER_PATH}?{urlencode({name: one.value})}") for one in values
        ]
    if may_learn(actor):
        found_there = read_catalog(database(), actor, text, None).rows
        return [_course(row.course.title, f"{COURSE_PATH}/{row.course.id}") for row in found_there]
    return []


def _person(name: str, email: str | None, to: str) -> FoundLink:
    return FoundLink("people", name, with_dots(email or ""), to)


def _course(title: str, to: str) -> FoundLink:
    return FoundLink("courses", title, "", to)


def _in_ledger(text: str) -> str:
    return f"{LEDGER_PATH}?{LedgerQuery(search=clean_search(text)).to_url()}"
