"""The command-line options that benchmarks have in common."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

from enrollment_portal.storage.shared.database import Database
from tests.benchmarks.measuring.company import company_to_write

ENGINES = ("sqlite", "postgresql")


def add_company_options(parser: argparse.ArgumentParser) -> None:
    """Add `--engine` and `--rows`, which `companies` reads."""
    add_engine_option(parser)
    add_rows_option(parser, 1_000_000)


def add_engine_option(parser: argparse.ArgumentParser) -> None:
    """Add `--engine`."""
    parser.add_argument("--engine", choices=ENGINES, help="default: both")


def add_rows_option(
    parser: argparse.ArgumentParser,
    default: int,
    *more: int,
    of: str = "enrollments of the company",
) -> None:
    """Add `--rows`: how many rows there are; with several defaults, a list of sizes."""
    shown = " and ".join(f"{size:,}" for size in (default, *more))
    parser.add_argument(
        "--rows",
        type=_at_least_one,
        nargs="+" if more else None,
        default=[default, *more] if more else default,
        help=f"{of}; default: {shown}",
    )


def add_runs_option(parser: argparse.ArgumentParser, default: int, of: str) -> None:
    """Add `--runs`: how often each action is measured."""
    parser.add_argument(
        "--runs", type=_at_least_one, default=default, help=f"{of}; default: {default}"
    )


def engines(options: argparse.Namespace) -> tuple[str, ...]:
    """Return the engines to measure on."""
    return (options.engine,) if options.engine else ENGINES


def companies(
    options: argparse.Namespace,
    opened: Callable[[str, int], AbstractContextManager[Database]] = company_to_write,
) -> Iterator[tuple[str, Database]]:
    """Yield each engine to measure on with the demo company, by default a copy to write to."""
    for engine in engines(options):
        with opened(engine, options.rows) as database:
            yield engine, database


def _at_least_one(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return number
