"""Doing a transaction again that was given up because two writers met."""

from __future__ import annotations

import functools
from collections.abc import Callable
from contextvars import ContextVar
from typing import ParamSpec, TypeVar

from sqlalchemy.exc import OperationalError

from enrollment_portal.domain.shared.errors import StaleVersion

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")

_GIVEN_UP = ("40P01", "40001")
"""SQLSTATE of a deadlock and of a transaction that could not be put in an order."""
_TIMES = 3
_is_trying: ContextVar[bool] = ContextVar("is_trying", default=False)


def again_after_deadlock(act: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """Let a service function begin anew, at most twice, where its transaction was given up.

    PostgreSQL gives one up where two wait for each other; a write gives up that was overtaken.
    The function must own its transaction whole: what was given up has left nothing behind. One
    that is a part of another's leaves it to that one, whose whole transaction is lost.
    """

    @functools.wraps(act)
    def inner(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Result:
        if _is_trying.get():
            return act(*args, **kwargs)
        for left in reversed(range(_TIMES)):
            token = _is_trying.set(True)
            try:
                return act(*args, **kwargs)
            except StaleVersion:
                if not left:
                    raise
            except OperationalError as error:
                if not left or getattr(error.orig, "sqlstate", "") not in _GIVEN_UP:
                    raise
            finally:
                _is_trying.reset(token)
        raise AssertionError  # the last time returns or raises

    return inner
