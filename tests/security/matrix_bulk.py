"""The permission matrix of bulk changes; see `matrix` for how to read a row."""

from __future__ import annotations

from enrollment_portal.domain.bulk.actions import read_action
from enrollment_portal.domain.bulk.selection import select_ids
from tests.security.matrix import GRADERS_, LEARNING, Row, call, changes, reads

#            super learn people config support instructor lead learner
OWN_PREVIEW = "af   ff   ff     ff     ff      ff         ff   ff"
MANAGERS___ = "aa   aa   ff     ff     ff      ff         ff   ff"

IN_LEDGER__ = "aa   aa   ff     ff     ff      af         af   ff"

MATRIX: tuple[Row, ...] = (
    changes(
        "previewing.preview",
        GRADERS_,
        lambda q: call(select_ids([q.side.enrollment]), read_action("grade", {"text": "A"})),
        case="a grade",
    ),
    changes(
        "previewing.preview",
        GRADERS_,
        lambda q: call(select_ids([q.side.enrollment]), read_action("note", {"text": "A"})),
        case="an internal note",
    ),
    changes(
        "previewing.preview",
        LEARNING,
        lambda q: call(select_ids([q.side.enrollment]), read_action("clear_deadline", {})),
        case="a deadline",
    ),
    changes(
        "previewing.preview",
        LEARNING,
        lambda q: call(
            select_ids([q.side.enrollment]), read_action("enroll", {"course": q.side.spare})
        ),
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
    ),
    changes("jobs.start", OWN_PREVIEW, lambda q: call(*q.side.preview)),
    changes("jobs.cancel_job", MANAGERS___, lambda q: call(q.side.job)),
    reads("jobs.read_job", MANAGERS___, lambda q: call(q.side.job)),
    reads(
        "jobs.read_open_jobs",
        "a    a    r      r      r       r          r    r",
        lambda q: call(),
    ),
    reads(
        "register.list_batches",
        "a    a    n      n      n       r          r    n",
        lambda q: call(),
        tells=False,
    ),
    reads("register.read_batch", IN_LEDGER__, lambda q: call(q.side.batch), tells=False),
    reads("register.read_batch_rows", IN_LEDGER__, lambda q: call(q.side.batch)),
    reads("register.read_skipped", IN_LEDGER__, lambda q: call(q.side.batch), tells=False),
)
