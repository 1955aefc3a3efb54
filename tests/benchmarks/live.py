"""How soon a change is on another screen, and what it costs the server, by number of watchers.

Target: from a click on Save to the painted row of another, with 50 watchers on one worker, under
100 ms in 95 of 100. A change is read, and pushed to each channel, once for each worker; writing it
to the sockets is done for each watcher, and is most of the cost with many watchers.

Servers that are compared run at the same time and are measured in turn. CPU is that of a server's
processes alone, and holds on a busy machine; times do not.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from tests.benchmarks.measuring.options import add_rows_option, add_runs_option
from tests.benchmarks.watchers import costs, painting
from tests.browser import server


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of this part."""
    parser.add_argument("--only", choices=["painting", "costs"], help="default: both")
    add_rows_option(parser, 10_000)
    add_runs_option(parser, 50, "saves that are timed, half as many as changes that are counted")
    parser.add_argument(
        "--watchers",
        type=int,
        default=max(costs.WATCHERS),
        help=f"the most watchers when costs are measured; default: {max(costs.WATCHERS)}",
    )


def main(options: argparse.Namespace) -> None:
    """Build the portal, measure and print."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        built = folder / "build"
        built.mkdir()
        server.build(built)
        if options.only != "costs":
            painting.measure(
                built, folder, enrollments=options.rows, saves=options.runs, watchers=50
            )
        if options.only != "painting":
            costs.measure(
                built,
                folder,
                enrollments=options.rows,
                changes=2 * options.runs,
                most=options.watchers,
            )
