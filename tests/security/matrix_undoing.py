"""The permission matrix of undoing; see `matrix` for how to read a row."""

from __future__ import annotations

from enrollment_portal.state.enrolling.enroll import Enroll
from enrollment_portal.state.enrollment.details import Details
from enrollment_portal.state.grading.grading import Grading
from enrollment_portal.state.grading.pasting import Pasting
from enrollment_portal.state.people.group_changes import GroupChanges
from enrollment_portal.state.people.group_page import GroupPage
from enrollment_portal.state.people.people_search import EnrollPeople, LearnablePicker
from enrollment_portal.state.shared.views import GROUPS_PATH
from tests.enrollment_states import state_of
from tests.security.matrix import (
    LEDGER,
    SUPER___,
    TEACH,
    Asked,
    Row,
    Step,
    call,
    changes,
    on,
    reads,
)


def _details(asked: Asked, handler: str, payload: dict[str, object]) -> list[Step]:
    path = f"{LEDGER}/{asked.side.overridden}/manage"
    return on(path, (Details, "load"), (state_of(handler), handler, payload))


def _pasting(asked: Asked) -> list[Step]:
    pasted = {"enrollment": asked.side.enrollment, "field": "grade", "clipboard": "A"}
    return on(
        f"{TEACH}/courses/{asked.side.course}",
        (Grading, "load"),
        (Pasting, "paste", pasted),
        (Pasting, "apply"),
        (Pasting, "undo"),
    )


def _enrolling(asked: Asked) -> list[Step]:
    return on(
        f"{LEDGER}/enroll",
        (Enroll, "load"),
        (EnrollPeople, "search", {"typed": f"Ida {asked.side.mark}"}),
        (Enroll, "add", {"kind": "people", "chosen_id": asked.side.idle}),
        (LearnablePicker, "search", {"typed": f"Spare {asked.side.mark}"}),
        (Enroll, "add", {"kind": "courses", "chosen_id": asked.side.spare}),
        (Enroll, "show"),
        (Enroll, "enroll"),
        (Enroll, "undo"),
    )


MATRIX: tuple[Row, ...] = (
    changes(
        "undoing.undo_change",
        #  super learn people config support instructor lead learner
        "aa    aa   ff     ff     ff      nf         nf   ff",
        lambda q: call(q.side.overridden, q.side.change),
        lambda q: _details(q, "undo", {"seq": q.side.change, "key": "k"}),
    ),
    changes(
        "undoing.restore_value",
        "aa    aa   ff     ff     ff      nf         nf   ff",
        lambda q: call(q.side.overridden, q.side.change, "deadline", "before", version=2),
        lambda q: _details(
            q,
            "restore",
            {
                "seq": q.side.change,
                "field": "deadline",
                "which": "before",
                "version": 2,
                "key": "k",
            },
        ),
    ),
    changes(
        "undoing_batches.undo_batch",
        "aa    aa   ff     ff     ff      af         nf   ff",
        lambda q: call(q.side.batch),
    ),
    changes(
        "undoing_batches.undo_batch",
        "aa    aa   ff     ff     ff      af         nf   ff",
        lambda q: call(q.side.batch),
        lambda q: _pasting(q),
        case="of what was pasted",
        by_event="aa    aa   nn     nn     nn      af         nn   nn",
    ),
    changes(
        "undoing_batches.undo_batch",
        "aa    aa   ff     ff     ff      af         nf   ff",
        lambda q: call(q.side.batch),
        lambda q: _enrolling(q),
        case="of enrolling",
        by_event="aa    aa   nn     nn     nn      nn         nn   nn",
    ),
    changes(
        "undoing_batches.undo_batch",
        "aa    aa   ff     ff     ff      af         nf   ff",
        lambda q: call(q.side.batch),
        lambda q: on(
            f"{GROUPS_PATH}/{q.side.group}",
            (GroupPage, "load"),
            (GroupChanges, "assign", {"course": q.side.spare}),
            (GroupPage, "undo"),
        ),
        case="of a group's rule",
        by_event=SUPER___,  # assigning needs both sections
    ),
    reads(
        "timeline.read_older",
        "aa    aa   ff     ff     ff      af         af   ff",
        lambda q: call(q.side.overridden, 10**9),
        lambda q: _details(q, "show_older", {}),
        lambda q: _details(q, "filter_history", {"name": "field", "value": "status"}),
        tells=False,
    ),
)
