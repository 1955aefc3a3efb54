"""The handlers that pages may call, and their arguments; any other call is refused."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from reflex_base.registry import RegistrationContext

LONGEST_ERROR = 500
"""Longer error texts are cut: Reflex searches them with patterns that become slow."""
LONGEST_HASH = 128
_PACKAGE = "enrollment_portal."
_ROOT = "reflex___state____state"


class FrameRefused(Exception):
    """A frame that no page of the portal sends; its reason is a fixed text, fit for a log."""


@dataclass(frozen=True)
class Call:
    """A handler that a page may call: its parameters, and whether it needs a sign-in."""

    parameters: frozenset[str]
    required: frozenset[str]
    is_public: bool
    check: Callable[[dict[str, Any]], None] | None = None


Calls = Mapping[str, Call]


def known_calls() -> dict[str, Call]:
    """Return every handler that pages may call, by its full name."""
    calls = _framework_calls()
    for name, registered in RegistrationContext.get().event_handlers.items():
        is_own = any(state.__module__.startswith(_PACKAGE) for state in registered.states)
        handler = registered.handler.fn
        if is_own and hasattr(handler, "guard"):
            parameters = list(inspect.signature(handler).parameters.values())[1:]
            calls[name] = Call(
                frozenset(one.name for one in parameters),
                frozenset(one.name for one in parameters if one.default is one.empty),
                is_public=handler.guard is None,  # type: ignore[attr-defined]
            )
    return calls


def _framework_calls() -> dict[str, Call]:
    """Return Reflex's own handlers that its browser code calls."""
    nothing, hashes = frozenset(), frozenset({"hashes"})
    error = frozenset({"info", "component_stack"})
    return {
        f"{_ROOT}.hydrate": Call(nothing, nothing, True),
        f"{_ROOT}.hydrate_and_load": Call(hashes, nothing, True, _check_hashes),
        f"{_ROOT}.reflex___state____on_load_internal_state.on_load_internal": Call(
            nothing, nothing, True
        ),
        f"{_ROOT}.reflex___state____frontend_event_exception_state.handle_frontend_exception": Call(
            error, error, True, _shorten_error
        ),
    }


def _check_hashes(payload: dict[str, Any]) -> None:
    hashes = payload.get("hashes", [])
    if not isinstance(hashes, list) or not all(is_text(one, LONGEST_HASH) for one in hashes):
        raise FrameRefused("malformed event")


def _shorten_error(payload: dict[str, Any]) -> None:
    for name, value in payload.items():
        if not isinstance(value, str):
            raise FrameRefused("malformed event")
        payload[name] = value[:LONGEST_ERROR]


def is_text(value: object, longest: int) -> bool:
    """Tell whether a value is text of so many characters at most."""
    return isinstance(value, str) and len(value) <= longest
