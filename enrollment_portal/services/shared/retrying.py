"""Run a transaction again after a deadlock or a serialization failure."""

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
"""SQLSTATE of a deadlock and of a serialization failure."""
_TIMES = 3
_is_trying: ContextVar[bool] = ContextVar("is_trying", default=False)


def again_after_deadlock(act: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """Run a service function again, at most twice, if its transaction was rolled back.

    PostgreSQL rolls one back at a deadlock; a stale write is rolled back too. The function must
    open the transaction itself. Within another service's transaction it does not retry: that
    service does, as its whole transaction is lost.
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
        raise AssertionError  # the last attempt returns or raises

    return inner
