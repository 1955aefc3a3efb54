"""The command line: `python -m enrollment_portal <command>`."""

from __future__ import annotations

import argparse
import getpass
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from enrollment_portal.demo.company import build_company
from enrollment_portal.domain.access import messages
from enrollment_portal.domain.shared.errors import Invalid, PortalError
from enrollment_portal.services.history.history import write_all_checkpoints
from enrollment_portal.services.history.history_check import verify_history
from enrollment_portal.services.imports.importing import import_oulad
from enrollment_portal.services.shared.organization import (
    OrganizationFacts,
    change_organization,
    organization_of,
)
from enrollment_portal.settings import settings
from enrollment_portal.storage.migrate import migrate
from enrollment_portal.storage.shared.database import Database


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Args:
        arguments: what follows the program's name; those of the process by default.

    Returns:
        0 when it is done, 1 when it was refused with a message on standard error.

    Raises:
        SystemExit: with code 2, where the arguments make no command.
    """
    options = _parser().parse_args(arguments)
    database = Database(settings().database_url)
    try:
        migrate(database)
        options.run(database, options)
    except Invalid as refusal:
        sentences = (f"{_option(name)}: {message}" for name, message in refusal.errors.items())
        print(refusal.message, *sentences, sep="\n", file=sys.stderr)
        return 1
    except PortalError as refusal:
        print(refusal.message, file=sys.stderr)
        return 1
    finally:
        database.close()
    return 0


_Commands = Any
"""The type of the result of `add_subparsers`, which argparse keeps private."""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m enrollment_portal",
        description="Commands of the enrollment portal. They work on the database that"
        " DATABASE_URL names (a SQLite file next to the program by default) and bring it to the"
        " current schema first.",
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for add in (
        _add_migrate,
        _add_demo,
        _add_import,
        _add_verify_history,
        _add_create_admin,
        _add_reset_password,
        _add_set_organization,
    ):
        add(commands)
    return parser


def _add_migrate(commands: _Commands) -> None:
    command = commands.add_parser(
        "migrate",
        help="bring the database to the current schema",
        description="Bring the database to the current schema. Doing so again changes nothing.",
    )
    command.set_defaults(run=_migrate)


def _add_demo(commands: _Commands) -> None:
    command = commands.add_parser(
        "demo",
        help="fill an empty database with a demo company",
        description="Fill an empty database with a believable company: learners, courses and two"
        " years of enrollments. Its accounts may be entered without a password.",
    )
    command.add_argument(
        "--enrollments",
        type=_enrollments,
        required=True,
        metavar="N",
        help="how many enrollments, 1 to 20000000; a tenth as many learners",
    )
    command.add_argument(
        "--seed", type=int, default=1, metavar="S", help="chooses among companies (default: 1)"
    )
    command.set_defaults(run=_demo)


def _add_import(commands: _Commands) -> None:
    command = commands.add_parser(
        "import",
        help="import enrollments from another system",
        description="Import enrollments from another system. Rows that are there already stay as"
        " they are, and each row that cannot be imported is listed with its reason.",
    )
    sources = command.add_subparsers(title="sources", metavar="SOURCE", required=True)
    source = sources.add_parser(
        "oulad",
        help="the Open University Learning Analytics Dataset",
        description="Import the registrations of the Open University Learning Analytics Dataset.",
    )
    source.add_argument(
        "directory",
        type=Path,
        metavar="DIR",
        help="the folder with courses.csv, studentInfo.csv and studentRegistration.csv",
    )
    source.set_defaults(run=_import_oulad)


def _add_verify_history(commands: _Commands) -> None:
    command = commands.add_parser(
        "verify-history",
        help="check that nobody altered, removed or added to history",
        description="Read the whole history of enrollments and check that it is as it was written:"
        " no row altered, removed, added or reordered. Prints the newest checkpoint, to be kept"
        " elsewhere. Where something is wrong, says what comes first, and exits with 1.",
    )
    command.add_argument(
        "--head",
        metavar="CHECKPOINT",
        help="that an earlier run printed: checks that nothing before it was rewritten",
    )
    command.set_defaults(run=_verify_history)


def _add_create_admin(commands: _Commands) -> None:
    command = commands.add_parser(
        "create-admin",
        help="create the first Super Admin",
        description="Create the first Super Admin, and the organization where there is none yet."
        " Asks for the password twice; where the input is not a terminal, its first line is the"
        " password.",
    )
    command.add_argument("email", metavar="EMAIL", help="the address to sign in with")
    command.add_argument("--name", default="", help="the person's name")
    command.add_argument(
        "--organization",
        metavar="NAME",
        help="the organization's name; needed where there is none yet, else it is renamed",
    )
    command.add_argument(
        "--time-zone",
        metavar="ZONE",
        help="the organization's time zone, for example Europe/Stockholm (default: the one that"
        " is stored, or UTC)",
    )
    command.set_defaults(run=_create_admin)


def _add_reset_password(commands: _Commands) -> None:
    command = commands.add_parser(
        "reset-password",
        help="print a link by which somebody chooses a new password",
        description="Print a link by which somebody who cannot sign in any more chooses a new"
        " password: it works once, for an hour, and ends their sessions. Nobody else learns the"
        " password. The access log records it.",
    )
    command.add_argument("email", metavar="EMAIL", help="the address that they sign in with")
    command.set_defaults(run=_reset_password)


def _add_set_organization(commands: _Commands) -> None:
    command = commands.add_parser(
        "set-organization",
        help="change the organization's name or time zone",
        description="Change the organization's name, its time zone, or both. A portal that runs"
        " follows within seconds; the access log records it.",
    )
    command.add_argument("--name", metavar="NAME", help="the new name")
    command.add_argument(
        "--time-zone", metavar="ZONE", help="the new time zone, for example Europe/Stockholm"
    )
    command.set_defaults(run=_set_organization)


def _option(field: str) -> str:
    """Return the command-line option of a field, to name it in an error message."""
    plain = {"email": "EMAIL", "password": "Password"}
    return plain.get(field, f"--{field.replace('_', '-')}")


def _enrollments(typed: str) -> int:
    if not typed.isascii() or not typed.isdecimal() or not 1 <= int(typed) <= 20_000_000:
        raise argparse.ArgumentTypeError("must be a whole number from 1 to 20000000")
    return int(typed)


def _migrate(_database: Database, _options: argparse.Namespace) -> None:
    print("The database has the current schema.")


def _demo(database: Database, options: argparse.Namespace) -> None:
    began = time.monotonic()
    build_company(database, enrollments=options.enrollments, seed=options.seed)
    write_all_checkpoints(database)
    seconds = time.monotonic() - began
    print(messages.demo_made(options.enrollments, f"{seconds:.1f}"))


def _import_oulad(database: Database, options: argparse.Namespace) -> None:
    print(import_oulad(database, options.directory))
    write_all_checkpoints(database)


def _verify_history(database: Database, options: argparse.Namespace) -> None:
    if options.head == "":
        raise PortalError("--head: Give the checkpoint that an earlier run printed.")
    print(verify_history(database, options.head or ""))


def _create_admin(database: Database, options: argparse.Namespace) -> None:
    from enrollment_portal.services.access.sign_in import create_first_admin

    email = create_first_admin(
        database,
        email=options.email,
        name=options.name,
        password=_read_password(),
        organization=options.organization,
        time_zone=options.time_zone,
    )
    print(messages.can_sign_in(email))
    _print_organization(organization_of(database))


def _reset_password(database: Database, options: argparse.Namespace) -> None:
    from enrollment_portal.services.access.password_resets import reset_from_command_line

    sent = reset_from_command_line(database, options.email)
    print(messages.chooses_password(sent.name))
    print(sent.link)


def _set_organization(database: Database, options: argparse.Namespace) -> None:
    _print_organization(
        change_organization(database, name=options.name, time_zone=options.time_zone)
    )


def _print_organization(facts: OrganizationFacts) -> None:
    print(messages.organization_is(facts.name, facts.time_zone))


def _read_password() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    password = getpass.getpass("Password: ")
    if getpass.getpass("The same again: ") != password:
        raise PortalError("The two passwords differ. Try again.")
    return password


if __name__ == "__main__":
    sys.exit(main())
