"""Free ports for the servers that tests start."""

from __future__ import annotations

import contextlib
import itertools
import os
import random
import socket

# Each worker has ports of its own, below those that a system gives out by itself: what is to
# listen on one may be started much later, and again. Another run may have the same workers.
_worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:])
_ports = itertools.count(20_000 + 2_000 * _worker + random.randrange(1_000))


def free_port() -> int:
    """Return a port of this machine that nothing listens on, another one each time."""
    for port in _ports:
        with socket.socket() as listener, contextlib.suppress(OSError):
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(("127.0.0.1", port))
            return port
    raise AssertionError("no port is left")
