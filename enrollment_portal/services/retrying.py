"""Doing a transaction again that PostgreSQL gave up because two writers waited for each other."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from sqlalchemy.exc import OperationalError

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")

_GIVEN_UP = ("40P01", "40001")
"""SQLSTATE of a deadlock and of a transaction that could not be put in an order."""
_TIMES = 3


def again_after_deadlock(act: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """Let a service function begin anew, at most twice, where its transaction was given up.

    It must own its transaction whole: what was given up has left nothing behind.
    """

    @functools.wraps(act)
    def inner(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Result:
        for left in reversed(range(_TIMES)):
            try:
                return act(*args, **kwargs)
            except OperationalError as error:
                if not left or getattr(error.orig, "sqlstate", "") not in _GIVEN_UP:
                    raise
        raise AssertionError  # the last time returns or raises

    return inner
