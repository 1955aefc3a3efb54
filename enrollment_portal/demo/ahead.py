"""Generate rows in a second process while the first one writes the previous ones."""

from __future__ import annotations

import gc
import marshal
import sys
from collections.abc import Iterator
from multiprocessing import get_all_start_methods, get_context
from multiprocessing.connection import Connection
from typing import Any


def ahead(chunks: Iterator[Any]) -> Iterator[Any]:
    """Yield the items of an iterator, generated in another process if the system can fork safely.

    Args:
        chunks: yields tuples and lists of integers, text and `None`; not consumed in this process.

    Raises:
        RuntimeError: the other process ended early; its error is on standard error.
    """
    if "fork" not in get_all_start_methods() or sys.platform == "darwin":
        yield from chunks
        return
    context = get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    maker = context.Process(target=_make, args=(chunks, sender, receiver), daemon=True)
    maker.start()
    sender.close()
    try:
        while data := receiver.recv_bytes():
            yield marshal.loads(data)  # noqa: S302 - written by the process started here
    except EOFError:
        raise RuntimeError("The process that makes the rows ended early.") from None
    finally:
        receiver.close()
        maker.terminate()
        maker.join()


def _make(chunks: Iterator[Any], sender: Connection, receiver: Connection) -> None:
    receiver.close()
    # No reference cycles are created here, and garbage collection would take a tenth of the time.
    gc.disable()
    for chunk in chunks:
        sender.send_bytes(marshal.dumps(chunk))
    sender.send_bytes(b"")
