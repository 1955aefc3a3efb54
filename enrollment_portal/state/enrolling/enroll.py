"""The state of the page that enrolls many people: the choice, its preview, and the result."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import ClassVar

import reflex as rx

from enrollment_portal.domain.access.permissions import may_manage_learning
from enrollment_portal.domain.enrolling import messages
from enrollment_portal.domain.enrolling.completed_elsewhere import TypedCompletion
from enrollment_portal.domain.enrolling.enroll_request import Outcome
from enrollment_portal.domain.history.messages import OF_ENROLLMENTS
from enrollment_portal.domain.shared.errors import Invalid
from enrollment_portal.domain.shared.listing import read_id
from enrollment_portal.domain.shared.messages import FAILED_UNKNOWN
from enrollment_portal.domain.shared.typed_text import MAX_SENT_TEXT
from enrollment_portal.services.enrolling import enroll_many
from enrollment_portal.services.enrolling.enroll_many import Changed, Chosen, Preview
from enrollment_portal.services.runtime import database
from enrollment_portal.state.enrolling.enroll_views import OutcomeView, outcome_views
from enrollment_portal.state.history.batch_undo import BatchUndo
from enrollment_portal.state.people.people_search import (
    EnrollGroups,
    EnrollPeople,
    LearnablePicker,
    refresh_pickers,
)
from enrollment_portal.state.people.people_views import FoundView, found_person
from enrollment_portal.state.shared.session import acting, guarded, keeps_message

_FIELDS = ("people", "groups", "courses", "deadline", "emails", "completed", "grade")

_N_SHOWN = 5


class Enroll(BatchUndo, rx.State):
    """Whom to enroll in what, and the preview of it."""

    people: list[FoundView] = []
    groups: list[FoundView] = []
    courses: list[FoundView] = []
    deadline: str = ""
    completed: str = ""
    """The day on which they completed it elsewhere; "" if they have not."""
    grade: str = ""
    """The grade of that completion."""
    again: bool = False
    """Whether to enroll those again who have completed a course."""
    emails: str = ""
    fills: int = 0
    """Counts up when the fields must show these values instead of what was typed."""
    errors: dict[str, str] = dict.fromkeys(_FIELDS, "")
    outcomes: list[OutcomeView] = []
    circles: list[str] = []
    """Which courses of the chosen paths wait for each other, in sentences."""
    to_enroll: int = 0
    n_completed: int = 0
    """How many of the pairs of person and course are completed already."""
    is_shown: bool = False
    """Whether a preview is shown that is still of this choice."""
    message: str = ""
    refusal: str = ""
    announcement: str = ""
    """What is announced, but not shown, of the last choice or preview."""

    _shows: ClassVar = ("learner", "group", "course")
    _fingerprint: str = ""

    @rx.event
    @guarded(may_manage_learning)
    async def load(self):
        """Open the page; keep what was chosen until it is done."""
        if not keeps_message():
            self.message = self.refusal = ""
            self._offer_undo("")

    @rx.event
    @guarded(may_manage_learning)
    async def refresh(self):
        """Show the current names of what is chosen, and of what was found."""
        await refresh_pickers(self, EnrollPeople, EnrollGroups, LearnablePicker)
        now = await asyncio.to_thread(enroll_many.read_names, database(), acting(), self._chosen())
        people: list[FoundView] = self.get_value("people")
        shown = {
            "people": [
                found_person(now.people[one.id]) if one.id in now.people else one for one in people
            ],
            "groups": _named(self.get_value("groups"), now.groups),
            "courses": _named(self.get_value("courses"), now.courses),
        }
        for name, found in shown.items():
            if self.get_value(name) != found:
                setattr(self, name, found)
        if self.is_shown:
            chosen, shown = self._chosen(), self._fingerprint
            try:
                made = await asyncio.to_thread(enroll_many.preview, database(), acting(), chosen)
            except Invalid:
                return
            # A newer preview does not replace the one that is being looked at.
            if made.fingerprint == shown:
                self._show(made)

    @rx.event
    @guarded(may_manage_learning)
    async def add(self, kind: str, chosen_id: int):
        """Add a found row to the choice: of "people", "groups" or "courses"."""
        pickers: dict[str, type[rx.State]] = {
            "people": EnrollPeople,
            "groups": EnrollGroups,
            "courses": LearnablePicker,
        }
        if not isinstance(kind, str) or kind not in pickers:
            return
        picker = await self.get_state(pickers[kind])
        found = [one for one in picker.get_value("found") if one.id == read_id(chosen_id)]
        self._choose(kind, found)
        self.announcement = messages.chosen([one.name for one in found])

    @rx.event
    @guarded(may_manage_learning)
    async def remove(self, kind: str, chosen_id: int):
        """Remove a row from the choice."""
        if kind in ("people", "groups", "courses"):
            chosen: list[FoundView] = self.get_value(kind)
            setattr(self, kind, [one for one in chosen if one.id != chosen_id])
            self._forget_preview()
            removed = [one.name for one in chosen if one.id == chosen_id]
            self.announcement = messages.not_chosen(removed)

    @rx.event
    @guarded(may_manage_learning)
    async def paste(self, form: dict):
        """Choose the people whom a pasted list of emails names."""
        typed = form.get("emails") if isinstance(form, dict) else None
        self.emails = typed[: MAX_SENT_TEXT + 1] if isinstance(typed, str) else ""
        self.errors = self._errors(emails="")
        try:
            found = await asyncio.to_thread(
                enroll_many.people_by_email, database(), acting(), self.emails
            )
        except Invalid as refusal:
            self.errors = self._errors(**refusal.errors)
            return
        self._choose("people", [found_person(row) for row in found.people])
        left = (*found.unknown, *found.unreadable)
        self.message = messages.people_added(len(found.people))
        # Emails that name nobody stay in the field, to be corrected.
        self.emails = "\n".join(left)
        self.fills += 1
        if left:
            self.errors = self._errors(emails=messages.unknown_emails(left, _N_SHOWN))

    @rx.event
    @guarded(may_manage_learning)
    async def choose_deadline(self, typed: str):
        """Set the deadline for all of them; "" for each course's own."""
        self.deadline = typed[:40] if isinstance(typed, str) else ""
        self._forget_preview()

    @rx.event
    @guarded(may_manage_learning)
    async def choose_completion(self, name: str, typed: str):
        """Set when they "completed" it elsewhere, or the "grade" that they got."""
        if name in ("completed", "grade") and isinstance(typed, str):
            setattr(self, name, typed[:200])
            self._forget_preview()

    @rx.event
    @guarded(may_manage_learning)
    async def choose_again(self, again: bool):
        """Set whether to enroll those again who have completed a course; update the preview."""
        self.again = again is True
        if self.is_shown:
            await self._show_preview()

    @rx.event
    @guarded(may_manage_learning)
    async def show(self):
        """Show a preview of what enrolling would do."""
        await self._show_preview()

    async def _show_preview(self) -> None:
        self._forget_preview()
        try:
            made = await asyncio.to_thread(
                enroll_many.preview, database(), acting(), self._chosen()
            )
        except Invalid as refusal:
            self.errors = self._errors(**refusal.errors)
            self.refusal = refusal.message
        else:
            self._show(made)
            counts = [(view.count, view.label) for view in self.get_value("outcomes")]
            self.announcement = messages.previewed(counts)

    @rx.event
    @guarded(may_manage_learning)
    async def enroll(self):
        """Enroll as the preview shows."""
        if not self.is_shown:
            return
        chosen, shown = self._chosen(), self._fingerprint
        try:
            made = await asyncio.to_thread(enroll_many.enroll, database(), acting(), chosen, shown)
        except Invalid as refusal:
            self._forget_preview()
            self.errors = self._errors(**refusal.errors)
            self.refusal = refusal.message
        except Changed as changed:
            self._show(changed.preview)
            self.refusal = changed.message
        else:
            done = self._done_text(made)
            self._start_over()
            self.message = done
            self._offer_undo(made.batch)

    @rx.event
    @guarded(may_manage_learning)
    async def undo(self):
        """Undo what was just enrolled, or redo it; what was changed since is left, and named."""
        if self._batch:
            self.message, self.refusal = await self._turn(OF_ENROLLMENTS)

    @rx.event
    @guarded(may_manage_learning)
    async def start_over(self):
        """Clear the choice."""
        self._start_over()

    def _start_over(self) -> None:
        fills = self.fills
        self.reset()
        self.fills = fills + 1

    def _choose(self, kind: str, found: list[FoundView]) -> None:
        chosen = {one.id: one for one in (*self.get_value(kind), *found)}
        setattr(self, kind, list(chosen.values()))
        self._forget_preview()

    def _chosen(self) -> Chosen:
        return Chosen(
            people=[one.id for one in self.get_value("people")],
            groups=[one.id for one in self.get_value("groups")],
            courses=[one.id for one in self.get_value("courses")],
            typed_deadline=self.deadline,
            again=self.again,
            completed=TypedCompletion(self.completed, self.grade),
        )

    def _errors(self, **errors: str) -> dict[str, str]:
        return dict.fromkeys(_FIELDS, "") | errors

    def _show(self, made: Preview) -> None:
        self.outcomes, self.circles = outcome_views(made), list(made.circles)
        self.to_enroll = made.plan.count(Outcome.ENROLLED)
        self.n_completed = made.plan.n_completed
        self._fingerprint = made.fingerprint
        self.is_shown = True

    def _forget_preview(self) -> None:
        self.is_shown, self.outcomes, self._fingerprint = False, [], ""
        self.errors = self._errors()
        self.message = self.refusal = self.announcement = ""
        self._offer_undo("")

    def _done_text(self, made: Preview) -> str:
        enrolled = [d for d in made.plan.decisions if d.outcome is Outcome.ENROLLED]
        n = len(Counter(d.person.id for d in enrolled))
        courses = {d.learnable.title for d in enrolled}
        if len(courses) == 1:
            return messages.enrolled_in(n, courses.pop())
        return messages.enrolled_in_several(n, len(courses))

    def _show_failure(self, why: str = FAILED_UNKNOWN) -> None:
        self.refusal = why


def _named(chosen: Sequence[FoundView], names: Mapping[int, str]) -> list[FoundView]:
    return [replace(one, name=names.get(one.id, one.name)) for one in chosen]
