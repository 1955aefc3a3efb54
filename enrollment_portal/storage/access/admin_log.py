"""Write the access log: rows are added in the transaction of the action, and never changed."""

from __future__ import annotations

from sqlmodel import Session

from enrollment_portal.domain.access.admin_log import COMMAND_LINE, Action, SubjectKind
from enrollment_portal.domain.people.people import Actor
from enrollment_portal.domain.shared.text_search import search_text
from enrollment_portal.storage.shared.tables import AdminEvent


def add_act(
    session: Session,
    actor: Actor | None,
    action: Action,
    kind: SubjectKind,
    subject_id: int | None,
    subject: str,
    *,
    now: int,
    detail: str = "",
) -> None:
    """Record an action in the access log.

    Args:
        session: in the transaction of the action.
        actor: who did it; `None` for someone at the server's command line.
        action: what was done.
        kind: the kind of record that it changed.
        subject_id: the learner id of a user, the account id of an admin or a session's owner.
        subject: the name at that time.
        now: the current time, in ms.
        detail: what changed, as text for people; never a secret or an internal note.
    """
    actor_name = actor.name if actor else COMMAND_LINE
    session.add(
        AdminEvent(
            at=now,
            actor_id=actor.account_id if actor else None,
            actor_name=actor_name,
            action=action.value,
            subject_kind=kind.value,
            subject_id=subject_id,
            subject=subject,
            detail=detail,
            search=search_text(f"{actor_name} {subject} {detail}"),
        )
    )
    session.flush()
