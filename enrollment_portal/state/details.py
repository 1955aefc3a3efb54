"""The details page's state: one enrollment, its history, and the form that overrides it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import ClassVar

import reflex as rx

from enrollment_portal.domain import calendar
from enrollment_portal.domain.edits import show_typed, typed_form
from enrollment_portal.domain.enrollments import Field, Status, status_choices
from enrollment_portal.domain.errors import Conflict, Invalid, NotAllowed, NotFound, PortalError
from enrollment_portal.domain.learning import Refused
from enrollment_portal.domain.people import Actor
from enrollment_portal.domain.permissions import may_see_ledger
from enrollment_portal.domain.typed_text import trimmed
from enrollment_portal.services.enrollments import (
    EnrollmentDetails,
    find_done,
    save_enrollment,
)
from enrollment_portal.services.ledger import as_seen_by, in_time
from enrollment_portal.services.neighbours import read_neighbours
from enrollment_portal.services.organization import organization_of
from enrollment_portal.services.runtime import database
from enrollment_portal.state import open_pages
from enrollment_portal.state.deciding import saved_words
from enrollment_portal.state.held_form import FIELDS, LONGEST_KEPT, REASON
from enrollment_portal.state.meeting_views import conflict_view
from enrollment_portal.state.opened_from import OpenedFrom, read_opened_from
from enrollment_portal.state.place_views import PlaceView, place_view
from enrollment_portal.state.progress_views import (
    LessonsView,
    PathCourseView,
    lessons_view,
    path_course_view,
)
from enrollment_portal.state.record_links import course_path, learner_path
from enrollment_portal.state.session import FAILED, acting, guarded, still_says, viewer_zone
from enrollment_portal.state.undoing import Undoing
from enrollment_portal.state.views import DetailsView, details_view


class Details(Undoing, rx.State):
    """One enrollment and what is being typed over it."""

    facts: DetailsView = DetailsView()
    reads_notes: bool = False
    keeper: str = ""
    """Whose text the browser keeps for this form: nobody else's tab brings it back."""
    title: str = ""
    """What the browser calls the page: "Ada Byström · Rope Access"."""
    learner_path: str = ""
    """Where the learner has a page that the person may open; "" for nowhere."""
    course_path: str = ""
    place: PlaceView = PlaceView()
    status_choices: list[str] = [status.name.lower() for status in Status]
    """The statuses that may be chosen now, by name."""
    lessons: LessonsView = LessonsView()
    all_lessons: bool = False
    """Whether all lessons of a long course are shown, or only those around the next one."""
    path_courses: list[PathCourseView] = []

    _shows: ClassVar = ("learner", "course")

    @rx.event
    @guarded(may_see_ledger)
    async def arrive(self):
        """Open the enrollment that the address names; keeps what is being typed over it."""
        wanted = self._named()
        if wanted != self._id:
            self.reset()
        details = await self._read(wanted)
        if details is None:
            return
        if wanted != self._id or self.phase != "ready":
            self._id = wanted
            self._show(details)
            if not self.is_dirty:
                self._fill(details)
        else:
            # Filling the fields anew would take away what is being typed into them already.
            if not self.is_dirty and not still_says():
                self.message = self.refusal = ""
            self._meet(details)
        self._point_at(())
        subjects = [("enrollment", self._id)]
        if details.is_path:  # whose courses move without it
            subjects.append(("learner", details.facts.learner_id))
        open_pages.watch(self, *subjects)
        if self.is_dirty:  # after a longer loss of the connection, nobody knows that any more
            open_pages.edit(self, True)
        opened = read_opened_from(self.router.url.query_parameters, is_path=details.is_path)
        place = await asyncio.to_thread(_place_of, acting(), self._id, opened)
        self._put(place=place)

    @rx.event
    @guarded(may_see_ledger)
    async def leave(self):
        """Give up what was typed: the fields hold again what is stored."""
        if not self._id:
            return
        details = await self._read(self._id)
        if details is not None:
            self._show(details)
            self._fill(details)

    @rx.event
    @guarded(may_see_ledger)
    async def show_all_lessons(self, on: bool):
        """Show all lessons of a long course, or again only those around the next one."""
        if not self._id:
            return
        self.all_lessons = on is True
        details = await self._read(self._id)
        if details is not None:
            self._show(details)

    @rx.event
    @guarded(may_see_ledger)
    async def type_in(self, field: str, typed: str, key: str):
        """Take note of what a field holds now; `key` says which filling of the form it is in."""
        if field not in FIELDS or not isinstance(typed, str) or not self._id:
            return
        if key != self.field_keys[field]:
            return  # typed into a field that has been filled anew: the browser brings it back
        self.form = {**self._typed(), field: typed[:LONGEST_KEPT]}
        self.lengths = {**self.lengths, field: f"{len(trimmed(typed)):,}"}
        self._compare()
        if self.errors[field]:
            self.errors = {**self.errors, field: ""}
        self.message = self.refusal = ""

    @rx.event
    @guarded(may_see_ledger)
    async def remove_deadline(self):
        """Empty the deadline's field; saving removes the deadline."""
        if self._id and self.may_edit[Field.DEADLINE]:
            before = self.form_key
            self.form = self._typed() | {Field.DEADLINE.value: ""}
            self._refill()
            self._note_act(before, [Field.DEADLINE.value])

    @rx.event
    @guarded(may_see_ledger)
    async def save(self, form: dict):
        """Save what the form holds, on top of the version it was filled from."""
        if not isinstance(form, dict) or not self._id:
            return
        over, sent = self._sent(form, self._texts(form))
        if form.get("filled") and not over:
            # Pressed as this page was on its way from another enrollment, whose texts these are.
            self.refusal = "Not saved: the page showed another enrollment. Look at this one first."
            return
        if self.conflicts:
            self.form = self._typed() | sent
            self.refusal = "Choose first which values to keep."
            return
        if over and over not in (self._version, self._saved_from):
            # The form was filled before this page was opened anew, and knows less than it does.
            if await self._was_saved(form, sent, over):
                return
            details = await self._read(self._id)
            if details is not None:
                self._meet_again(details, sent, over)
                self.refusal = "Not saved yet: the page was opened anew. Look at it and save again."
            return
        self.form = self._typed() | sent
        self.errors = dict.fromkeys(FIELDS, "")
        self.message = self.refusal = ""
        typed = self._typed()
        reason = typed.pop(REASON)
        typed = {name: text for name, text in typed.items() if self.may_edit[name]}
        try:
            details = await asyncio.to_thread(
                save_enrollment,
                database(),
                acting(),
                self._id,
                version=self._version,
                typed=typed,
                reason=reason,
                key=self._key_of(form, sent),
            )
        except Invalid as refusal:
            self.errors = {**self.errors, **refusal.errors}
            self.refusal = refusal.message
        except Conflict as conflict:
            await self._show_conflict(conflict)
        except NotFound:
            await self._lose()
        except (NotAllowed, Refused) as refusal:
            self.refusal = refusal.message
        else:
            before = self._version
            self._show(details)
            self._fill(details)
            self._note_saved(details, before)
            self.message = saved_words(details, acting().account_id)
            self._offer_undo(details)

    @rx.event
    @guarded(may_see_ledger)
    async def keep(self, field: str, whose: str):
        """Decide a conflict on one field: keep "mine" or "theirs"."""
        self.conflicts = [
            replace(c, keeps_mine=whose == "mine") if c.field == field else c
            for c in self.get_value("conflicts")
        ]

    @rx.event
    @guarded(may_see_ledger)
    async def settle(self):
        """Fill the form with the values that were chosen, ready to be saved."""
        if not self.conflicts:
            return
        theirs = [c.field for c in self.get_value("conflicts") if not c.keeps_mine]
        stored, before = self._stored_then(), self.form_key
        self.form = self._typed() | {field: stored[field] for field in theirs}
        self.conflicts = []
        self._refill()
        self._note_act(before, theirs)
        self.refusal = ""
        self.message = "Your choice is in the form. Save to keep it."

    async def _was_saved(self, form: dict, sent: dict[str, str], over: int) -> bool:
        """Tell whether what is sent was saved already, as its answer was lost; if so, say it."""
        typed = {name: text for name, text in sent.items() if name != REASON}
        key = form.get("save_key")
        try:
            details = await asyncio.to_thread(
                find_done, database(), acting(), self._id, version=over, typed=typed, key=key
            )
        except PortalError:
            return False
        if details is None:
            return False
        self._show(details)
        self._fill(details)
        self._note_saved(details, over)
        self.message = "Changes saved: they were stored before the page was opened anew."
        self._offer_undo(details)
        return True

    def _show(self, details: EnrollmentDetails) -> None:
        tz, now = viewer_zone(self), calendar.now_ms()
        organization = organization_of(database())
        facts = details_view(details, tz, organization.zone, organization.today(), now)
        editable = {field.value for field in details.editable}
        self._put(
            facts=facts,
            may_edit={f: f in editable or (f == REASON and bool(editable)) for f in FIELDS},
            reads_notes=details.reads_notes,
            keeper=str(acting().account_id),
            status_choices=[
                status.name.lower() for status in status_choices(Status(details.facts.status))
            ],
            title=f"{facts.learner} · {facts.course}",
            learner_path=learner_path(acting(), details.facts),
            course_path=course_path(acting(), details.facts),
            lessons=lessons_view(details, tz, now, shows_all=self.all_lessons),
            path_courses=[path_course_view(course) for course in details.courses],
            phase="ready",
        )
        self._show_decisions(details)
        self._show_timeline(details)
        self._put(shown_version=details.facts.version)

    async def _show_conflict(self, conflict: Conflict) -> None:
        details = await self._read(self._id)
        if details is None:
            return
        self._show(details)
        self._version = conflict.version
        met = {c.field: c.theirs for c in conflict.fields}
        stored = typed_form(details.facts.values)
        stored |= {f: show_typed(Field(f), value) for f, value in met.items()}  # type: ignore[arg-type]
        self.stored = {**stored, REASON: ""}
        self.form = self._typed() | {f: v for f, v in stored.items() if f not in met}
        self.conflicts = [conflict_view(c, calendar.now_ms()) for c in conflict.fields]
        self.conflict_by = f"{conflict.by}, {calendar.ago(conflict.at, calendar.now_ms())}"
        self.refusal = conflict.message
        self._compare()
        self._tell(details)

    def _show_failure(self, why: str = FAILED) -> None:
        # A page that already shows something keeps it, and what was typed, beside the message.
        if self.phase == "ready":
            known = "That did not work, and nothing was saved. Try again in a moment."
            self.refusal = known if why == FAILED else why
        else:
            self.phase = "failed"


def _place_of(actor: Actor, enrollment_id: int, opened: OpenedFrom) -> PlaceView:
    """Return where an enrollment is in the ledger that it was opened from."""
    query = in_time(database(), as_seen_by(actor, opened.query))
    try:
        around = read_neighbours(database(), actor, enrollment_id, query)
    except NotFound:
        around = None
    return place_view(replace(opened, query=query), around)
