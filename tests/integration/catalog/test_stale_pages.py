"""Test actions on the page of a course or path that somebody else has changed meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from enrollment_portal.domain.people.people import Actor, Role
from enrollment_portal.domain.shared.errors import PortalError
from enrollment_portal.services.catalog import courses, lessons, paths
from enrollment_portal.state.catalog.course_page import CoursePage
from enrollment_portal.state.catalog.courses import Lessons
from enrollment_portal.state.catalog.paths import PathPage
from enrollment_portal.state.shared.views import COURSES_PATH, PATHS_PATH
from enrollment_portal.storage.shared.database import Database
from tests.builders import make_course, make_lessons, make_organization, make_path
from tests.integration import current
from tests.integration.office import Office, act
from tests.integration.stored import rows
from tests.security.pipeline import Pipeline, as_json, event_name

DANA = Actor(7, "Dana Ruiz", "dana@northwind.example", Role.SUPER_ADMIN)


class Shelf:
    """A course of three lessons, and a path of three courses."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.course = make_course(database, "Knots", n_lessons=3)
        self.lessons = make_lessons(database, self.course, 3)
        self.courses = [make_course(database) for _ in range(3)]
        self.path = make_path(database, "Ropes", tuple(self.courses))

    def stored(self) -> list[Any]:
        """Return everything of them that an act here changes, but for the access log."""
        return [
            rows(self.database, f"SELECT * FROM {table} ORDER BY 1, 2")
            for table in ("course", "lesson", "path_step")
        ]


Act = Callable[[Shelf, int], object]
LIST_ACTS: dict[str, Act] = {
    "a lesson moves": lambda s, version: lessons.move_lesson(
        s.database, DANA, s.course, s.lessons[1], down=True, version=version
    ),
    "a lesson is removed": lambda s, version: lessons.remove_lesson(
        s.database, DANA, s.course, s.lessons[1], version=version
    ),
    "a course moves": lambda s, version: paths.move_step(
        s.database, DANA, s.path, s.courses[1], down=True, version=version
    ),
    "a course is taken out": lambda s, version: paths.remove_step(
        s.database, DANA, s.path, s.courses[1], version=version
    ),
    "a course waits": lambda s, version: paths.set_needs_previous(
        s.database, DANA, s.path, s.courses[1], is_on=True, version=version
    ),
}
STATE_ACTS: dict[str, Act] = {
    "the course is archived": lambda s, version: courses.set_course_state(
        s.database, DANA, s.course, "archived", version=version
    ),
    "the path is archived": lambda s, version: paths.set_path_state(
        s.database, DANA, s.path, "archived", version=version
    ),
}


def change_lists(shelf: Shelf) -> None:
    """Let somebody else change the order of the lessons and of the courses."""
    database = shelf.database
    current.move_lesson(database, DANA, shelf.course, shelf.lessons[1], down=False)
    current.move_step(database, DANA, shelf.path, shelf.courses[1], down=False)


def change_settings(shelf: Shelf) -> None:
    """Let somebody else rename the course and the path."""
    for id_, read, save in (
        (shelf.course, courses.read_course, courses.save_course),
        (shelf.path, paths.read_path, paths.save_path),
    ):
        found = read(shelf.database, DANA, id_)
        stored = found.course if isinstance(found, courses.CourseDetails) else found.path
        typed = {**courses.typed_course(stored), "title": f"New {stored.title}"}
        save(shelf.database, DANA, id_, version=stored.version, typed=typed)


@pytest.fixture
def shelf(database: Database) -> Shelf:
    make_organization(database)
    return Shelf(database)


@pytest.mark.parametrize("name", LIST_ACTS | STATE_ACTS)
@pytest.mark.parametrize("version", [0, None, "1", 2])
def test_what_names_no_version_that_is_stored_changes_nothing(
    shelf: Shelf, name: str, version: Any
) -> None:
    before = shelf.stored()
    with pytest.raises(PortalError, match="changed meanwhile, and nothing was done"):
        (LIST_ACTS | STATE_ACTS)[name](shelf, version)
    assert shelf.stored() == before


@pytest.mark.parametrize("name", LIST_ACTS)
def test_a_list_that_others_changed_stays_as_they_left_it(shelf: Shelf, name: str) -> None:
    change_lists(shelf)
    before = shelf.stored()
    with pytest.raises(PortalError, match="changed meanwhile, and nothing was done"):
        LIST_ACTS[name](shelf, 1)
    assert shelf.stored() == before
    if name != "a course waits":  # it is the first one now, and has none before it
        LIST_ACTS[name](shelf, 2)
        assert shelf.stored() != before


@pytest.mark.parametrize("name", STATE_ACTS)
def test_a_state_is_not_changed_over_settings_that_others_changed(shelf: Shelf, name: str) -> None:
    change_settings(shelf)
    before = shelf.stored()
    with pytest.raises(PortalError, match="changed meanwhile, and nothing was done"):
        STATE_ACTS[name](shelf, 1)
    assert shelf.stored() == before
    STATE_ACTS[name](shelf, 2)
    assert shelf.stored() != before


def test_a_lesson_that_was_rewritten_or_added_is_seen_before_one_is_removed(shelf: Shelf) -> None:
    database, (first, *_), typed = shelf.database, shelf.lessons, {"title": "New", "content": "X"}
    lessons.save_lesson(database, DANA, shelf.course, first, version=1, typed=typed)
    assert current.list_version_of(database, shelf.course) == 2
    lessons.add_lesson(database, DANA, shelf.course, typed)
    assert current.list_version_of(database, shelf.course) == 3
    paths.add_step(database, DANA, shelf.path, shelf.course)
    assert current.list_version_of(database, shelf.path) == 2


def test_what_is_so_already_is_no_change(shelf: Shelf) -> None:
    database, before = shelf.database, shelf.stored()
    assert courses.set_course_state(database, DANA, shelf.course, "published", version=0)
    assert paths.set_path_state(database, DANA, shelf.path, "published", version=0)
    last, first = shelf.lessons[2], shelf.courses[0]
    lessons.move_lesson(database, DANA, shelf.course, last, down=True, version=1)
    paths.move_step(database, DANA, shelf.path, first, down=False, version=1)
    paths.set_needs_previous(database, DANA, shelf.path, first, is_on=False, version=1)
    assert shelf.stored() == before


def test_lists_and_settings_are_changed_beside_each_other(shelf: Shelf) -> None:
    change_lists(shelf)
    change_settings(shelf)
    for name in LIST_ACTS:
        if "taken out" not in name and "removed" not in name:
            shelf = Shelf(shelf.database)
            change_settings(shelf)
            LIST_ACTS[name](shelf, 1)
    for name in STATE_ACTS:
        shelf = Shelf(shelf.database)
        change_lists(shelf)
        STATE_ACTS[name](shelf, 1)


async def told(running: Pipeline, office: Office, state: type, path: str, *events: Any) -> Any:
    """Return what a page shows after it came, others changed what it shows, and it was used."""
    client, shown = running.client("t1", office.maya), {}
    for event in (("load", {}), *events):
        if callable(event):
            event()
            continue
        handler, payload = event
        for update in as_json(await client.call(event_name(state, handler), path, **payload)):
            for name, values in (update["delta"] or {}).items():
                if name == state.get_full_name():  # type: ignore[attr-defined]
                    shown |= {key.removesuffix("_rx_state_"): one for key, one in values.items()}
    return shown


PAGES: dict[str, tuple[type, str, list[tuple[str, dict[str, Any]]]]] = {
    "lesson moved": (
        Lessons,
        "lessons",
        [("move", {"lesson_id": "lesson", "down": True})],
    ),
    "lesson removed": (
        Lessons,
        "lessons",
        [("ask_to_remove", {"lesson_id": "lesson"}), ("remove", {})],
    ),
    "course moved": (
        PathPage,
        "courses",
        [("move", {"course_id": "course", "down": True})],
    ),
    "course taken out": (
        PathPage,
        "courses",
        [("ask_to_remove", {"course_id": "course"}), ("remove", {})],
    ),
    "course waits": (
        PathPage,
        "courses",
        [("lock", {"course_id": "course", "is_on": True})],
    ),
    "course archived": (CoursePage, "settings", [("put", {"state": "archived"})]),
    "path archived": (PathPage, "settings", [("put", {"state": "archived"})]),
}


@pytest.mark.parametrize("name", PAGES)
def test_the_page_says_so_and_shows_what_is_there_now(office: Office, name: str) -> None:
    shelf = Shelf(office.database)
    state, tab, events = PAGES[name]
    ids = {"lesson": shelf.lessons[1], "course": shelf.courses[1]}
    filled = [(h, {k: ids.get(v, v) for k, v in payload.items()}) for h, payload in events]
    path = f"{PATHS_PATH}/{shelf.path}" if state is PathPage else f"{COURSES_PATH}/{shelf.course}"

    def meanwhile() -> None:
        change_lists(shelf)
        change_settings(shelf)

    async def work(running: Pipeline) -> None:
        shown = await told(running, office, state, f"{path}/{tab}", meanwhile, *filled)
        assert "changed meanwhile, and nothing was done" in shown["refusal"]
        assert (shown["message"], shown["version"]) == ("", 2)
        if state is Lessons:
            assert [row["id"] for row in shown["rows"]][:2] == [shelf.lessons[1], shelf.lessons[0]]
        elif state is PathPage:
            assert [row["id"] for row in shown["steps"]][:2] == shelf.courses[1::-1]
            assert shown["list_version"] == 2
        if state is not Lessons:
            assert shown["title"].startswith("New ")

    act(work)
