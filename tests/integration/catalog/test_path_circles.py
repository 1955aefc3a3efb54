"""Test that admins see circular orders on a path's page and when it is assigned."""

from __future__ import annotations

from enrollment_portal.services.catalog import paths
from enrollment_portal.services.enrolling import enroll_many
from enrollment_portal.services.enrolling.enroll_many import Chosen
from enrollment_portal.services.people import groups, users
from enrollment_portal.state.people.people_views import applied_notes
from enrollment_portal.storage.shared.database import Database
from tests.builders import (
    make_course,
    make_enrollment,
    make_group,
    make_learner,
    make_organization,
    make_path,
)
from tests.integration import current
from tests.integration.actors import DANA

CIRCLE = "“Y” waits for “X” in “There” and “X” waits for “Y” in “Back”."


def test_a_circle_is_named_until_it_is_solved(database: Database) -> None:
    make_organization(database)
    x, y, z = (make_course(database, title) for title in "XYZ")
    there = make_path(database, "There", (x, y), needs_previous=1)
    back = make_path(database, "Back", (y, z), needs_previous=1, state="draft")

    def circles(path: int) -> tuple[str, ...]:
        return paths.read_path(database, DANA, path).circles

    assert circles(there) == circles(back) == ()
    paths.add_step(database, DANA, back, x)
    current.set_needs_previous(database, DANA, back, x, is_on=True)
    (words,) = circles(back)
    assert words == (
        "“Z” waits for “Y” in “Back”, “Y” waits for “X” in “There” and “X” waits for “Z” in “Back”."
    )
    # A draft is in nobody's way yet.
    assert circles(there) == ()
    current.remove_step(database, DANA, back, z)
    current.set_path_state(database, DANA, back, "published")
    assert circles(there) == (CIRCLE,)
    current.set_needs_previous(database, DANA, back, x, is_on=False)
    assert circles(there) == circles(back) == ()
    current.set_needs_previous(database, DANA, back, x, is_on=True)
    current.set_path_state(database, DANA, back, "archived")
    assert circles(there) == circles(back) == ()


def test_archived_paths_count_while_they_have_active_enrollments(database: Database) -> None:
    make_organization(database)
    x, y = make_course(database, "X"), make_course(database, "Y")
    there = make_path(database, "There", (x, y), needs_previous=1)
    back = make_path(database, "Back", (y, x), needs_previous=1, state="archived")

    def circles(path: int) -> tuple[str, ...]:
        return paths.read_path(database, DANA, path).circles

    make_enrollment(database, make_learner(database), back, status=1)
    assert circles(there) == circles(back) == ()
    learner = make_learner(database, "Ada")
    make_enrollment(database, learner, back)
    assert circles(there) == (CIRCLE,)
    assert circles(back) == ("“X” waits for “Y” in “Back” and “Y” waits for “X” in “There”.",)
    chosen = Chosen(people=[learner], courses=[there])
    assert enroll_many.preview(database, DANA, chosen).circles == (CIRCLE,)


def test_assigning_a_path_shows_its_circles(database: Database) -> None:
    make_organization(database)
    x, y = make_course(database, "X"), make_course(database, "Y")
    there = make_path(database, "There", (x, y), needs_previous=1)
    make_path(database, "Back", (y, x), needs_previous=1)
    learner = make_learner(database, "Ada")
    make_enrollment(database, learner, x)
    for courses, told in (([there], (CIRCLE,)), ([x], ())):
        chosen = Chosen(people=[learner], courses=courses)
        assert enroll_many.preview(database, DANA, chosen).circles == told
    assert users.preview_enroll_user(database, DANA, learner, [there]).circles == (CIRCLE,)
    group = make_group(database, members=(learner,))
    applied = groups.assign(database, DANA, group, there)
    assert applied.circles == (CIRCLE,)
    assert applied_notes(applied) == [], "a circle is no refusal"
    assert groups.assign(database, DANA, group, y).circles == ()
