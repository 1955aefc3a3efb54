"""Test enrolling many people: the preview, and that exactly this is done, once."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from enrollment_portal.domain.enrolling.enroll_request import Outcome
from enrollment_portal.domain.people.people import Actor, Role, Section
from enrollment_portal.domain.shared.errors import Invalid, NotAllowed
from enrollment_portal.services.enrolling import enroll_many
from enrollment_portal.services.enrolling.enroll_many import Changed, Chosen
from enrollment_portal.storage.shared.database import Database
from tests.builders import (
    make_account,
    make_course,
    make_enrollment,
    make_group,
    make_learner,
    make_organization,
    make_path,
)
from tests.integration.stored import rows


def dana(
    database: Database, role: Role = Role.ADMIN, sections: Section = Section.LEARNING
) -> Actor:
    account = make_account(database, role, sections=sections, name="Dana Ruiz")
    return Actor(account, "Dana Ruiz", "", role, sections)


def counts(preview: enroll_many.Preview) -> tuple[int, int, int]:
    return tuple(preview.plan.count(outcome) for outcome in Outcome)  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("role", "sections"),
    [
        (Role.ADMIN, Section.PEOPLE | Section.CONFIGURATION),
        (Role.INSTRUCTOR, Section(0)),
        (Role.GROUP_LEAD, Section(0)),
        (Role.LEARNER, Section(0)),
    ],
)
def test_enrolling_requires_the_learning_section(
    database: Database, role: Role, sections: Section
) -> None:
    who = dana(database, role, sections)
    chosen = Chosen([make_learner(database)], [], [make_course(database)])
    for attempt in (
        lambda: enroll_many.preview(database, who, chosen),
        lambda: enroll_many.enroll(database, who, chosen, ""),
        lambda: enroll_many.find_people(database, who, "a"),
        lambda: enroll_many.find_groups(database, who, "a"),
        lambda: enroll_many.people_by_email(database, who, "a@b.example"),
    ):
        with pytest.raises(NotAllowed):
            attempt()
    assert rows(database, "SELECT id FROM enrollment") == []


class TestChoosing:
    def test_finds_people_groups_and_pasted_emails(self, database: Database) -> None:
        who = dana(database)
        ada = make_learner(database, "Ada Byron", "ada@northwind.example")
        make_learner(database, "Bo Berg", "bo@northwind.example")
        group = make_group(database, "Analysts", members=(ada,))
        assert [p.id for p in enroll_many.find_people(database, who, "byr")] == [ada]
        assert enroll_many.find_people(database, who, " ") == ()
        assert [g.id for g in enroll_many.find_groups(database, who, "analy")] == [group]
        pasted = enroll_many.people_by_email(
            database, who, "Ada <ADA@northwind.example>; eve@nowhere.example, x@\nname only"
        )
        assert [p.id for p in pasted.people] == [ada]
        assert pasted.unknown == ("eve@nowhere.example",)
        assert pasted.unreadable == ("x@",)
        for nothing in ("", "no email here", None, 7):
            with pytest.raises(Invalid):
                enroll_many.people_by_email(database, who, nothing)


class TestPreview:
    def test_shows_the_outcomes_and_changes_nothing(self, database: Database) -> None:
        make_organization(database)
        who, sql = dana(database), make_course(database, "SQL")
        ada, bo, cem = (make_learner(database, name) for name in ("Ada", "Bo", "Cem"))
        make_enrollment(database, bo, sql, progress=20)
        make_account(database, learner_id=cem, is_suspended=1)
        group = make_group(database, members=(ada, bo))
        before = rows(database, "SELECT * FROM enrollment")
        found = enroll_many.preview(database, who, Chosen([ada, str(cem)], [group], [sql]))
        assert {(d.person.name, d.outcome.value) for d in found.plan.decisions} == {
            ("Ada", "enrolled"),
            ("Bo", "already"),
            ("Cem", "refused"),
        }
        assert rows(database, "SELECT * FROM enrollment") == before

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"people": []}, "people"),
            ({"people": ["x", None, -1, True]}, "people"),
            ({"courses": []}, "courses"),
            ({"courses": list(range(1, 22))}, "courses"),
            ({"typed_deadline": "tomorrow"}, "deadline"),
            ({"typed_deadline": "2001-01-01"}, "deadline"),
            ({"people": list(range(1, 5_002))}, "people"),
            ({"people": list(range(1, 4_000)), "courses": list(range(1, 11))}, "courses"),
        ],
    )
    def test_refuses_invalid_values_beside_their_field(
        self, database: Database, change: dict[str, Any], field: str
    ) -> None:
        chosen = {"people": [make_learner(database)], "courses": [make_course(database)], **change}
        with pytest.raises(Invalid) as refusal:
            enroll_many.preview(database, dana(database), Chosen(**chosen))
        assert list(refusal.value.errors) == [field]


class TestEnroll:
    def test_carries_out_the_preview_once_in_one_batch(self, database: Database) -> None:
        make_organization(database)
        who = dana(database)
        course = make_course(database, "SQL", deadline_days=10)
        path = make_path(database, "Analyst", (course, make_course(database, "Excel")))
        people = [make_learner(database) for _ in range(3)]
        chosen = Chosen(people, [], [path])
        shown = enroll_many.preview(database, who, chosen)
        assert counts(enroll_many.enroll(database, who, chosen, shown.fingerprint)) == (3, 0, 0)
        assert len(rows(database, "SELECT id FROM enrollment")) == 9
        assert rows(
            database,
            "SELECT count(*), count(DISTINCT batch), min(actor_name) FROM enrollment_event",
        ) == [(9, 1, "Dana Ruiz")]
        assert rows(database, "SELECT action, subject, detail FROM admin_event") == [
            ("enrolled", "Analyst", "3 people")
        ]
        with pytest.raises(Changed) as changed:
            enroll_many.enroll(database, who, chosen, shown.fingerprint)
        assert counts(changed.value.preview) == (0, 3, 0)
        assert len(rows(database, "SELECT id FROM enrollment")) == 9

    def test_does_nothing_if_the_outcome_differs_from_the_preview(self, database: Database) -> None:
        who, course = dana(database), make_course(database)
        ada, bo = make_learner(database), make_learner(database)
        chosen = Chosen([ada, bo], [], [course])
        shown = enroll_many.preview(database, who, chosen)
        make_enrollment(database, bo, course)
        with pytest.raises(Changed) as changed:
            enroll_many.enroll(database, who, chosen, shown.fingerprint)
        assert counts(changed.value.preview) == (1, 1, 0)
        assert len(rows(database, "SELECT id FROM enrollment")) == 1
        again = changed.value.preview.fingerprint
        enroll_many.enroll(database, who, chosen, again)
        assert len(rows(database, "SELECT id FROM enrollment")) == 2
        with pytest.raises(Changed):
            enroll_many.enroll(database, who, chosen, "forged")

    def test_two_at_the_same_time_enroll_everybody_once(self, database: Database) -> None:
        who, course = dana(database), make_course(database)
        people = [make_learner(database) for _ in range(20)]
        chosen = Chosen(people, [], [course])
        shown = enroll_many.preview(database, who, chosen).fingerprint
        together, done = threading.Barrier(2), []

        def enroll() -> None:
            together.wait()
            try:
                enroll_many.enroll(database, who, chosen, shown)
                done.append("enrolled")
            except Changed:
                done.append("changed")

        threads = [threading.Thread(target=enroll) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(done) == ["changed", "enrolled"]
        assert rows(database, "SELECT count(*), count(DISTINCT learner_id) FROM enrollment") == [
            (20, 20)
        ]
