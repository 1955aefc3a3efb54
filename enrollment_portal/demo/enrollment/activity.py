"""Generate the course of an enrollment: progress, completion, deadlines, overrides."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from enrollment_portal.demo.catalog.texts import (
    CANCELLED,
    COMPLETED_BY_HAND,
    EXTENDED,
    FEEDBACK,
    NOTES,
    Grade,
    quoted,
)
from enrollment_portal.demo.people.people import Staff
from enrollment_portal.domain.catalog.grades import is_passing
from enrollment_portal.domain.enrollment.fields import Status
from enrollment_portal.domain.shared.calendar import MS_PER_DAY

_COMPLETED, _CANCELLED = Status.COMPLETED.value, Status.CANCELLED.value
_HOUR = 3_600_000
_UNREAD_FOR = 40 * MS_PER_DAY
_PERIODS = (14, 30, 30, 45, 60, 90, 180)
_QUOTED = {text: quoted(text) for text in (*NOTES, *EXTENDED)}

DraftChange = tuple[int, Staff | None, str, str]
"""A later row of history: time, author (`None`: tracking), changed fields as JSON, reason."""


@dataclass(slots=True)
class Draft:
    """One enrollment as it is now, and its changes since it was created, in order."""

    enrolled_at: int
    status: int = 0
    tracked_status: int = 0
    lessons_done: int = 0
    last_visit_at: int = 0
    """The learner's last visit; the time of enrollment if they never visited."""
    deadline_day: int | None = None
    ended_at: int | None = None
    override: int | None = None
    """The index of the change that overrides the status."""
    grade: str | None = None
    feedback: str = ""
    is_feedback_new: int = 0
    note: str = ""
    is_extended: bool = False
    """Whether the last change so far moved the deadline."""
    changes: list[DraftChange] = field(default_factory=list)


class Activity:
    """Generate enrollments at random.

    Args:
        now: the current time of the company, in ms.
        today: the current day in the organization's time zone.
        admin: the author of overrides.
        draw: returns the next random number from 0 up to 1.
    """

    def __init__(self, now: int, today: int, admin: Staff, draw: Callable[[], float]) -> None:
        self.now, self.today, self.admin, self.draw = now, today, admin, draw

    def enrollment(
        self,
        at: int,
        day: int,
        n_lessons: int,
        teacher: Staff,
        grades: tuple[Grade, ...],
        requires_grade: bool,
        waits: bool,
    ) -> Draft:
        """Return an enrollment that was created at a moment, on a day of the organization's zone.

        Args:
            at: the time.
            day: the day.
            n_lessons: how many lessons the course has.
            teacher: the instructor who grades it.
            grades: the possible grades.
            requires_grade: whether the course requires a grade.
            waits: whether it awaits a grade, if all its lessons are done.
        """
        age = self.now - at
        kind = self.draw()
        draft = Draft(at, last_visit_at=at)
        # The newer an enrollment, the likelier it is still active: 40 of 100 in total.
        if kind < 0.05 and age > _HOUR:
            self._cancel(draft, age, day, n_lessons)
        elif kind < 0.05 + 0.17 + 0.72 * 100 / (100 + age / MS_PER_DAY):
            self._stay_active(draft, age, day, n_lessons)
        else:
            before = self._finish(draft, age, day, n_lessons)
            if before is not None and requires_grade:
                idle = age - ((draft.ended_at or at) - at)
                draft.changes.append((at + age - idle, None, f'{{"progress":[{before},100]}}', ""))
                if waits or self.draw() < (0.5 if idle < 21 * MS_PER_DAY else 0.03):
                    draft.ended_at = None
                else:
                    self._grade(draft, teacher, grades, completes=True)
            else:
                if before is not None:
                    self._complete(draft, before)
                if self.draw() < 0.34:
                    self._grade(draft, teacher, grades)
        if self.draw() < 0.03:
            self._add_note(draft, teacher)
        return draft

    def _stay_active(self, draft: Draft, age: int, day: int, n_lessons: int) -> None:
        draw, at = self.draw, draft.enrolled_at
        kind = draw()
        if kind < 0.2 and age > 40 * MS_PER_DAY:
            # Stuck: a few lessons in the first days, and nothing for weeks.
            draft.lessons_done = int(draw() * 0.25 * n_lessons)
            draft.last_visit_at = at + int(draw() * min(age - 30 * MS_PER_DAY, 20 * MS_PER_DAY))
        elif kind > 0.06:
            draft.lessons_done = int(draw() * min(1.0, age / (8 * MS_PER_DAY)) * n_lessons)
            idle = draw()
            draft.last_visit_at = self.now - int(idle * idle * min(age, 25 * MS_PER_DAY))
        self._learn(draft, n_lessons, draft.last_visit_at)
        if draw() > 0.6:
            return
        when = draw()
        if when < 0.13:
            due = self.today - 1 - int(draw() * draw() * 45)
        elif when < 0.33:
            due = self.today + int(draw() * 8)
        elif when < 0.9:
            due = self.today + 8 + int(draw() * 110)
        else:
            due = self.today + 120 + int(draw() * 300)
        draft.deadline_day = due if due >= day else day + 7 + int(when * 60)
        if draft.deadline_day - 7 >= day and draw() < 0.07:
            self._extend(draft)

    def _finish(self, draft: Draft, age: int, day: int, n_lessons: int) -> int | None:
        """Complete an enrollment, up to the last lesson.

        Returns:
            The progress before that lesson; `None` if a person completed it.
        """
        draw, at = self.draw, draft.enrolled_at
        pace = draw()
        duration = min(age, _HOUR // 2 + int(pace * pace * min(age, 110 * MS_PER_DAY)))
        draft.ended_at = at + duration
        self._give_period(draft, day, duration)
        if draw() < 0.04:
            draft.status = _COMPLETED
            draft.lessons_done = int(draw() * 0.5 * n_lessons)
            draft.last_visit_at = at + int(draw() * duration)
            self._learn(draft, n_lessons, draft.last_visit_at)
            reason = COMPLETED_BY_HAND[int(draw() * len(COMPLETED_BY_HAND))]
            self._override(draft, '{"status":[0,1]}', reason)
            return None
        draft.lessons_done = n_lessons
        draft.last_visit_at = (
            at + duration + int(draw() * draw() * min(age - duration, 40 * MS_PER_DAY))
        )
        return self._learn_some(draft, n_lessons, at + duration)

    def _learn(self, draft: Draft, n_lessons: int, until: int) -> None:
        """Record the lessons done, the last of them at a given time."""
        if draft.lessons_done:
            before = self._learn_some(draft, n_lessons, until)
            after = 100 * draft.lessons_done // n_lessons
            draft.changes.append((until, None, f'{{"progress":[{before},{after}]}}', ""))

    def _learn_some(self, draft: Draft, n_lessons: int, until: int) -> int:
        """Record some of the lessons before the last one, at random, and return the progress."""
        draw, at = self.draw, draft.enrolled_at
        if draft.lessons_done < 2 or draw() > 0.8:
            return 0
        progress = 100 * (1 + int(draw() * (draft.lessons_done - 1))) // n_lessons
        when = at + int((0.1 + 0.8 * draw()) * (until - at))
        draft.changes.append((when, None, f'{{"progress":[0,{progress}]}}', ""))
        return progress

    def _complete(self, draft: Draft, before: int) -> None:
        draft.status = draft.tracked_status = _COMPLETED
        changes = f'{{"progress":[{before},100],"status":[0,1]}}'
        draft.changes.append((draft.ended_at or self.now, None, changes, ""))

    def _cancel(self, draft: Draft, age: int, day: int, n_lessons: int) -> None:
        draw, at = self.draw, draft.enrolled_at
        lasted = int(draw() * min(age, 90 * MS_PER_DAY))
        draft.status, draft.ended_at = _CANCELLED, at + lasted
        self._give_period(draft, day, lasted)
        draft.lessons_done = int(draw() * draw() * n_lessons)
        draft.last_visit_at = at + int(draw() * lasted)
        self._learn(draft, n_lessons, draft.last_visit_at)
        self._override(draft, '{"status":[0,2]}', CANCELLED[int(draw() * len(CANCELLED))])

    def _give_period(self, draft: Draft, day: int, duration: int) -> None:
        """Set a deadline in six of ten enrollments, which most of them meet."""
        if self.draw() > 0.6:
            return
        days = _PERIODS[int(self.draw() * len(_PERIODS))]
        if days * MS_PER_DAY < duration and self.draw() < 0.85:
            days = duration // MS_PER_DAY + 1 + days // 2
        draft.deadline_day = day + days

    def _override(self, draft: Draft, changes: str, reason: str) -> None:
        draft.override = len(draft.changes)
        draft.changes.append((draft.ended_at or self.now, self.admin, changes, reason))

    def _extend(self, draft: Draft) -> None:
        due = draft.deadline_day or self.today
        draft.note = EXTENDED[int(self.draw() * len(EXTENDED))]
        changes = f'{{"deadline":[{due - 7},{due}],"note":["",{_QUOTED[draft.note]}]}}'
        draft.changes.append((self._later(draft, 30), self.admin, changes, ""))
        draft.is_extended = True

    def _grade(
        self, draft: Draft, teacher: Staff, grades: tuple[Grade, ...], *, completes: bool = False
    ) -> None:
        if completes:
            grades = tuple(g for g in grades if is_passing(g[0]))
        draft.grade, tone = grades[int(self.draw() * len(grades))]
        when = self._later(draft, 14)
        changes = f'"grade":[null,"{draft.grade}"]'
        if self.draw() < 0.6:
            texts = FEEDBACK[tone]
            draft.feedback, in_json = texts[int(self.draw() * len(texts))]
            changes += f',"feedback":["",{in_json}]'
            if self.now - when < _UNREAD_FOR and self.draw() < 0.7:
                draft.is_feedback_new = 1
        if completes:
            changes += ',"status":[0,1]'
            draft.status = draft.tracked_status = _COMPLETED
            draft.ended_at = when
        draft.changes.append((when, teacher, f"{{{changes}}}", ""))

    def _add_note(self, draft: Draft, teacher: Staff) -> None:
        if draft.note:
            return
        draft.note = NOTES[int(self.draw() * len(NOTES))]
        who = teacher if self.draw() < 0.4 else self.admin
        changes = f'{{"note":["",{_QUOTED[draft.note]}]}}'
        draft.changes.append((self._later(draft, 60), who, changes, ""))

    def _later(self, draft: Draft, days: int) -> int:
        """Return a time after all changes so far, within some days."""
        last = draft.changes[-1][0] if draft.changes else draft.ended_at or draft.enrolled_at
        return last + int(self.draw() * min(self.now - last, days * MS_PER_DAY))
