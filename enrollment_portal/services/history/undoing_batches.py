"""Undo a batch: all its changes that no later change prevents."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlmodel import Session

from enrollment_portal.domain.access.admin_log import Action
from enrollment_portal.domain.access.permissions import (
    editable_fields,
    ledger_scope,
    may_see_ledger,
)
from enrollment_portal.domain.catalog.courses import CourseKind, measures_progress
from enrollment_portal.domain.enrollment import undo
from enrollment_portal.domain.enrollment.commands import (
    Change,
    Command,
    Context,
    RecordedAt,
    Undo,
    course_rules,
)
from enrollment_portal.domain.enrollment.fields import Field, Sent, Status, snapshot_of
from enrollment_portal.domain.enrollment.lifecycle import transition
from enrollment_portal.domain.enrollment.undo import AlreadyUndone, ChangedSince, LaterChange
from enrollment_portal.domain.history import messages
from enrollment_portal.domain.people.people import Actor
from enrollment_portal.domain.shared import calendar
from enrollment_portal.domain.shared.errors import (
    Invalid,
    NotAllowed,
    NotFound,
    OwnEnrollment,
    Refused,
)
from enrollment_portal.domain.shared.wording import sentences
from enrollment_portal.services.enrolling.enrolling_log import record_enrolling
from enrollment_portal.services.enrollment.overriding import contexts
from enrollment_portal.services.enrollment.path_progress import make_changes
from enrollment_portal.services.enrollment.undo_event import (
    enrolling_action,
    find_event,
    require_rights,
    require_rights_since,
    undo_command,
    undo_event,
    undo_reason,
)
from enrollment_portal.services.shared.retrying import again_after_deadlock
from enrollment_portal.storage.enrollment import enrollments as stored
from enrollment_portal.storage.enrollment.enrollments import StoredEnrollment, StoredEvent
from enrollment_portal.storage.history import undoing as batches
from enrollment_portal.storage.history.history import Author, Signature
from enrollment_portal.storage.history.undoing import BatchRow
from enrollment_portal.storage.learning.tracking import lock_learners
from enrollment_portal.storage.shared.database import Database

_BATCH_LENGTH = 64


@dataclass(frozen=True)
class Left:
    """A change of a batch that was not undone: the enrollment, and why."""

    enrollment_id: int
    learner: str
    course: str
    why: str
    later: tuple[LaterChange, ...] = ()
    """The later changes that undoing it would have overwritten."""


@dataclass(frozen=True)
class UndoneBatch:
    """The result of undoing a batch."""

    undone: int
    left: tuple[Left, ...]
    batch: str
    """The batch of the undo, by which it can be undone as well."""


@again_after_deadlock
def undo_batch(database: Database, actor: Actor, batch: object) -> UndoneBatch:
    """Undo a batch in one transaction, as a batch of its own.

    Enrollments that it created are cancelled if nothing has changed them since. Changes
    that a later change prevents from being undone are listed.

    Raises:
        NotFound: there is no such batch, or nothing of it exists for the actor.
        NotAllowed: the actor may not change all of it.
        AlreadyUndone: all of it was undone before.
    """
    if not isinstance(batch, str) or not 0 < len(batch) <= _BATCH_LENGTH or "\0" in batch:
        raise NotFound
    if not may_see_ledger(actor):
        raise NotFound
    with database.write() as session:
        rows = batches.rows_of_batch(session, batch)
        lock_learners(session, {row.learner_id for row in rows})
        found = stored.find_enrollments(
            session, ledger_scope(actor), {row.enrollment_id for row in rows}
        )
        if not found:
            raise NotFound
        if any(row.enrollment_id not in found for row in rows):
            raise NotAllowed
        undoing = Undoing(session, actor, found, secrets.token_hex(8), batch)
        undoing.undo_rows(rows)
        if undoing.before and not undoing.undone and not undoing.left:
            raise undoing.before
        return UndoneBatch(undoing.undone, tuple(reversed(undoing.left)), undoing.batch)


class Undoing:
    """A batch, or a part of one, that is being undone.

    Args:
        session: in the transaction, with the learners locked.
        actor: who undoes it.
        found: the enrollments of the batch, by id.
        batch: the name of the batch of the undo.
        undone_batch: the batch that is undone.
        is_dry: only decide: write nothing.
        is_part: further parts of the batch are undone in other transactions: the actor's own
            enrollments are left as they are, and the access log is the caller's.
    """

    def __init__(
        self,
        session: Session,
        actor: Actor,
        found: dict[int, StoredEnrollment],
        batch: str,
        undone_batch: str,
        *,
        is_dry: bool = False,
        is_part: bool = False,
    ) -> None:
        self._session, self._actor, self.found = session, actor, found
        self._undone_batch = undone_batch
        self._is_dry, self._is_part = is_dry, is_part
        self.batch, self.undone = batch, 0
        self.left: list[Left] = []
        self.changes: list[Change] = []
        """What was changed, or would be."""
        self.before: AlreadyUndone | None = None
        """Who had undone a change of it before."""
        self._enrolling: dict[Action, list[StoredEnrollment]] = {}
        """The enrollings that are undone or redone, for the access log."""

    def undo_rows(self, rows: Sequence[BatchRow]) -> None:
        """Undo each change that no later one prevents; newest first."""
        creations = [row for row in rows if row.kind == "began"]
        # A completion at creation is undone together with the creation.
        created = {row.enrollment_id for row in creations}
        changed = [row for row in rows if row.enrollment_id not in created]
        # Whoever enrolled themselves together with others may cancel that, as learners may.
        if creations and Field.STATUS not in editable_fields(self._actor):
            raise NotAllowed
        self._cancel(creations)
        together: set[int] = set()
        if self._is_part:
            # One by one: a second change follows the first; and paths, before their courses, as
            # they follow these.
            n = Counter(row.enrollment_id for row in changed)
            alone = [row for row in changed if n[row.enrollment_id] == 1]
            together = {row.seq for row in alone if not self._is_path(row)}
        rest = [row for row in changed if row.seq in together]
        changed = [row for row in changed if row.seq not in together]
        events = [(self.found[row.enrollment_id], self._event(row)) for row in changed]
        for enrollment, event in [one for one in events if self._may_undo(*one)]:
            self._undo(enrollment, event)
        self._undo_together(rest)
        if self._is_dry or self._is_part:
            return
        for action, enrollments in self._enrolling.items():
            record_enrolling(self._session, self._actor, action, enrollments, now=calendar.now_ms())

    def _is_path(self, row: BatchRow) -> bool:
        return self.found[row.enrollment_id].kind == CourseKind.PATH

    def _undo_together(self, rows: Sequence[BatchRow]) -> None:
        """Undo changes of different enrollments in courses, with few statements for all of them."""
        if not rows:
            return
        # Undoing the change of a path may have changed them since.
        ids = [row.enrollment_id for row in rows]
        self.found |= stored.find_enrollments(self._session, ledger_scope(self._actor), ids)
        first = min(row.seq for row in rows)
        histories = stored.histories_of(self._session, ids, first - 1)
        commands: list[tuple[StoredEnrollment, Command]] = []
        reasons: dict[int, str] = {}
        for row in rows:
            enrollment, history = self.found[row.enrollment_id], histories[row.enrollment_id]
            event = next(event for event in history if event.seq == row.seq)
            later = [event for event in history if event.seq > row.seq]
            try:
                require_rights_since(self._actor, enrollment, event, later)
                command = undo_command(self._session, enrollment, event, later)
                reasons[enrollment.id] = undo_reason(self._session, event)
                commands.append((enrollment, command))
            except OwnEnrollment as refusal:
                self._leave(enrollment, refusal.message, ())
            except AlreadyUndone as before:
                self.before = before
            except Refused as refusal:
                later_changes = refusal.later if isinstance(refusal, ChangedSince) else ()
                self._leave(enrollment, refusal.message, later_changes)
        self._make_together(commands, reasons)

    def _make_together(
        self, commands: Sequence[tuple[StoredEnrollment, Command]], reasons: Mapping[int, str]
    ) -> None:
        by_reason: dict[str, list[Change]] = {}
        activated: set[tuple[int, int]] = set()
        facts = contexts(self._session, commands, calendar.now_ms())
        for (enrollment, command), context in zip(commands, facts, strict=True):
            pair = enrollment.learner_id, enrollment.course_id
            if pair in activated:
                context = replace(context, has_other_active=True)
            try:
                change = transition(snapshot_of(enrollment), command, context)
            except Invalid as refusal:
                self._leave(enrollment, sentences(*refusal.errors.values()), ())
                continue
            except Refused as refusal:
                self._leave(enrollment, refusal.message, ())
                continue
            if change.after.status is Status.ACTIVE is not change.before.status:
                activated.add(pair)
            by_reason.setdefault(reasons[enrollment.id], []).append(change)
            self.changes.append(change)
            self.undone += 1
        author = Author("person", self._actor.account_id, self._actor.name)
        if self._is_dry:
            return
        for reason, changes in by_reason.items():
            make_changes(self._session, changes, Signature(author, reason, self.batch))

    def _may_undo(self, enrollment: StoredEnrollment, event: StoredEvent) -> bool:
        try:
            require_rights(self._session, self._actor, enrollment, event)
        except OwnEnrollment as refusal:
            if not self._is_part:
                raise
            self._leave(enrollment, refusal.message, ())
            return False
        return True

    def _event(self, row: BatchRow) -> StoredEvent:
        return find_event(self._session, self._actor, self.found[row.enrollment_id], row.seq)

    def _undo(self, enrollment: StoredEnrollment, event: StoredEvent) -> None:
        # An enrollment with two changes in the batch, or in a path of it, has changed since.
        current = stored.find_enrollments(
            self._session, ledger_scope(self._actor), [enrollment.id]
        )[enrollment.id]
        try:
            change = undo_event(
                self._session,
                self._actor,
                current,
                event,
                batch=self.batch,
                is_dry=self._is_dry,
            )
        except AlreadyUndone as before:
            self.before = before
        except Refused as refusal:
            later = refusal.later if isinstance(refusal, ChangedSince) else ()
            self._leave(enrollment, refusal.message, later)
        else:
            self.undone += 1
            self.changes.append(change)
            enrolling = enrolling_action(self._session, event)
            if enrolling:
                self._enrolling.setdefault(enrolling, []).append(enrollment)

    def _cancel(self, creations: Sequence[BatchRow]) -> None:
        now = calendar.now_ms()
        untouched: dict[int, Undo] = {}
        for row in creations:
            enrollment = self.found[row.enrollment_id]
            later, made, has_followed = self._since(enrollment, row)
            before = undo.undo_of(row.seq, later)
            if before:
                self.before = AlreadyUndone(before, now)
            elif (not has_followed and _is_worked_on(enrollment)) or undo.effective_changes(later):
                self._leave_created(enrollment, later, now)
            else:
                untouched[enrollment.id] = undo.undo_creation(row.seq, made)
        enrollments = [self.found[id_] for id_ in untouched]
        changes = [
            transition(
                snapshot_of(one),
                untouched[one.id],
                Context(now, course_rules(one)),
            )
            for one in enrollments
        ]
        author = Author("person", self._actor.account_id, self._actor.name)
        signature = Signature(author, messages.UNDID_ENROLLING, self.batch)
        if not self._is_dry:
            make_changes(self._session, changes, signature)
        self.changes += changes
        self.undone += len(untouched)
        if enrollments:
            self._enrolling[Action.ENROLLING_UNDONE] = enrollments

    def _since(
        self, enrollment: StoredEnrollment, row: BatchRow
    ) -> tuple[list[StoredEvent], RecordedAt, bool]:
        """Return the changes of an enrollment since the batch that created it.

        Also the row that created or last redid it, and whether something followed at once: a new
        path enrollment starts with the progress in its courses.
        """
        if enrollment.version == 1:
            return [], RecordedAt(row.seq, row.at), False
        *later, creation = stored.history_since(self._session, enrollment.id, row.seq - 1)
        others = undo.others_since(creation, later)
        has_followed = enrollment.kind == CourseKind.PATH and len(others) < len(later)
        since = [
            event
            for event in others
            # A message is no work: who is enrolled by mistake may have been written to.
            if event.batch != self._undone_batch and event.changes.keys() != {Sent.MESSAGE}
        ]
        return since, undo.made_by(creation, later), has_followed

    def _leave_created(
        self, enrollment: StoredEnrollment, since: Sequence[StoredEvent], now: int
    ) -> None:
        newest = next(iter(undo.effective_changes(since)), None)
        if newest is None:
            self._leave(enrollment, messages.WORKED_ON, ())
            return
        by = undo.who(newest.actor_name, newest.source)
        ago = calendar.ago(newest.at, now)
        text = messages.changed_since(by, ago, undo.labels(newest.changes))
        later = tuple(
            LaterChange(field, by, newest.at, newest.seq)
            for field in undo.shown_fields(newest.changes)
        )
        self._leave(enrollment, text, later)

    def _leave(
        self, enrollment: StoredEnrollment, why: str, later: tuple[LaterChange, ...]
    ) -> None:
        self.left.append(Left(enrollment.id, enrollment.name, enrollment.title, why, later))


def _is_worked_on(enrollment: StoredEnrollment) -> bool:
    """Return whether anything was done in an enrollment.

    One lesson of many leaves the rounded progress at 0, and no row of history. In a course without
    lessons the progress only follows the status.
    """
    is_measured = measures_progress(enrollment.kind, enrollment.n_lessons)
    return bool(enrollment.lessons_done or (enrollment.progress and is_measured))
