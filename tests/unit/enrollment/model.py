"""An in-memory enrollment that stores changes and their history as the database does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from hypothesis import strategies as st

from enrollment_portal.domain.enrolling.new_enrollment import (
    CreateEnrollment,
    ImportEnrollment,
    create_enrollment,
    with_id,
)
from enrollment_portal.domain.enrollment.commands import (
    Change,
    Command,
    Context,
    CourseChanged,
    CourseRules,
    Effect,
    Undo,
)
from enrollment_portal.domain.enrollment.completed_by_grade import needs_history, rests_on_grade
from enrollment_portal.domain.enrollment.fields import (
    THIS_CHANGE,
    Field,
    HistoryField,
    Origin,
    Snapshot,
    Status,
    Value,
)
from enrollment_portal.domain.enrollment.lifecycle import transition
from enrollment_portal.domain.enrollment.tracked_completion import tracked_completion
from enrollment_portal.domain.enrollment.undo import inverse, others_since

PERSON, TRACKING = "person", "tracking"

grades = st.sampled_from([None, "A", "B", "F", "Fail", "49%", "85%"])
"""Passing and failing ones, and none."""
statuses = st.sampled_from(Status)
creations = st.one_of(
    st.builds(
        CreateEnrollment, st.just(1), st.just(1), st.sampled_from(Origin), st.none() | st.just(9)
    ),
    st.builds(
        CreateEnrollment,
        *(st.just(1), st.just(1), st.just(Origin.ADMIN), st.none()),
        completed_at=st.integers(900, 1_100),
        grade=st.sampled_from([None, "A", "F"]),
    ),
    st.builds(
        ImportEnrollment,
        *(st.just(1), st.just(1), statuses, st.integers(900, 1_100)),
        ended_at=st.none() | st.integers(900, 1_100),
        grade=st.sampled_from([None, "A", "F"]),
    ),
)
"""Started, taken again, enrolled as completed, and imported."""


@dataclass(frozen=True)
class Event:
    """A row of history."""

    seq: int
    at: int
    source: str
    changes: Mapping[HistoryField, tuple[Value, Value]]
    undoes: int | None = None
    kind: str = "changed"
    actor_name: str = "Dana"


STARTED = Snapshot(id=1, version=1, enrolled_at=1_000, updated_at=1_000)


@dataclass
class Model:
    """One enrollment, its course and its history, newest last."""

    course: CourseRules = field(default_factory=lambda: CourseRules(n_lessons=4))
    stored: Snapshot = field(default_factory=lambda: STARTED)
    history: list[Event] = field(default_factory=list)
    befores: dict[int, Snapshot] = field(default_factory=dict)
    """By row of history, the enrollment before it."""
    now: int = 1_000
    lessons_done: int | None = None
    """How many lessons are done, where the enrollment does not follow that while it is over."""
    runs: list[Model] = field(default_factory=list)
    """All enrollments of the learner in the course, this one among them."""

    @property
    def has_other_active(self) -> bool:
        """Whether the learner is active in the course through another enrollment."""
        return any(one is not self and one.stored.status is Status.ACTIVE for one in self.runs)

    def decide(self, command: Command) -> Change:
        """Return the change that a command makes to the enrollment."""
        before, course = self.stored, self.course
        rests = needs_history(before, command, course) and rests_on_grade(
            before, self.history[::-1], course
        )
        context = Context(
            *(self.now, course),
            has_other_active=self.has_other_active,
            rests_on_grade=rests,
            lessons_done=self.lessons_done,
        )
        return transition(before, command, context)

    def make(self, command: Command, source: str = PERSON) -> Change:
        """Decide, store and record."""
        self.now += 1
        change = self.decide(command)
        self._keep(change, source)
        return change

    def create_enrollment(self, command: CreateEnrollment | ImportEnrollment) -> Model:
        """Create another enrollment of the learner in the course."""
        now = self.now + 1
        is_active = any(one.stored.status is Status.ACTIVE for one in self.runs)
        created = create_enrollment(command, Context(now, self.course, has_other_active=is_active))
        id_ = len(self.runs) + 1
        model = Model(self.course, replace(created.after, id=id_), now=now, runs=self.runs)
        if created.completion:
            model._keep(with_id(created.completion, id_), PERSON)
        self.runs.append(model)
        return model

    def _keep(self, change: Change, source: str) -> None:
        after, is_visit = change.after, Effect.VISIT in change.effects
        if not (change.recorded or change.moved_columns or is_visit):
            return
        if is_visit:
            last = max(after.last_visit_at or 0, after.updated_at)
            after = replace(after, last_visit_at=last)
        if change.recorded:
            seq = len(self.history) + 1
            self.befores[seq] = self.stored
            event = Event(seq, after.updated_at, source, change.recorded, change.undoes)
            self.history.append(event)
            if after.override_seq == THIS_CHANGE:
                after = replace(after, override_seq=seq)
        self.stored = after

    def follow_at_once(self, change: Change, done: int | None = None) -> None:
        """Update an enrollment that is active again from its course, as part of a change.

        Args:
            change: the change.
            done: how many lessons are done, by default as many as it counts.
        """
        if Effect.FOLLOW_COURSE in change.effects and not self.course.is_path:
            count = min(self.stored.lessons_done, self.course.n_lessons) if done is None else done
            self.now -= 1
            self.make(CourseChanged(count), TRACKING)

    def followed(self) -> Snapshot:
        """Return the enrollment, updated from its course if it is active again."""
        stored = self.stored
        command = CourseChanged(min(stored.lessons_done, self.course.n_lessons))
        return self.decide(command).after if stored.status is Status.ACTIVE else stored

    def tracked_completion(self) -> int | None:
        """Return since when it has been tracked as completed."""
        return tracked_completion(self.stored, self.history[::-1])

    def inverse(self, number: int) -> Undo:
        """Return the command that undoes a change, counted from 0."""
        later = self.history[number + 1 :][::-1]
        return inverse(self.history[number], self.stored, self.course, later)

    @property
    def last_by_person(self) -> int | None:
        """The newest change, counted from 0, where a person made it or it followed from theirs."""
        made = [n for n, event in enumerate(self.history) if event.source == PERSON]
        if not made or others_since(self.history[made[-1]], self.history[made[-1] + 1 :][::-1]):
            return None
        return made[-1]

    def inverse_of_last(self) -> Undo:
        """Return the command that undoes the newest change by a person."""
        number = self.last_by_person
        assert number is not None
        return self.inverse(number)


def held(snapshot: Snapshot) -> dict[object, object]:
    """Return an enrollment's visible values, its tracked values and its times."""
    return {
        **snapshot.values,
        "tracked": snapshot.tracked_status,
        "progress": snapshot.progress,
        "completed_at": snapshot.completed_at,
        "cancelled_at": snapshot.cancelled_at,
        "override_seq": snapshot.override_seq,
    }


def edits(stored: Snapshot, typed: Mapping[Field, Value]) -> dict[Field, Value]:
    """Return the edits that differ from the stored values, as a form sends them."""
    return {name: value for name, value in typed.items() if stored.values[name] != value}
