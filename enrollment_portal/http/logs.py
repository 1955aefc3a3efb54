"""Log lines about clients: one line each, shortened, and limited per minute."""

from __future__ import annotations

import logging
import time

_LONGEST = 300
_MOST = 20
_SECONDS = 60.0
_FRAMEWORK = (
    "reflex.app",
    "reflex.state",
    "reflex.utils.token_manager",
    "reflex_base.event.processor.base_state_processor",
    "reflex_base.event.processor.event_processor",
    "engineio.server",
    "socketio.server",
)
"""Loggers whose messages repeat what clients sent."""
_SERVER = ("_granian.asgi.conversion", "_granian.asgi.http", "_granian.asgi.io")
"""Loggers that write about single connections, also at INFO: one line for each that a client breaks
off. Granian logs its start and its workers with other loggers."""


def one_line(text: str, longest: int = _LONGEST) -> str:
    """Return text shortened to one log line, so that it cannot forge another line."""
    shown = (
        one if one.isprintable() else one.encode("unicode_escape").decode()
        for one in text[:longest]
    )
    return "".join(shown) + ("…" if len(text) > longest else "")


class Allowance:
    """Allows a number of lines per minute, and counts those left out."""

    def __init__(self, most: int = _MOST) -> None:
        self._most = most
        self._since = -_SECONDS
        self._n_written = self._n_left_out = 0

    def take(self) -> str | None:
        """Return the suffix for an allowed line, usually ""; `None` if the line is left out."""
        now = time.monotonic()
        if now - self._since >= _SECONDS:
            n_left_out, self._n_left_out, self._n_written, self._since = self._n_left_out, 0, 0, now
        else:
            n_left_out = 0
        if self._n_written >= self._most:
            self._n_left_out += 1
            return None
        self._n_written += 1
        return f" ({n_left_out} more before this one were left out)" if n_left_out else ""


class LimitedLog:
    """A logger for warnings about clients, limited per minute."""

    def __init__(self, logger: logging.Logger, most: int = _MOST) -> None:
        self._logger = logger
        self._allowance = Allowance(most)

    def warning(self, text: str) -> None:
        """Write one line, unless this minute's limit is reached."""
        more = self._allowance.take()
        if more is not None:
            self._logger.warning("%s%s", one_line(text), more)


class _ClientText(logging.Filter):
    """Shortens messages to one line without tracebacks, and limits their number.

    Args:
        lowest: the level from which it does so; records below pass unchanged.
    """

    def __init__(self, lowest: int) -> None:
        super().__init__()
        self._lowest = lowest
        self._allowance = Allowance(3 * _MOST)

    def filter(self, record: logging.LogRecord) -> bool:
        """Shorten a record; return whether it is written."""
        if record.levelno < self._lowest:
            return True
        more = self._allowance.take()
        if more is None:
            return False
        text = record.getMessage()
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            text += f": {error!r}"
        record.msg, record.args = one_line(text) + more, ()
        record.exc_info = record.exc_text = record.stack_info = None
        return True


def limit_framework_logs() -> None:
    """Keep clients from flooding or forging the logs of the framework and the server."""
    lowest = dict.fromkeys(_FRAMEWORK, logging.WARNING) | dict.fromkeys(_SERVER, logging.INFO)
    for name, level in lowest.items():
        logger = logging.getLogger(name)
        if not any(isinstance(one, _ClientText) for one in logger.filters):
            logger.addFilter(_ClientText(level))
