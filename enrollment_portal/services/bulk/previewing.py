"""The dry run: what an action would do to every selected enrollment, and by which fingerprint."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from sqlmodel import Session

from enrollment_portal.domain.access.permissions import ledger_scope
from enrollment_portal.domain.bulk import messages
from enrollment_portal.domain.bulk.actions import Action, ActionKind, may_carry_out, read_action
from enrollment_portal.domain.bulk.jobs import (
    CHANGE,
    N_SHOWN,
    PREVIEW_MS,
    JobState,
    Outcome,
    RowResult,
    Summary,
    Tally,
)
from enrollment_portal.domain.bulk.selection import Selection
from enrollment_portal.domain.enrollment.edits import read_reason
from enrollment_portal.domain.learning.learner_messages import Mail
from enrollment_portal.domain.people.people import Actor, Role
from enrollment_portal.domain.shared.calendar import now_ms
from enrollment_portal.domain.shared.errors import Invalid, NotAllowed, NotFound, PortalError
from enrollment_portal.services.bulk import undoing
from enrollment_portal.services.bulk.deciding import Decided, decider_of
from enrollment_portal.services.bulk.selecting import ids_of, selection_text
from enrollment_portal.services.shared.organization import OrganizationFacts, organization_of
from enrollment_portal.storage.access.accounts import find_active_account
from enrollment_portal.storage.bulk import jobs as stored
from enrollment_portal.storage.bulk.jobs import StoredJob
from enrollment_portal.storage.bulk.parts import (
    PART_ROWS,
    PartRow,
    all_parts,
    compress,
    pack,
    write_parts,
)
from enrollment_portal.storage.enrollment import enrollments
from enrollment_portal.storage.enrollment.learner_messages import count_mails
from enrollment_portal.storage.shared.database import Database

ID_LENGTH = 64


@dataclass(frozen=True, slots=True)
class Preview:
    """What a job would do; it is kept for half an hour, and started by id and fingerprint."""

    id: str
    fingerprint: str
    title: str
    """The action with its values: "Move deadline by 7 days"."""
    selection: str
    """What is selected: "All 1,200 matching"."""
    summary: Summary
    rows: tuple[RowResult, ...]
    """The first rows; `previewed_rows` has all of them."""
    notices: tuple[str, ...] = ()
    """What else is to know of it, such as how many messages are sent by mail."""


class Changed(PortalError):
    """A preview is out of date; nothing was started.

    Args:
        preview: the new preview.
        moved: the first rows that were changed since the earlier one.
    """

    message = messages.STALE_PREVIEW

    def __init__(self, preview: Preview, moved: Sequence[RowResult] = ()) -> None:
        super().__init__()
        self.preview, self.moved = preview, tuple(moved)


class Cancelled(PortalError):
    """Nobody waits for a preview any more."""

    message = messages.PREVIEW_CANCELLED


def _always() -> bool:
    return True


def preview(
    database: Database,
    actor: Actor,
    selection: Selection,
    action: Action,
    reason: object = "",
    *,
    is_wanted: Callable[[], bool] = _always,
) -> Preview:
    """Return what an action would do to each selected enrollment; change none.

    Only the preview itself is written, so that `jobs.start` does what was shown. It needs memory
    for the first rows, and about 10 bytes for each row.

    Args:
        database: where everything is stored.
        actor: who would do it.
        selection: the enrollments.
        action: what would be done.
        reason: why, as history would record it.
        is_wanted: whether somebody waits for it still; asked after every thousand rows.

    Raises:
        Cancelled: nobody does.
        NotAllowed: the actor may not do this to anybody.
        Invalid: nothing is selected, too much, the reason is too long or missing, or the person
            to assign is no instructor.
        NotFound: nothing of the selection exists for the actor, or what it is filtered by.
    """
    why = read_reason(reason)
    require_right(actor, action)
    if action.kind is ActionKind.UNDO:
        raise NotAllowed  # that has a preview of its own
    if action.kind is ActionKind.CANCEL and not why:
        raise Invalid({"reason": messages.REASON_NEEDED})
    organization, title = organization_of(database), action.describe()
    drafted = _Draft(organization, action, why, selection_text(selection))
    with database.read() as session:
        if action.account:
            title = messages.assign_to(_instructor_name(session, action.account))
        decider = decider_of(organization, actor, action, why)
        for ids in ids_of(database, session, actor, selection):
            drafted.add(decider.decide(session, ids))
            if not is_wanted():
                raise Cancelled
        drafted.notices = decider.notices()
    if not drafted.has_seen_any:
        raise NotFound
    name = selection.describe(drafted.tally.counts.total())
    return drafted.keep(database, actor, title=title, selection=name)


def _instructor_name(session: Session, account_id: int) -> str:
    account = find_active_account(session, account_id)
    if account is None or account.role is not Role.INSTRUCTOR:
        raise Invalid({"account": messages.NO_INSTRUCTOR})
    return account.name


def preview_undo(
    database: Database,
    actor: Actor,
    batch: object,
    *,
    is_wanted: Callable[[], bool] = _always,
) -> Preview:
    """Return what undoing a batch would do; change nothing.

    What somebody changed since stays as it is, and is among the refused rows. For `is_wanted`, see
    `preview`.

    Raises:
        Cancelled: nobody waits for it any more.
        NotFound: there is no such batch, or nothing of it exists for the actor.
        NotAllowed: the actor may not change all of it.
        Refused: it is too old, or still running.
    """
    organization = organization_of(database)
    with database.read() as session:
        found = undoing.find_undoable(session, actor, batch)
        action = Action(ActionKind.UNDO, batch=found.batch)
        drafted = _Draft(organization, action, "", "{}", has_parts=False)
        for decided in undoing.decide_all(session, actor, found.batch):
            drafted.add(decided)
            if not is_wanted():
                raise Cancelled
            time.sleep(0)
        title = messages.undone_batch(undoing.title_of(session, found))
        n_sent = count_mails(session, found.batch).get(Mail.SENT, 0)
        drafted.notices = [messages.mail_stays(n_sent)] if n_sent else []
    return drafted.keep(database, actor, title=title, selection="")


def previewed_rows(database: Database, actor: Actor, job_id: object) -> Iterator[RowResult]:
    """Yield all rows of a preview, to be downloaded; each as it is decided now.

    A row that was changed since the preview says so.

    Raises:
        NotFound: the actor has no such preview.
        NotAllowed: the actor may not do this any more.
    """
    with database.read() as session:
        job = own_preview(session, actor, job_id)
    action = action_of(job)
    require_right(actor, action)
    return _rows_again(database, actor, job, action)


def _rows_again(
    database: Database, actor: Actor, job: StoredJob, action: Action
) -> Iterator[RowResult]:
    organization = organization_of(database)
    if action.kind is ActionKind.UNDO:
        with database.read() as session:
            for decided in undoing.decide_all(session, actor, action.batch):
                yield from (one.result(organization) for one in decided)
        return
    decider = decider_of(organization, actor, action, job.reason)
    with database.read() as session:
        for rows in all_parts(session, job.id):
            versions = {row.key: row for row in rows}
            for one in decider.decide(session, [row.key for row in rows]):
                has_moved = one.version != versions[one.id].version
                yield moved_row(one).result(organization) if has_moved else one.result(organization)


def moved_row(one: Decided) -> Decided:
    """Return the result of a row that was changed after the preview."""
    return replace(one, outcome=Outcome.MOVED, why=messages.CHANGED_SINCE_PREVIEW, change=None)


def require_right(actor: Actor, action: Action) -> None:
    """Raise unless the actor may do this to enrollments of their ledger."""
    if not may_carry_out(actor, action):
        raise NotAllowed


def action_of(job: StoredJob) -> Action:
    """Return the action of a stored job."""
    return read_action(job.action, json.loads(job.typed))


def own_preview(session: Session, actor: Actor, job_id: object) -> StoredJob:
    """Return a preview of the actor's, accepted or not.

    Raises:
        NotFound: there is none, or it is somebody else's.
    """
    is_id = isinstance(job_id, str) and 0 < len(job_id) <= ID_LENGTH and job_id.isalnum()
    job = stored.find_job(session, job_id) if is_id and isinstance(job_id, str) else None
    if job is None or job.actor_id != actor.account_id:
        raise NotFound
    return job


class _Draft:
    """A preview that is being made: its first rows, counts, fingerprint and packed rows."""

    def __init__(
        self,
        organization: OrganizationFacts,
        action: Action,
        reason: str,
        selection: str,
        *,
        has_parts: bool = True,
    ) -> None:
        self._organization, self._action = organization, action
        self._reason, self._selection, self._has_parts = reason, selection, has_parts
        typed = json.dumps(action.typed(), sort_keys=True)
        self.tally = Tally(json.dumps([action.kind.value, typed, reason, selection]))
        self.has_seen_any = False
        self.notices: Sequence[str] = ()
        self._typed = typed
        self._rows: list[RowResult] = []
        self._waiting: list[PartRow] = []
        self._parts: list[bytes] = []

    def add(self, decided: Sequence[Decided]) -> None:
        """Add the next rows."""
        for one in decided:
            self.tally.count(one.outcome, one.why)
            if one.enrollment is not None:
                self.has_seen_any = True
            if len(self._rows) < N_SHOWN:
                self._rows.append(one.result(self._organization))
        self._waiting += [one.part_row() for one in decided]
        while len(self._waiting) >= PART_ROWS:
            self._pack(self._waiting[:PART_ROWS])
            del self._waiting[:PART_ROWS]

    def _pack(self, rows: Sequence[PartRow]) -> None:
        packed = pack(rows)
        self.tally.add(packed)
        if self._has_parts:
            self._parts.append(compress(packed))

    def keep(self, database: Database, actor: Actor, *, title: str, selection: str) -> Preview:
        """Write the preview, remove older ones, and return it."""
        if self._waiting:
            self._pack(self._waiting)
        summary, now, id_ = self.tally.summary(), now_ms(), uuid.uuid4().hex
        with database.write() as session:
            stored.remove_old_previews(session, actor.account_id, now - 2 * PREVIEW_MS)
            stored.add_job(
                session,
                {
                    "id": id_,
                    "action": self._action.kind.value,
                    "typed": self._typed,
                    "selection": self._selection,
                    "title": title,
                    "reason": self._reason,
                    "fingerprint": self.tally.fingerprint,
                    "summary": summary.to_json(),
                    "state": JobState.PREVIEW.value,
                    "actor_id": actor.account_id,
                    "actor_name": actor.name,
                    "made_at": now,
                    "n_todo": summary.change,
                },
            )
            write_parts(session, id_, self._parts)
        return Preview(
            id_,
            self.tally.fingerprint,
            title,
            selection,
            summary,
            tuple(self._rows),
            tuple(self.notices),
        )


def moved_since(
    session: Session, actor: Actor, job: StoredJob, organization: OrganizationFacts
) -> tuple[int, list[RowResult]]:
    """Return how many rows to change were changed since a preview, and the first of them."""
    if job.action == ActionKind.UNDO:
        return 0, []  # each change is compared with those after it
    n, first = 0, []
    scope = ledger_scope(actor)
    for rows in all_parts(session, job.id):
        wanted = [row for row in rows if row.outcome == CHANGE]
        now = enrollments.versions_of(session, [row.key for row in wanted])
        moved = [row.key for row in wanted if now.get(row.key) != row.version]
        n += len(moved)
        if moved and len(first) < N_SHOWN:
            found = enrollments.find_enrollments(session, scope, moved[: N_SHOWN - len(first)])
            first += [
                moved_row(Decided(one.id, Outcome.MOVED, one)).result(organization)
                for one in found.values()
            ]
        time.sleep(0)
    return n, first
