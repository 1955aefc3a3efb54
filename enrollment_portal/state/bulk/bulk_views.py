"""Previews, jobs and batches, ready to show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from enrollment_portal.domain.bulk import messages
from enrollment_portal.domain.bulk.actions import ActionKind
from enrollment_portal.domain.bulk.jobs import JobState, RowResult
from enrollment_portal.domain.bulk.preview_file import preview_address
from enrollment_portal.domain.learning.learner_messages import Mail
from enrollment_portal.domain.shared import calendar
from enrollment_portal.domain.shared.wording import sentences, show_number, with_commas
from enrollment_portal.services.bulk.jobs import Job
from enrollment_portal.services.bulk.previewing import Preview
from enrollment_portal.services.bulk.register import BatchEntry, BatchRow, SkippedRow
from enrollment_portal.state.shared.views import ACTIVITY_PATH, LEDGER_PATH, ChangeView
from enrollment_portal.storage.history.batches import MOST_COUNTED


@dataclass(frozen=True)
class ActionView:
    """An action to choose."""

    kind: str
    label: str


@dataclass(frozen=True)
class ResultView:
    """A row of a preview."""

    id: int
    name: str
    outcome: str
    label: str
    why: str
    changes: list[ChangeView]


@dataclass(frozen=True)
class ReasonView:
    """Why some rows are refused, and how many."""

    why: str
    n: str


@dataclass(frozen=True)
class PreviewView:
    """A preview; without an `id` there is none."""

    id: str = ""
    fingerprint: str = ""
    title: str = ""
    selection: str = ""
    n_change: int = 0
    counts: list[str] = field(default_factory=list)
    reasons: list[ReasonView] = field(default_factory=list)
    rows: list[ResultView] = field(default_factory=list)
    more: str = ""
    """That only the first rows are shown; "" if all are."""
    notices: list[str] = field(default_factory=list)
    file: str = ""
    is_undo: bool = False


@dataclass(frozen=True)
class JobView:
    """A job that runs, or its report."""

    id: str
    title: str
    text: str
    percent: int
    is_over: bool
    is_taking_back: bool
    may_cancel: bool
    may_undo: bool
    address: str


@dataclass(frozen=True)
class BatchView:
    """A batch of the register."""

    batch: str = ""
    title: str = ""
    kind: str = ""
    by: str = ""
    at: str = ""
    at_iso: str = ""
    reason: str = ""
    n: str = ""
    status: str = ""
    """What became of it: how its job ended, or who undid it."""
    accepted: str = ""
    """The counts of the preview that was accepted; "" without a job."""
    mail: str = ""
    """What has become of its mails; "" if it has none."""
    undoes: str = ""
    """The address of the batch that it undoes; "" for none."""
    may_undo: bool = False
    percent: int = -1
    """How far its job is while that runs; else -1."""


@dataclass(frozen=True)
class BatchRowView:
    """A change of a batch."""

    name: str
    address: str
    changes: list[ChangeView]
    is_new: bool
    since: list[str]


@dataclass(frozen=True)
class SkippedView:
    """A row that a job did not change."""

    id: int
    name: str
    why: str


def result_view(row: RowResult) -> ResultView:
    """Return a row of a preview as the dialog shows it."""
    changes = [ChangeView(*change) for change in row.changes]
    name = with_commas([row.learner, row.course]) or messages.NOT_NAMED
    label = messages.OUTCOMES[row.outcome.value]
    return ResultView(row.enrollment_id, name, row.outcome.value, label, row.why, changes)


def preview_view(made: Preview, *, is_undo: bool) -> PreviewView:
    """Return a preview as the dialog shows it."""
    summary = made.summary
    n_of = {"change": summary.change, "same": summary.same, "refused": summary.refused}
    is_cut = summary.total > len(made.rows)
    return PreviewView(
        id=made.id,
        fingerprint=made.fingerprint,
        title=made.title,
        selection=made.selection,
        n_change=summary.change,
        counts=[messages.counted_outcome(name, n) for name, n in n_of.items()],
        reasons=[ReasonView(why, show_number(n)) for why, n in summary.reasons],
        rows=[result_view(row) for row in made.rows],
        more=messages.first_of(len(made.rows), summary.total) if is_cut else "",
        notices=list(made.notices),
        file=preview_address(made.id),
        is_undo=is_undo,
    )


def job_view(job: Job) -> JobView:
    """Return a job as an open ledger shows it."""
    return JobView(
        id=job.id,
        title=job.title if job.is_own else f"{job.title}, {messages.started_by(job.by)}",
        text=job_text(job),
        percent=job.percent,
        is_over=job.state.is_over,
        is_taking_back=job.state is JobState.CANCELLING,
        may_cancel=job.may_cancel,
        may_undo=job.state in (JobState.DONE, JobState.STOPPED) and job.n_changed > 0,
        address=f"{ACTIVITY_PATH}/{job.id}",
    )


def job_text(job: Job) -> str:
    """Return how far a job is, or how it has ended."""
    match job.state:
        case JobState.DONE:
            return messages.finished(job.kind.value, job.n_changed, job.n_skipped)
        case JobState.CANCELLED:
            return messages.taken_back(job.n_taken_back)
        case JobState.STOPPED:
            return sentences(job.why, messages.changed_before(job.n_changed))
        case JobState.CANCELLING:
            return messages.TAKING_BACK
        case JobState.WAITING:
            return messages.WAITING
        case _:
            return messages.done_of(job.n_done, job.n_todo)


def batch_view(one: BatchEntry, tz: ZoneInfo) -> BatchView:
    """Return a batch as the register shows it."""
    is_more = one.job is None and one.n > MOST_COUNTED
    status = messages.undone_by(one.undone_by) if one.undone_by else ""
    if not status and one.job is not None:
        status = job_text(one.job)
    accepted = ""
    if one.job is not None:
        summary = one.job.summary
        n_of = {"change": summary.change, "same": summary.same, "refused": summary.refused}
        accepted = with_commas([messages.counted_outcome(name, n) for name, n in n_of.items()])
    return BatchView(
        batch=one.batch,
        title=one.title,
        kind=one.kind.label,
        by=one.by,
        at=calendar.show_moment(one.at, tz),
        at_iso=calendar.iso_moment(one.at),
        reason=one.reason,
        n=messages.at_least(MOST_COUNTED) if is_more else show_number(one.n),
        status=status,
        accepted=accepted,
        mail=messages.mail_report(
            one.mails.get(Mail.SENT, 0),
            one.mails.get(Mail.FAILED, 0),
            one.mails.get(Mail.WAITING, 0) + one.mails.get(Mail.SENDING, 0),
        ),
        undoes=f"{ACTIVITY_PATH}/{one.undoes}" if one.undoes else "",
        may_undo=one.may_undo,
        percent=one.job.percent if one.job and not one.job.state.is_over else -1,
    )


def batch_row_view(row: BatchRow, tz: ZoneInfo) -> BatchRowView:
    """Return a change of a batch as its page shows it."""
    since = [messages.undone_by(row.undone_by)] if row.undone_by else []
    since += [messages.MAIL_FAILED] if row.mail_failed else []
    since += [
        messages.changed_since(one.by, one.fields, calendar.show_moment(one.at, tz))
        for one in row.since
    ]
    return BatchRowView(
        name=with_commas([row.learner, row.course]),
        address=f"{LEDGER_PATH}/{row.enrollment_id}",
        changes=[ChangeView(*change) for change in row.changes],
        is_new=row.is_new,
        since=since,
    )


def skipped_views(rows: Sequence[SkippedRow]) -> list[SkippedView]:
    """Return rows that a job did not change as the batch's page shows them."""
    return [
        SkippedView(
            row.enrollment_id,
            with_commas([row.learner, row.course]) or messages.NOT_NAMED,
            row.why,
        )
        for row in rows
    ]


def action_views(kinds: Sequence[ActionKind]) -> list[ActionView]:
    """Return actions to choose from."""
    return [ActionView(kind.value, kind.label) for kind in kinds]
