"""Server processes, forked from one process that has imported the portal's modules.

Importing them takes nine tenths of the processor time of a start, and is the same each time. What
depends on a portal's own settings is done after the fork: creating the app, and all that follows.

This file is also the program of that process. It gets one line of JSON on its standard input for
each server to start, answers with the id of the new process, and ends with its input.
"""

from __future__ import annotations

import ast
import functools
import gc
import importlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_ENTRY = "enrollment_portal.enrollment_portal"
_POLL_SECONDS = 0.01


@dataclass(frozen=True)
class ServerProcess:
    """A running server; its children are the workers, in the same process group."""

    pid: int

    @property
    def is_running(self) -> bool:
        """Whether it has not ended."""
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        return True

    def terminate(self) -> None:
        """Ask it to end."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGTERM)

    def kill(self) -> None:
        """End it and its workers at once."""
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)

    def wait(self, seconds: float) -> bool:
        """Wait until it has ended, for some seconds at most; return whether it has."""
        deadline = time.monotonic() + seconds
        while self.is_running and time.monotonic() < deadline:
            time.sleep(_POLL_SECONDS)
        return not self.is_running


def start_server(
    project: Path, arguments: tuple[str, ...], environment: dict[str, str], log: Path
) -> ServerProcess:
    """Start Granian with a portal.

    Args:
        project: the folder with the portal's package.
        arguments: of Granian's command line.
        environment: all environment variables of the new process.
        log: the file that gets its output.
    """
    parent = _preloaded(project)
    assert parent.stdin
    assert parent.stdout
    request = {"arguments": arguments, "environment": environment, "log": str(log)}
    parent.stdin.write(json.dumps(request) + "\n")
    parent.stdin.flush()
    return ServerProcess(int(parent.stdout.readline()))


@functools.cache
def _preloaded(project: Path) -> subprocess.Popen[str]:
    """Start the process to fork from; it ends with this one."""
    return subprocess.Popen(
        (sys.executable, __file__),
        cwd=project,
        env=unconfigured_environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def unconfigured_environment() -> dict[str, str]:
    """Return this process's environment without anything that configures a portal."""
    portal = ("REFLEX_", "__REFLEX_", "PORTAL_", "DATABASE_URL", "REDIS_URL", "GRANIAN_")
    return {k: v for k, v in os.environ.items() if not k.startswith(portal)}


def _import_portal() -> None:
    """Import all that the portal's entry module imports, but not that module: it makes the app."""
    entry = Path(*_ENTRY.split(".")).with_suffix(".py")
    for part in ast.parse(entry.read_text(encoding="utf-8")).body:
        if isinstance(part, ast.ImportFrom) and part.module:
            importlib.import_module(part.module)
            for name in part.names:
                with suppress(ImportError):  # most are no modules
                    importlib.import_module(f"{part.module}.{name.name}")
    for name in ("granian.cli", "granian.server.mp", "reflex.app"):
        importlib.import_module(name)


def _become_server(request: dict) -> None:
    """Be the server that was asked for; does not return."""
    os.setsid()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    with open(os.devnull, "rb") as nothing, open(request["log"], "ab") as log:
        os.dup2(nothing.fileno(), 0)
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
    os.environ.clear()
    os.environ.update(request["environment"])
    sys.modules["enrollment_portal.settings"].settings.cache_clear()
    random.seed()
    sys.argv = ["granian", *request["arguments"], f"{_ENTRY}:app"]
    sys.modules["granian.cli"].entrypoint()


def main() -> None:
    """Import the portal, then fork a server for each request."""
    sys.path[0] = os.getcwd()
    _import_portal()
    gc.freeze()  # what all servers share stays shared
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # servers that ended leave nothing to wait for
    for line in sys.stdin:
        pid = os.fork()
        if not pid:
            _become_server(json.loads(line))
        sys.stdout.write(f"{pid}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
