"""How soon a change is on another's screen, and what it costs the server, by how many watch.

Target: from a click on Save to the painted row of another, with 50 who watch on one worker, under
100 ms in 95 of 100. A change is read, and pushed to each room, once for each worker; writing it to
the sockets is done for each watcher, and is most of the cost where many watch.

Servers that are compared run at the same time and are measured in turn. CPU is that of a server's
processes alone, and holds on a busy machine; times do not.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.benchmarks.watchers import costs, painting
from tests.browser import server


def main(argv: Sequence[str]) -> None:
    """Measure and print.

    Args:
        argv: `--only painting` or `--only costs`; `--enrollments`, `--saves`, `--changes`, and
            `--watchers`, the most that watch at once when costs are measured.
    """
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks live")
    parser.add_argument("--only", choices=["painting", "costs"])
    parser.add_argument("--enrollments", type=int, default=10_000)
    parser.add_argument("--saves", type=int, default=50)
    parser.add_argument("--changes", type=int, default=100)
    parser.add_argument("--watchers", type=int, default=max(costs.WATCHERS))
    options = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        built = folder / "build"
        built.mkdir()
        server.build(built)
        if options.only != "costs":
            painting.measure(
                built, folder, enrollments=options.enrollments, saves=options.saves, watchers=50
            )
        if options.only != "painting":
            costs.measure(
                built,
                folder,
                enrollments=options.enrollments,
                changes=options.changes,
                most=options.watchers,
            )
