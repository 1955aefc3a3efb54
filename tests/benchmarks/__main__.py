"""Measure one part of the portal, or by default the storage and the browser.

`python -m tests.benchmarks --help` names the parts, `python -m tests.benchmarks PART --help` the
options of one.
"""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from types import ModuleType

_DEFAULT = ("storage", "browser")
_OTHERS = (
    "access",
    "activity",
    "bulk",
    "courses",
    "export",
    "filters",
    "history",
    "learning",
    "live",
    "pace",
    "past",
    "people",
    "teaching",
)
_IN_FOLDERS = {"activity": "enrollments.activity", "pace": "enrollments.pace"}
"""The modules of parts that are in a folder of their own."""


def command_line(modules: Mapping[str, ModuleType]) -> argparse.ArgumentParser:
    """Return the parser of the command line; each part adds the options that it has."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks",
        description="Without a part: storage and browser, with their defaults.",
    )
    shown = parser.add_subparsers(title="parts", metavar="PART", dest="part")
    for name, module in modules.items():
        _add_part(shown, name, module)
    return parser


def parts() -> dict[str, ModuleType]:
    """Return the parts by name, those that run by default first."""
    return {
        name: import_module(f"tests.benchmarks.{_IN_FOLDERS.get(name, name)}")
        for name in (*_DEFAULT, *_OTHERS)
    }


def main(argv: Sequence[str]) -> None:
    """Measure what the command line names."""
    modules = parts()
    parser = command_line(modules)
    options = parser.parse_args(argv)
    # Servers and databases that were started end with the blocks that hold them.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    if options.part:
        modules[options.part].main(options)
        return
    for name in _DEFAULT:
        modules[name].main(parser.parse_args([name]))


def _add_part(
    shown: argparse._SubParsersAction[argparse.ArgumentParser], name: str, module: ModuleType
) -> None:
    description = (module.__doc__ or "").strip()
    part = shown.add_parser(
        name,
        help=description.splitlines()[0],
        description=description,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    module.add_options(part)


if __name__ == "__main__":
    main(sys.argv[1:])
