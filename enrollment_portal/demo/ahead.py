"""Making rows in a second process while the first one writes those before them."""

from __future__ import annotations

import gc
import marshal
import sys
from collections.abc import Iterator
from multiprocessing import get_all_start_methods, get_context
from multiprocessing.connection import Connection
from typing import Any


def ahead(chunks: Iterator[Any]) -> Iterator[Any]:
    """Yield what an iterator yields, made by another process where the system can fork safely.

    Args:
        chunks: yields tuples and lists of whole numbers, text and `None`; it is not used up here.

    Raises:
        RuntimeError: the other process ended early; it has written why to standard error.
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
    # Nothing made here refers to itself, and looking for what does would take a tenth of the time.
    gc.disable()
    for chunk in chunks:
        sender.send_bytes(marshal.dumps(chunk))
    sender.send_bytes(b"")
