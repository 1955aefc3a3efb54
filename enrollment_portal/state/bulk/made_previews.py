"""Previews that are being made for open tabs: beside the tab's events, and only the newest."""

from __future__ import annotations

import asyncio
import contextvars
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from enrollment_portal.services.bulk.previewing import Cancelled, Preview

_AT_ONCE_SECONDS = 0.4
"""A preview that takes no longer is shown by the event that asked for it."""
_MOST_KEPT = 200
"""How many tabs a process keeps a preview for: some are closed before theirs is made."""
# Not in the threads that serve everybody else.
_threads = ThreadPoolExecutor(max_workers=3, thread_name_prefix="preview")

Make = Callable[[Callable[[], bool]], Preview]
"""Makes a preview; its argument tells whether somebody waits for it still."""


@dataclass(eq=False)
class Making:
    """A preview that is being made."""

    account_id: int
    """For whom."""
    is_undo: bool
    cancelled: threading.Event = field(default_factory=threading.Event)
    made: asyncio.Future[Preview | Exception] | None = None


_newest: dict[str, Making] = {}
"""The newest of each tab, by its token."""


async def begin(token: str, making: Making, make: Make) -> bool:
    """Begin to make a preview instead of an older one of the tab; return whether it is done soon.

    Args:
        token: of the tab.
        making: what is being made.
        make: makes it, in a thread.
    """
    cancel(token)
    while len(_newest) >= _MOST_KEPT:
        cancel(next(iter(_newest)))
    _newest[token] = making
    making.made = asyncio.get_running_loop().run_in_executor(_threads, _make, making, make)
    done, _waiting = await asyncio.wait({making.made}, timeout=_AT_ONCE_SECONDS)
    return bool(done)


def when_done(token: str, making: Making, call: Callable[[], None]) -> None:
    """Have a function called once a preview is made, unless another one is newer by then."""

    def tell(_made: object) -> None:
        if _newest.get(token) is making:
            call()

    if making.made is not None:
        making.made.add_done_callback(tell, context=contextvars.Context())


def take(token: str, account_id: int) -> tuple[Making, Preview | Exception] | None:
    """Return what has been made for a tab, once; `None` if nothing has, or for somebody else."""
    making = _newest.get(token)
    if making is None or making.made is None or not making.made.done():
        return None
    del _newest[token]
    return (making, making.made.result()) if making.account_id == account_id else None


def cancel(token: str) -> None:
    """Stop making a tab's preview, if one is being made."""
    making = _newest.pop(token, None)
    if making:
        making.cancelled.set()


def _make(making: Making, make: Make) -> Preview | Exception:
    def is_wanted() -> bool:
        return not making.cancelled.is_set()

    try:
        return make(is_wanted) if is_wanted() else Cancelled()
    except Exception as error:  # raised again, or shown, by an event of the tab
        return error
