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


class CourseAndPath:
    """A course of three lessons, and a path of three courses."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.course = make_course(database, "Knots", n_lessons=3)
        self.lessons = make_lessons(database, self.course, 3)
        self.courses = [make_course(database) for _ in range(3)]
        self.path = make_path(database, "Ropes", tuple(self.courses))

    def stored(self) -> list[Any]:
        """Return everything that an action of these tests changes, except the access log."""
        return [
            rows(self.database, f"SELECT * FROM {table} ORDER BY 1, 2")
            for table in ("course", "lesson", "path_step")
        ]


Act = Callable[[CourseAndPath, int], object]
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


def change_lists(pages: CourseAndPath) -> None:
    """Let somebody else change the order of the lessons and of the courses."""
    database = pages.database
    current.move_lesson(database, DANA, pages.course, pages.lessons[1], down=False)
    current.move_step(database, DANA, pages.path, pages.courses[1], down=False)


def change_settings(pages: CourseAndPath) -> None:
    """Let somebody else rename the course and the path."""
    for id_, read, save in (
        (pages.course, courses.read_course, courses.save_course),
        (pages.path, paths.read_path, paths.save_path),
    ):
        found = read(pages.database, DANA, id_)
        stored = found.course if isinstance(found, courses.CourseDetails) else found.path
        typed = {**courses.typed_course(stored), "title": f"New {stored.title}"}
        save(pages.database, DANA, id_, version=stored.version, typed=typed)


@pytest.fixture
def pages(database: Database) -> CourseAndPath:
    make_organization(database)
    return CourseAndPath(database)


@pytest.mark.parametrize("name", LIST_ACTS | STATE_ACTS)
@pytest.mark.parametrize("version", [0, None, "1", 2])
def test_an_action_without_a_stored_version_changes_nothing(
    pages: CourseAndPath, name: str, version: Any
) -> None:
    before = pages.stored()
    with pytest.raises(PortalError, match="changed meanwhile, and nothing was done"):
        (LIST_ACTS | STATE_ACTS)[name](pages, version)
    assert pages.stored() == before


@pytest.mark.parametrize("name", LIST_ACTS)
def test_a_list_changed_by_others_is_not_overwritten(pages: CourseAndPath, name: str) -> None:
    change_lists(pages)
    before = pages.stored()
    with pytest.raises(PortalError, match="changed meanwhile, and nothing was done"):
        LIST_ACTS[name](pages, 1)
    assert pages.stored() == before
    if name != "a course waits":  # it is the first one now, and has none before it
        LIST_ACTS[name](pages, 2)
        assert pages.stored() != before


@pytest.mark.parametrize("name", STATE_ACTS)
def test_a_state_is_not_changed_after_others_changed_the_settings(
    pages: CourseAndPath, name: str
) -> None:
    change_settings(pages)
    before = pages.stored()
    with pytest.raises(PortalError, match="changed meanwhile, and nothing was done"):
        STATE_ACTS[name](pages, 1)
    assert pages.stored() == before
    STATE_ACTS[name](pages, 2)
    assert pages.stored() != before


def test_no_lesson_is_removed_after_others_changed_or_added_one(pages: CourseAndPath) -> None:
    database, (first, *_), typed = pages.database, pages.lessons, {"title": "New", "content": "X"}
    lessons.save_lesson(database, DANA, pages.course, first, version=1, typed=typed)
    assert current.list_version_of(database, pages.course) == 2
    lessons.add_lesson(database, DANA, pages.course, typed)
    assert current.list_version_of(database, pages.course) == 3
    paths.add_step(database, DANA, pages.path, pages.course)
    assert current.list_version_of(database, pages.path) == 2


def test_setting_an_unchanged_value_is_no_change(pages: CourseAndPath) -> None:
    database, before = pages.database, pages.stored()
    assert courses.set_course_state(database, DANA, pages.course, "published", version=0)
    assert paths.set_path_state(database, DANA, pages.path, "published", version=0)
    last, first = pages.lessons[2], pages.courses[0]
    lessons.move_lesson(database, DANA, pages.course, last, down=True, version=1)
    paths.move_step(database, DANA, pages.path, first, down=False, version=1)
    paths.set_needs_previous(database, DANA, pages.path, first, is_on=False, version=1)
    assert pages.stored() == before


def test_lists_and_settings_have_separate_versions(pages: CourseAndPath) -> None:
    change_lists(pages)
    change_settings(pages)
    for name in LIST_ACTS:
        if "taken out" not in name and "removed" not in name:
            pages = CourseAndPath(pages.database)
            change_settings(pages)
            LIST_ACTS[name](pages, 1)
    for name in STATE_ACTS:
        pages = CourseAndPath(pages.database)
        change_lists(pages)
        STATE_ACTS[name](pages, 1)


async def shown_after_action(
    running: Pipeline, office: Office, state: type, path: str, *events: Any
) -> Any:
    """Return what a loaded page shows after a change by others and an action."""
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
def test_the_page_shows_a_message_and_the_current_values(office: Office, name: str) -> None:
    pages = CourseAndPath(office.database)
    state, tab, events = PAGES[name]
    ids = {"lesson": pages.lessons[1], "course": pages.courses[1]}
    filled = [(h, {k: ids.get(v, v) for k, v in payload.items()}) for h, payload in events]
    path = f"{PATHS_PATH}/{pages.path}" if state is PathPage else f"{COURSES_PATH}/{pages.course}"

    def meanwhile() -> None:
        change_lists(pages)
        change_settings(pages)

    async def work(running: Pipeline) -> None:
        shown = await shown_after_action(
            running, office, state, f"{path}/{tab}", meanwhile, *filled
        )
        assert "changed meanwhile, and nothing was done" in shown["refusal"]
        assert (shown["message"], shown["version"]) == ("", 2)
        if state is Lessons:
            assert [row["id"] for row in shown["rows"]][:2] == [pages.lessons[1], pages.lessons[0]]
        elif state is PathPage:
            assert [row["id"] for row in shown["steps"]][:2] == pages.courses[1::-1]
            assert shown["list_version"] == 2
        if state is not Lessons:
            assert shown["title"].startswith("New ")

    act(work)
