"""Test random saves, undos and restores: history always explains every value."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import text

from enrollment_portal.domain.enrollment.edits import show_typed
from enrollment_portal.domain.enrollment.fields import Basis, Field, Hidden, Status, Tracked
from enrollment_portal.domain.people.people import Actor, Role, Section
from enrollment_portal.domain.shared import calendar
from enrollment_portal.domain.shared.errors import PortalError
from enrollment_portal.services.enrolling import enroll_many
from enrollment_portal.services.enrolling.enroll_many import Chosen
from enrollment_portal.services.enrollment.enrollment_details import EnrollmentDetails
from enrollment_portal.services.enrollment.enrollments import read_enrollment, save_enrollment
from enrollment_portal.services.grading.grading import RowEdit, grade_many
from enrollment_portal.services.history.history_check import verify_history
from enrollment_portal.services.history.undoing import restore_value, undo_change
from enrollment_portal.services.history.undoing_batches import undo_batch
from enrollment_portal.storage.enrollment.enrollments import StoredEvent
from enrollment_portal.storage.shared.database import Database
from tests.builders import make_account, make_course, make_learner, make_organization
from tests.integration.history.histories import broken_links
from tests.integration.stored import dump

N_LEARNERS = 2
SOON = calendar.day_of(calendar.now_ms(), calendar.zone("Europe/Stockholm")) + 30
TYPED: Mapping[Field, tuple[str, ...]] = {
    Field.STATUS: ("active", "completed", "cancelled"),
    Field.COMPLETED: ("", *(calendar.day_to_date(SOON - n).isoformat() for n in (30, 31, 32))),
    Field.DEADLINE: ("", *(calendar.day_to_date(SOON + n).isoformat() for n in range(2))),
    Field.GRADE: ("", "A", "B"),
    Field.FEEDBACK: ("", "Good."),
    Field.NOTE: ("", "Watch."),
}
"""Few values, so that people come to want the same ones."""

WHO = st.sampled_from((0, 1, 1, 0, 2))
WHICH = st.integers(0, 2 * N_LEARNERS - 1)
PICK = st.integers(0, 10**6)
FORM = st.fixed_dictionaries(
    {Field.GRADE: st.sampled_from(TYPED[Field.GRADE])},
    optional={f: st.sampled_from(v) for f, v in TYPED.items() if f is not Field.GRADE},
)


def changes_in_effect(newest_first: list[StoredEvent]) -> list[StoredEvent]:
    """Return the changes in effect: neither undone changes nor their undos."""
    gone: set[int | None] = set()
    seqs = {event.seq for event in newest_first}
    for event in newest_first:
        # From the newest on: an undo whose change is in effect again has itself been undone.
        if event.seq not in gone and event.undoes in seqs - gone:
            gone |= {event.seq, event.undoes}
    return [event for event in newest_first if event.seq not in gone]


def moved(event: StoredEvent) -> dict[Any, tuple[Any, Any]]:
    """Return the fields that a change set, without the cause of a completion."""
    changes = event.changes | event.fields
    return {field: pair for field, pair in changes.items() if not isinstance(field, Basis)}


class People(RuleBasedStateMachine):
    """Two learners in two courses, one requiring a grade, and three people who change them."""

    @classmethod
    def make(cls) -> Database:
        """Return an empty database."""
        raise NotImplementedError

    def __init__(self) -> None:
        super().__init__()
        database = self.database = type(self).make()
        make_organization(database)
        self.graded = make_course(database, "Welding", requires_grade=1, n_lessons=2)
        courses = [self.graded, make_course(database, "Riveting")]
        maya = make_account(database, Role.SUPER_ADMIN, name="Maya")
        dana = make_account(database, Role.ADMIN, sections=Section.LEARNING, name="Dana")
        ingrid = make_account(database, Role.INSTRUCTOR, name="Ingrid", teaches=(self.graded,))
        self.people = [
            Actor(maya, "Maya", "m@x.example", Role.SUPER_ADMIN),
            Actor(dana, "Dana", "d@x.example", Role.ADMIN, Section.LEARNING),
            Actor(ingrid, "Ingrid", "i@x.example", Role.INSTRUCTOR),
        ]
        people = [make_learner(database, f"Learner {n}") for n in range(N_LEARNERS)]
        chosen = Chosen(people=people, courses=courses)
        shown = enroll_many.preview(database, self.people[0], chosen)
        self.batches = [
            enroll_many.enroll(database, self.people[0], chosen, shown.fingerprint).batch
        ]
        # All lessons of the first learner are done: the course waits for the grade alone.
        with database.write() as session:
            session.execute(
                text(
                    "UPDATE enrollment SET enrolled_at = enrolled_at - 864000000, progress = 100,"
                    " lessons_done ="
                    " (SELECT n_lessons FROM course WHERE id = course_id)"
                    " WHERE learner_id = :learner AND course_id = :course"
                ),
                {"learner": people[0], "course": self.graded},
            )
            rows = session.execute(text("SELECT id, course_id FROM enrollment ORDER BY id"))
            found = {row.id: row.course_id for row in rows}
        self.ids = list(found)
        self.ids_graded = [id_ for id_, course in found.items() if course == self.graded]
        self.began = {id_: self.values(self.read(id_)) for id_ in self.ids}

    def teardown(self) -> None:
        self.database.close()

    def read(self, enrollment: int) -> EnrollmentDetails:
        return read_enrollment(self.database, self.people[0], enrollment)

    def values(self, details: EnrollmentDetails) -> dict[Any, Any]:
        facts = details.facts
        return {
            **facts.values,
            Tracked.STATUS: facts.tracked_status,
            Tracked.PROGRESS: facts.progress,
            Hidden.OVERRIDE: facts.override_seq,
            Hidden.CANCELLED: facts.cancelled_at,
        }

    def event(self, enrollment: int, pick: int) -> StoredEvent:
        """Return a change, or the creation if there is none."""
        history = self.read(enrollment).history
        return history[pick % max(1, len(history) - (pick % 10 > 0))]

    def act(self, do: Callable[[], Any]) -> Any:
        """Call a service; `None` if it is refused, which must change nothing."""
        before = dump(self.database)
        try:
            return do()
        except PortalError:
            assert dump(self.database) == before
            return None

    @rule(who=WHO, which=WHICH, form=FORM, behind=st.integers(0, 2))
    def save(self, who: int, which: int, form: dict[Field, str], behind: int) -> None:
        id_ = self.ids[which]
        before = self.read(id_)
        version = max(1, before.facts.version - behind)
        typed = {field.value: value for field, value in form.items()}
        saved = self.act(
            lambda: save_enrollment(
                self.database, self.people[who], id_, version=version, typed=typed
            )
        )
        if saved is None:
            return
        assert saved.facts.version == before.facts.version + (saved.made is not None)
        # What others set in fields that this form left as they were stays.
        untouched = set(Field) - set(form) - {Field.STATUS, Field.COMPLETED}
        assert all(saved.facts.values[f] == before.facts.values[f] for f in untouched)
        since = [e for e in saved.history if version < e.version <= before.facts.version]
        written = dict(saved.history[0].changes) if saved.made else {}
        if written.get(Field.STATUS) == written.get(Tracked.STATUS):
            # It followed the grade, also where both had set it to active.
            written.pop(Field.STATUS, None)
        assert not written.keys() & form.keys() & {f for event in since for f in event.changes}
        for field in saved.already_set:
            assert saved.facts.values[field] == before.facts.values[field]

    @rule(first=WHO, second=WHO, which=WHICH, form=FORM)
    def save_the_same(self, first: int, second: int, which: int, form: dict[Field, str]) -> None:
        id_ = self.ids[which]
        version = self.read(id_).facts.version
        typed = {field.value: value for field, value in form.items()}

        def save(who: int) -> EnrollmentDetails | None:
            return self.act(
                lambda: save_enrollment(
                    self.database, self.people[who], id_, version=version, typed=typed
                )
            )

        made, same = save(first), save(second)
        if made is None or same is None:
            return
        assert (same.made, same.facts) == (None, made.facts)
        assert bool(same.already_set) == (made.made is not None)

    @rule(who=WHO, grades=st.tuples(*[st.sampled_from(("A", "B"))] * N_LEARNERS))
    def grade_together(self, who: int, grades: tuple[str, ...]) -> None:
        changes = [
            RowEdit(id_, self.read(id_).facts.version, {"grade": grade})
            for id_, grade in zip(self.ids_graded, grades, strict=True)
        ]
        made = self.act(lambda: grade_many(self.database, self.people[who], self.graded, changes))
        if made and made.count:
            self.batches.append(made.batch)

    @rule(who=WHO, which=WHICH, pick=PICK)
    def undo(self, who: int, which: int, pick: int) -> None:
        id_ = self.ids[which]
        event, before = self.event(id_, pick), self.values(self.read(id_))
        self.undo_newest(who, id_, event, before)

    @rule(who=WHO, which=WHICH, pick=PICK)
    def undo_and_redo(self, who: int, which: int, pick: int) -> None:
        id_ = self.ids[which]
        event, before = self.event(id_, pick), self.values(self.read(id_))
        undo = self.undo_newest(who, id_, event, before)
        if undo is None:
            return
        redone = undo_change(self.database, self.people[who], id_, undo.seq)
        # If a grade and a status were overridden, and it was tracked already, history does not
        # record that the tracked value was unchanged: it may change with the grade.
        now = self.values(self.read(id_))
        assert now | {Tracked.STATUS: 0} == before | {Tracked.STATUS: 0}
        again = redone.history[0]
        assert again.undoes == undo.seq
        assert self.undo_newest(who, id_, again, now) is not None

    def undo_newest(
        self, who: int, id_: int, event: StoredEvent, before: dict[Any, Any]
    ) -> StoredEvent | None:
        undone = self.act(lambda: undo_change(self.database, self.people[who], id_, event.seq))
        if undone is None:
            return None
        made, after = undone.history[0], self.values(self.read(id_))
        assert (made.undoes, made.actor_name) == (event.seq, self.people[who].name)
        between = [e for e in undone.history if event.seq < e.seq < made.seq]
        assert (
            not {field for e in changes_in_effect(between) for field in moved(e)}
            & moved(event).keys()
        )
        expected = before | {f: pair[0] for f, pair in moved(event).items()}
        if Tracked.STATUS not in event.changes:
            expected[Tracked.STATUS] = after[Tracked.STATUS]
        if Field.STATUS in event.changes and expected[Field.STATUS] != Status.CANCELLED:
            expected[Hidden.CANCELLED] = None
        if Hidden.OVERRIDE not in event.changes:
            # The first row that overrides a status records that itself.
            expected[Hidden.OVERRIDE] = after[Hidden.OVERRIDE]
        assert after == expected
        return made

    @rule(
        who=WHO, which=WHICH, pick=PICK, other=st.sampled_from(Field), side=st.sampled_from((0, 1))
    )
    def restore(self, who: int, which: int, pick: int, other: Field, side: int) -> None:
        id_ = self.ids[which]
        event = self.event(id_, pick)
        field = next((f for f in Field if f in event.changes), other)
        restored = self.act(
            lambda: restore_value(
                self.database,
                self.people[who],
                id_,
                event.seq,
                field.value,
                ("before", "after")[side],
                version=self.read(id_).facts.version,
            )
        )
        if restored:
            now, wanted = restored.facts.values[field], event.changes[field][side]
            zone = calendar.zone("Europe/Stockholm")
            assert show_typed(field, now, zone) == show_typed(field, wanted, zone)

    @rule(who=WHO, pick=PICK)
    def undo_together(self, who: int, pick: int) -> None:
        before = {id_: self.read(id_).facts.version for id_ in self.ids}
        batch = self.batches[pick % len(self.batches)]
        undone = self.act(lambda: undo_batch(self.database, self.people[who], batch))
        if undone is None:
            return
        moved = [id_ for id_ in self.ids if self.read(id_).facts.version > before[id_]]
        assert len(moved) == undone.undone
        assert not {one.enrollment_id for one in undone.left} & set(moved)
        if undone.undone:
            self.batches.append(undone.batch)

    @invariant()
    def history_explains_every_value(self) -> None:
        for id_ in self.ids:
            details = self.read(id_)
            events = details.history[::-1]
            assert [event.version for event in events] == [*range(1, details.facts.version + 1)]
            values = dict(self.began[id_])
            for event in events[1:]:
                if event.changes.get(Field.STATUS, (0, 0))[1] == Status.CANCELLED:
                    event.changes.setdefault(Hidden.CANCELLED, (None, event.at))
                for field, (earlier, later) in moved(event).items():
                    if field is Hidden.OVERRIDE:
                        continue
                    assert values[field] == earlier or field is Tracked.STATUS
                    values[field] = later
            # What is tracked has no entry of its own where the status follows it.
            now = self.values(details)
            untold = {Tracked.STATUS: 0, Hidden.OVERRIDE: 0}
            assert values | untold == now | untold

    @invariant()
    def history_is_consistent(self) -> None:
        verify_history(self.database)
        assert broken_links(self.database) == []


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_history_explains_every_value_and_undo_restores(
    engine: str, make_database_url: Callable[[str], str]
) -> None:
    class Worked(People):
        @classmethod
        def make(cls) -> Database:
            return Database(make_database_url(engine))

    run_state_machine_as_test(
        Worked,
        settings=settings(
            max_examples=25 if engine == "sqlite" else 3,
            stateful_step_count=30,
            deadline=None,
            # To shrink what failed takes a database for each attempt.
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
        ),
    )
