"""Decide what an action does to some enrollments, for previews and for the job itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from sqlmodel import Session

from enrollment_portal.domain.access.permissions import ledger_scope
from enrollment_portal.domain.bulk import messages
from enrollment_portal.domain.bulk.actions import ENROLLING, Action, ActionKind, fill_in
from enrollment_portal.domain.bulk.jobs import Outcome, RowResult
from enrollment_portal.domain.enrolling import enroll_request
from enrollment_portal.domain.enrolling.enroll_request import Decision, EnrollRequest, Requester
from enrollment_portal.domain.enrolling.messages import NOT_COMPLETED
from enrollment_portal.domain.enrollment.commands import (
    AssignInstructor,
    Change,
    Command,
    Context,
    RevertToTracked,
    SendMessage,
    SetFields,
)
from enrollment_portal.domain.enrollment.edits import read_edits, show_value
from enrollment_portal.domain.enrollment.fields import Field, Origin, Status, snapshot_of
from enrollment_portal.domain.enrollment.lifecycle import transition
from enrollment_portal.domain.enrollment.tracked_completion import tracked_completion
from enrollment_portal.domain.enrollment.undo import shown_fields
from enrollment_portal.domain.people.people import Actor
from enrollment_portal.domain.shared.calendar import now_ms
from enrollment_portal.domain.shared.errors import Invalid, PortalError, Refused
from enrollment_portal.domain.shared.wording import sentences
from enrollment_portal.services.access.mail import is_mail_configured
from enrollment_portal.services.enrolling.enrolling import Plan, carry_out, plan
from enrollment_portal.services.enrollment.enrollment_details import (
    editable_by,
    editable_now,
    reason_for,
    require_may_change_own,
)
from enrollment_portal.services.enrollment.enrollments import REVERTED
from enrollment_portal.services.enrollment.overriding import contexts
from enrollment_portal.services.enrollment.path_progress import make_changes
from enrollment_portal.services.shared.organization import OrganizationFacts
from enrollment_portal.storage.bulk.parts import PartRow
from enrollment_portal.storage.enrollment import enrollments as stored
from enrollment_portal.storage.enrollment.enrollments import StoredEnrollment
from enrollment_portal.storage.enrollment.learner_messages import learners_with_account
from enrollment_portal.storage.history.history import Author, Signature

_OUTCOMES = {
    enroll_request.Outcome.ENROLLED: Outcome.CHANGE,
    enroll_request.Outcome.ALREADY: Outcome.SAME,
    enroll_request.Outcome.REFUSED: Outcome.REFUSED,
}


@dataclass(frozen=True, slots=True)
class Decided:
    """The decision for one selected enrollment."""

    id: int
    outcome: Outcome
    enrollment: StoredEnrollment | None = None
    """`None` if it is not in the actor's ledger any more."""
    why: str = ""
    change: Change | None = None
    reason: str = ""
    """The reason that history records with the change."""

    @property
    def version(self) -> int:
        """The version that the decision is based on."""
        return self.enrollment.version if self.enrollment else 0

    def part_row(self) -> PartRow:
        """Return it as a job stores it."""
        return PartRow(self.id, self.version, self.outcome.code)

    def result(self, organization: OrganizationFacts) -> RowResult:
        """Return it as a preview shows it."""
        if self.enrollment is None:
            return RowResult(self.id, "", "", self.outcome, (), self.why)
        shown: tuple[tuple[str, str, str], ...] = ()
        if self.change:
            recorded, tz = self.change.recorded, organization.zone
            shown = tuple(
                (
                    field.label,
                    show_value(field, recorded[field][0], tz),
                    show_value(field, recorded[field][1], tz),
                )
                for field in shown_fields(recorded)
            )
        one = self.enrollment
        return RowResult(one.id, one.name, one.title, self.outcome, shown, self.why)


class Decider(Protocol):
    """Decides about enrollments, and writes what was decided."""

    def decide(self, session: Session, ids: Sequence[int]) -> list[Decided]:
        """Return a decision for each of these enrollments, in order."""
        ...

    def write(self, session: Session, decided: Sequence[Decided], batch: str) -> None:
        """Write the changes of decisions, with history, as part of a batch."""
        ...

    def notices(self) -> list[str]:
        """Return what else a preview says of all that was decided."""
        ...


def decider_of(
    organization: OrganizationFacts, actor: Actor, action: Action, reason: str
) -> Decider:
    """Return what decides about an action; one for each preview or chunk of a job."""
    if action.kind in ENROLLING:
        return _Enrolling(organization, actor, action, reason)
    if action.kind is ActionKind.MESSAGE:
        return _Messaging(organization, actor, action, reason)
    if action.kind is ActionKind.INSTRUCTOR:
        return _Assigning(organization, actor, action, reason)
    return _Changing(organization, actor, action, reason)


class _Changing:
    """Decides about actions that change the selected enrollments."""

    _already = messages.ALREADY_SO

    def __init__(
        self, organization: OrganizationFacts, actor: Actor, action: Action, reason: str
    ) -> None:
        self._organization, self._tz = organization, organization.zone
        self._actor, self._action, self._reason = actor, action, reason
        self._scope = ledger_scope(actor)
        self._activated: set[tuple[int, int]] = set()
        """Learners and courses that were decided to be active again, each once."""

    def decide(self, session: Session, ids: Sequence[int]) -> list[Decided]:
        found = stored.find_enrollments(session, self._scope, ids)
        now = now_ms()
        histories = self._histories(session, found)
        commands: list[tuple[StoredEnrollment, Command]] = []
        decided: dict[int, Decided] = {}
        reasons: dict[int, str] = {}
        for id_ in ids:
            enrollment = found.get(id_)
            if enrollment is None:
                decided[id_] = Decided(id_, Outcome.REFUSED, why=messages.NOT_YOURS)
                continue
            try:
                reasons[id_] = self._reason_for(enrollment)
                command = self._command(enrollment, histories)
            except Invalid as refusal:
                decided[id_] = _refused(enrollment, sentences(*refusal.errors.values()))
            except PortalError as refusal:
                decided[id_] = _refused(enrollment, refusal.message)
            else:
                if command is None:
                    decided[id_] = Decided(id_, Outcome.SAME, enrollment, self._already)
                else:
                    commands.append((enrollment, command))
        facts = contexts(session, commands, now)
        for (enrollment, command), context in zip(commands, facts, strict=True):
            decided[enrollment.id] = self._decided(
                enrollment, command, context, reasons[enrollment.id]
            )
        return [decided[id_] for id_ in ids]

    def write(self, session: Session, decided: Sequence[Decided], batch: str) -> None:
        author = Author("person", self._actor.account_id, self._actor.name)
        by_reason: dict[str, list[Change]] = {}
        for one in decided:
            if one.change:
                by_reason.setdefault(one.reason, []).append(one.change)
        for reason, changes in by_reason.items():
            make_changes(session, changes, Signature(author, reason, batch))

    def notices(self) -> list[str]:
        return []

    def _histories(
        self, session: Session, found: Mapping[int, StoredEnrollment]
    ) -> Mapping[int, Sequence[stored.StoredEvent]]:
        if self._action.kind is not ActionKind.REVERT:
            return {}
        completed = [e.id for e in found.values() if e.tracked_status == Status.COMPLETED]
        return stored.histories_of(session, completed)

    def _reason_for(self, enrollment: StoredEnrollment) -> str:
        require_may_change_own(self._actor, enrollment.learner_id)
        otherwise = REVERTED if self._action.kind is ActionKind.REVERT else ""
        return reason_for(self._actor, enrollment.learner_id, self._reason, otherwise=otherwise)

    def _command(
        self,
        enrollment: StoredEnrollment,
        histories: Mapping[int, Sequence[stored.StoredEvent]],
    ) -> Command | None:
        """Return the command for an enrollment; `None` if it is so already."""
        if self._action.field not in editable_by(self._actor, enrollment):
            # Whether the person may do this at all was checked before.
            raise Refused(messages.NOT_OF_PATHS)
        if self._action.kind is ActionKind.REVERT:
            before = snapshot_of(enrollment)
            if before.follows_tracking:
                return None
            return RevertToTracked(tracked_completion(before, histories.get(enrollment.id, ())))
        editable = editable_now(enrollment)
        values = read_edits(self._action.form_for(enrollment), editable, self._tz)
        if values.get(Field.STATUS) == Status.COMPLETED and (
            values.get(Field.COMPLETED) == editable.now
        ):
            del values[Field.COMPLETED]  # it is completed with this very change
        return SetFields(values) if values else None

    def _decided(
        self, enrollment: StoredEnrollment, command: Command, context: Context, reason: str
    ) -> Decided:
        pair = enrollment.learner_id, enrollment.course_id
        if pair in self._activated:
            context = replace(context, has_other_active=True)
        try:
            change = transition(snapshot_of(enrollment), command, context)
        except Invalid as refusal:
            return _refused(enrollment, sentences(*refusal.errors.values()))
        except Refused as refusal:
            return _refused(enrollment, refusal.message)
        if not change.recorded:
            return Decided(enrollment.id, Outcome.SAME, enrollment, messages.ALREADY_SO)
        if change.after.status is Status.ACTIVE is not change.before.status:
            self._activated.add(pair)
        return Decided(enrollment.id, Outcome.CHANGE, enrollment, "", change, reason)


class _Assigning(_Changing):
    """Decides about assigning an instructor, or nobody in particular."""

    def _command(
        self,
        enrollment: StoredEnrollment,
        histories: Mapping[int, Sequence[stored.StoredEvent]],
    ) -> Command | None:
        return AssignInstructor(self._action.account or None)


class _Messaging(_Changing):
    """Decides about messages: everybody in the ledger can get one, also people themselves."""

    _already = messages.SENT_ABOVE

    def __init__(
        self, organization: OrganizationFacts, actor: Actor, action: Action, reason: str
    ) -> None:
        super().__init__(organization, actor, action, reason)
        self._told: set[int] = set()
        """Learners who get the message, if it is the same for all their courses."""
        self._n_mailed = self._n_without_account = 0

    def decide(self, session: Session, ids: Sequence[int]) -> list[Decided]:
        decided = super().decide(session, ids)
        reached = [
            one.enrollment
            for one in decided
            if one.outcome is Outcome.CHANGE and one.enrollment is not None
        ]
        if is_mail_configured():
            self._n_mailed += sum(bool(one.email) for one in reached)
        can_sign_in = learners_with_account(session, {one.learner_id for one in reached})
        self._n_without_account += sum(one.learner_id not in can_sign_in for one in reached)
        return decided

    def notices(self) -> list[str]:
        without = self._n_without_account
        return [
            *([messages.by_mail(self._n_mailed)] if self._n_mailed else ()),
            *([messages.without_account(without)] if without else ()),
        ]

    def _reason_for(self, enrollment: StoredEnrollment) -> str:
        return self._reason

    def _command(
        self,
        enrollment: StoredEnrollment,
        histories: Mapping[int, Sequence[stored.StoredEvent]],
    ) -> Command | None:
        if not self._action.names_course:
            if enrollment.learner_id in self._told:
                return None
            self._told.add(enrollment.learner_id)
        return SendMessage(fill_in(self._action.text, enrollment.name, enrollment.title))


class _Enrolling:
    """Decides about actions that enroll the learners of the selected enrollments."""

    def __init__(
        self, organization: OrganizationFacts, actor: Actor, action: Action, reason: str
    ) -> None:
        self._organization, self._actor = organization, actor
        self._action, self._reason = action, reason
        self._scope = ledger_scope(actor)
        self._seen: set[tuple[int, int]] = set()
        """Learners and courses that were decided about, each once."""
        self._plans: list[Plan] = []

    def decide(self, session: Session, ids: Sequence[int]) -> list[Decided]:
        found = stored.find_enrollments(session, self._scope, ids)
        self._plans = []
        decided: dict[int, Decided] = {}
        wanted: dict[int, list[StoredEnrollment]] = {}
        for id_ in ids:
            enrollment = found.get(id_)
            if enrollment is None:
                decided[id_] = Decided(id_, Outcome.REFUSED, why=messages.NOT_YOURS)
                continue
            course = self._action.course or enrollment.course_id
            pair = enrollment.learner_id, course
            if self._is_retake and enrollment.status != Status.COMPLETED:
                decided[id_] = _refused(enrollment, NOT_COMPLETED)
            elif pair in self._seen:
                why = messages.ENROLLED_ABOVE
                decided[id_] = Decided(id_, Outcome.SAME, enrollment, why)
            else:
                self._seen.add(pair)
                wanted.setdefault(course, []).append(enrollment)
        for course, enrollments in wanted.items():
            self._plan(session, course, enrollments, decided)
        return [decided[id_] for id_ in ids]

    @property
    def _is_retake(self) -> bool:
        return self._action.kind is ActionKind.RETAKE

    def _plan(
        self,
        session: Session,
        course: int,
        enrollments: Sequence[StoredEnrollment],
        decided: dict[int, Decided],
    ) -> None:
        action, organization = self._action, self._organization
        made = plan(
            session,
            [one.learner_id for one in enrollments],
            [course],
            origin=Origin.ADMIN,
            today=organization.today(),
            request=EnrollRequest(
                Requester.ADMIN,
                organization.zone,
                self._is_retake or action.again,
                learner_id=self._actor.learner_id,
                deadline_day=action.day,
            ),
        )
        self._plans.append(made)
        by_learner: dict[int, Decision] = {one.person.id: one for one in made.decisions}
        for one in enrollments:
            decision = by_learner.get(one.learner_id)
            if decision is None:
                decided[one.id] = _refused(one, messages.NOT_YOURS)
            else:
                outcome = _OUTCOMES[decision.outcome]
                why = "" if outcome is Outcome.CHANGE else decision.why
                decided[one.id] = Decided(one.id, outcome, one, why)

    def write(self, session: Session, decided: Sequence[Decided], batch: str) -> None:
        author = Author("person", self._actor.account_id, self._actor.name)
        for made in self._plans:
            carry_out(session, made, author, now=now_ms(), batch=batch, reason=self._reason)

    def notices(self) -> list[str]:
        return []


def _refused(enrollment: StoredEnrollment, why: str) -> Decided:
    return Decided(enrollment.id, Outcome.REFUSED, enrollment, why)
