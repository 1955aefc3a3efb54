"""Idempotency: a save that a browser submits twice with one key is done once."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from enrollment_portal.domain.enrollment.messages import KEY_TAKEN
from enrollment_portal.domain.people.people import Actor
from enrollment_portal.domain.shared.errors import Refused
from enrollment_portal.storage.enrollment.idempotency_keys import find_saved, is_duplicate_key

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")


def saved_as(session: Session, actor: Actor, enrollment_id: int, key: str | None) -> int | None:
    """Return the `seq` of the actor's save with this key in this enrollment, if it was done.

    Raises:
        Refused: the key is that of somebody else's save, or of one in another enrollment.
    """
    found = find_saved(session, key) if key else None
    if found is None:
        return None
    *whose, seq = found
    if whose != [enrollment_id, actor.account_id]:
        raise Refused(KEY_TAKEN)
    return seq


def was_saved(session: Session, actor: Actor, enrollment_id: int, key: str | None) -> bool:
    """Return whether the actor's save with this key was done in this enrollment.

    Raises:
        Refused: the key is that of somebody else's save, or of one in another enrollment.
    """
    return saved_as(session, actor, enrollment_id, key) is not None


def idempotent(act: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """Run a service function again if its key was inserted by a parallel request.

    The function must open the transaction itself: the failed one is rolled back, and the second
    run finds the save that was faster.
    """

    @functools.wraps(act)
    def inner(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Result:
        try:
            return act(*args, **kwargs)
        except IntegrityError as error:
            if not is_duplicate_key(error):
                raise
        return act(*args, **kwargs)

    return inner
