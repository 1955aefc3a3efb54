"""Undo the last save of a cell in the grading grid."""

from __future__ import annotations

from enrollment_portal.domain.history.messages import NOTHING_TO_UNDO
from enrollment_portal.domain.people.people import Actor
from enrollment_portal.domain.shared.errors import PortalError
from enrollment_portal.domain.shared.idempotency_keys import read_idempotency_key
from enrollment_portal.domain.shared.listing import read_id
from enrollment_portal.services.enrollment.idempotency import saved_as
from enrollment_portal.services.grading.grading import CellResult, Outcome, stored_result
from enrollment_portal.services.history.undoing import undo_change
from enrollment_portal.storage.shared.database import Database


def undo_cell(
    database: Database, actor: Actor, enrollment_id: object, save_key: object
) -> CellResult:
    """Undo the actor's own save with a key, by the rules of `undo_change`.

    Errors are in the result, to be shown in the cell. It is idempotent.
    """
    wanted, name = read_id(enrollment_id), read_idempotency_key(save_key)
    try:
        with database.read() as session:
            seq = saved_as(session, actor, wanted, name) if wanted else None
        if seq is None:
            return CellResult(Outcome.NOT_UNDONE, NOTHING_TO_UNDO)
        details = undo_change(database, actor, wanted, seq, key=f"{name}.undo")
    except PortalError as refusal:
        return CellResult(Outcome.NOT_UNDONE, refusal.message)
    return stored_result(Outcome.UNDONE, details.facts)
