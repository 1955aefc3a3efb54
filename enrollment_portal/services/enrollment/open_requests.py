"""Write changes of enrollments, and answer the extension requests that they decide."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlmodel import Session

from enrollment_portal.domain.enrollment.commands import Change, Effect
from enrollment_portal.domain.requests.answers import Answer, Request, answer_to, answer_to_undoing
from enrollment_portal.domain.requests.extension_requests import RequestState
from enrollment_portal.storage.enrollment.enrollment_writes import write_changes
from enrollment_portal.storage.history.history import Signature
from enrollment_portal.storage.requests import extensions
from enrollment_portal.storage.requests.extensions import StoredRequest


def write_and_answer(
    session: Session, changes: Sequence[Change], signature: Signature
) -> dict[int, int]:
    """Write changes with their history, and the answers of extension requests that follow.

    Undoing the change that closed or granted a request opens it again, and redoing closes or
    grants it again.

    Args:
        session: in the transaction of the changes, with the learners locked before they were read.
        changes: at most one for each enrollment.
        signature: who makes them, and why.

    Returns:
        By enrollment, the `seq` of the row of history.

    Raises:
        StaleVersion: one of them is not at the version that was read any more.
    """
    seqs = write_changes(session, changes, signature)
    undoing = {c.after.id: c for c in changes if c.undoes is not None}
    undone = {id_: change.undoes or 0 for id_, change in undoing.items()}
    for id_, request in extensions.requests_of_events(session, undone).items() if undone else ():
        _follow_undoing(session, undoing[id_], request, signature, seqs)
    following = {c.after.id: c for c in changes if Effect.FOLLOW_REQUEST in c.effects}
    for id_ in extensions.with_open_request(session, following) if following else ():
        request = extensions.open_request(session, id_)
        change = following[id_]
        is_learners = signature.author.source != "person" or Effect.VISIT in change.effects
        answer = request and answer_to(_request(request), change, is_learners=is_learners)
        if answer:
            _write(session, change, answer, signature, seqs)
    return seqs


def _follow_undoing(
    session: Session,
    change: Change,
    request: StoredRequest,
    signature: Signature,
    seqs: Mapping[int, int],
) -> None:
    answer = answer_to_undoing(_request(request), change)
    if not answer:
        return
    if answer.state is RequestState.OPEN:
        extensions.reopen(session, request, event_seq=seqs[change.after.id])
    else:
        _write(session, change, answer, signature, seqs)


def _write(
    session: Session,
    change: Change,
    answer: Answer,
    signature: Signature,
    seqs: Mapping[int, int],
) -> None:
    extensions.decide(
        session,
        answer,
        by=signature.author.actor_name,
        at=change.after.updated_at,
        event_seq=seqs.get(change.after.id),
    )


def _request(request: StoredRequest) -> Request:
    return Request(
        request.id, RequestState(request.state), request.requested_day, request.granted_day
    )
