"""The permission matrix of bulk changes; see `matrix` for how to read a row."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from enrollment_portal.domain.bulk.actions import read_action
from enrollment_portal.domain.bulk.selection import select_ids
from enrollment_portal.domain.ledger.layout.columns import Layout
from enrollment_portal.domain.ledger.ledger_query import LedgerQuery
from enrollment_portal.state.bulk.changing import BulkChanges
from enrollment_portal.state.bulk.copying import CopyingRows
from enrollment_portal.state.bulk.jobs import BulkJobs
from enrollment_portal.state.bulk.register import Batches, BatchPage
from enrollment_portal.state.ledger.ledger import Ledger
from tests.security.matrix import (
    GRADERS_,
    LEARNING,
    LEDGER,
    Asked,
    Row,
    Step,
    Steps,
    call,
    changes,
    on,
    reads,
)

ACTIVITY = "/admin/learning/activity"

#            super learn people config support instructor lead learner
OWN_PREVIEW = "af   ff   ff     ff     ff      ff         ff   ff"
MANAGERS___ = "aa   aa   ff     ff     ff      ff         ff   ff"

IN_LEDGER__ = "aa   aa   ff     ff     ff      af         af   ff"


def previewing(action: str, **typed: str) -> Steps:
    """Return the events that preview an action on the side's enrollment."""

    def events(q: Asked) -> list[Step]:
        form = {"action": action, **typed}
        if action == "enroll":
            form["course"] = str(q.side.spare)
        if action == "instructor":
            form["account"] = str(q.side.spare_teacher)
        selected = {"scope": f"{LEDGER}?", "ids": [q.side.enrollment]}
        return on(
            LEDGER,
            (Ledger, "load"),
            (BulkChanges, "preview", {"form": form, "selected": selected}),
        )

    return events


def copying(q: Asked) -> list[Step]:
    """Return the events that copy the side's enrollment."""
    selected = {"scope": f"{LEDGER}?", "ids": [q.side.enrollment]}
    return on(
        LEDGER,
        (Ledger, "load"),
        (CopyingRows, "load_rows", {"ticket": 1, "selected": selected}),
    )


MATRIX: tuple[Row, ...] = (
    reads(
        "copying.copy_rows",
        #  super learn people config support instructor lead learner
        "aa    aa   nn     nn     nn      ai         nn   nn",
        lambda q: call(LedgerQuery(), select_ids([q.side.enrollment]), Layout(), ZoneInfo("UTC")),
        copying,
    ),
    changes(
        "previewing.preview",
        GRADERS_,
        lambda q: call(select_ids([q.side.enrollment]), read_action("grade", {"text": "A"})),
        previewing("grade", text="A"),
        case="a grade",
    ),
    changes(
        "previewing.preview",
        GRADERS_,
        lambda q: call(select_ids([q.side.enrollment]), read_action("note", {"text": "A"})),
        previewing("note", text="A"),
        case="an internal note",
    ),
    changes(
        "previewing.preview",
        GRADERS_,
        lambda q: call(select_ids([q.side.enrollment]), read_action("message", {"text": "A"})),
        previewing("message", text="A"),
        case="a message",
    ),
    changes(
        "previewing.preview",
        LEARNING,
        lambda q: call(select_ids([q.side.enrollment]), read_action("clear_deadline", {})),
        previewing("clear_deadline"),
        case="a deadline",
    ),
    changes(
        "previewing.preview",
        LEARNING,
        lambda q: call(
            select_ids([q.side.enrollment]),
            read_action("instructor", {"account": q.side.spare_teacher}),
        ),
        previewing("instructor"),
        case="an instructor",
    ),
    changes(
        "previewing.preview",
        LEARNING,
        lambda q: call(
            select_ids([q.side.enrollment]), read_action("enroll", {"course": q.side.spare})
        ),
        previewing("enroll"),
        case="enrolling",
    ),
    reads(
        "previewing.previewed_rows",
        OWN_PREVIEW,
        lambda q: call(q.side.preview[0]),
        tells=False,
    ),
    changes(
        "previewing.preview_undo",
        "aa   aa   ff     ff     ff      af         nf   ff",
        lambda q: call(q.side.batch),
        lambda q: on(LEDGER, (BulkChanges, "preview_undo", {"batch": q.side.batch})),
    ),
    changes(
        "jobs.start",
        OWN_PREVIEW,
        lambda q: call(*q.side.preview),
        lambda q: on(
            LEDGER,
            (
                BulkChanges,
                "start",
                {"preview_id": q.side.preview[0], "fingerprint": q.side.preview[1]},
            ),
        ),
    ),
    changes(
        "jobs.cancel_job",
        MANAGERS___,
        lambda q: call(q.side.job),
        lambda q: on(LEDGER, (BulkJobs, "cancel", {"job_id": q.side.job})),
    ),
    reads("jobs.read_job", MANAGERS___, lambda q: call(q.side.job)),
    reads(
        "jobs.read_open_jobs",
        "a    a    r      r      r       r          r    r",
        lambda q: call(),
        lambda q: on(LEDGER, (BulkJobs, "load")),
    ),
    reads(
        "register.list_batches",
        "a    a    n      n      n       r          r    n",
        lambda q: call(),
        lambda q: on(f"{ACTIVITY}/batches", (Batches, "load")),
        tells=False,
    ),
    reads("register.read_batch", IN_LEDGER__, lambda q: call(q.side.batch), tells=False),
    reads(
        "register.read_batch_rows",
        IN_LEDGER__,
        lambda q: call(q.side.batch),
        lambda q: on(f"{ACTIVITY}/{q.side.batch}", (BatchPage, "load")),
    ),
    reads("register.read_skipped", IN_LEDGER__, lambda q: call(q.side.batch), tells=False),
)
