"""Test the command line: output and exit codes."""

from __future__ import annotations

import io
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from enrollment_portal.__main__ import main
from enrollment_portal.settings import PROJECT_ROOT, settings


class Done(NamedTuple):
    """What a command answered: its exit code and output."""

    returncode: int
    stdout: str
    stderr: str


Portal = Callable[..., Done]


@pytest.fixture
def portal(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    migrated_sqlite_file: Path,
) -> Iterator[Portal]:
    """A function that runs a command on a SQLite file, which it makes if there is none.

    It runs in this process, as starting another takes longer than most commands.
    """

    def run(database: Path, *arguments: str, typed: str = "") -> Done:
        if not database.exists():
            shutil.copy(migrated_sqlite_file, database)
        monkeypatch.setenv("DATABASE_URL", f"sqlite:///{database}")
        monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        settings.cache_clear()
        code = main(arguments)
        output = capsys.readouterr()
        return Done(code, output.out, output.err)

    yield run
    monkeypatch.undo()
    settings.cache_clear()


def ask(database: Path, question: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(database)
    try:
        return connection.execute(question).fetchall()
    finally:
        connection.close()


def test_demo_fills_an_empty_database_once(portal: Portal, tmp_path: Path) -> None:
    database = tmp_path / "portal.db"
    done = portal(database, "demo", "--enrollments", "25", "--seed", "3")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Northwind Academy with 25 enrollments, made in ")
    # Its enrollments in learning paths come on top of those in courses.
    of_kind = "SELECT count(*) FROM enrollment e JOIN course c ON c.id = e.course_id WHERE c.kind"
    assert ask(database, f"{of_kind} = 'course'") == [(25,)]
    assert ask(database, f"{of_kind} = 'path'") == [(1,)]
    again = portal(database, "demo", "--enrollments", "25")
    assert again.returncode == 1
    assert again.stdout == ""
    assert again.stderr.startswith("This database already holds people or courses")


def test_import_prints_totals_and_each_refused_row(portal: Portal, tmp_path: Path) -> None:
    (tmp_path / "courses.csv").write_text(
        "code_module,code_presentation,module_presentation_length\nAAA,2013J,268\n"
    )
    (tmp_path / "studentInfo.csv").write_text(
        "code_module,code_presentation,id_student,final_result\nAAA,2013J,11,Pass\n"
        "AAA,2013J,12,Withdrawn\n"
    )
    (tmp_path / "studentRegistration.csv").write_text(
        "code_module,code_presentation,id_student,date_registration,date_unregistration\n"
        "AAA,2013J,11,-9,\nAAA,2013J,12,-9,\n"
    )
    done = portal(tmp_path / "portal.db", "import", "oulad", str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "2 registrations read.",
        "1 imported, 0 already there, 1 refused.",
        "  1 refused: Withdrawn, but without a date.",
        "studentRegistration.csv line 3: AAA 2013J 12: Withdrawn, but without a date.",
        "The organization is called Imported organization, in the time zone UTC."
        " Change both with set-organization.",
    ]
    # All output of creating the first admin is kept.
    own = ("--name", "Ada", "--organization", "Analytical Engines", "--time-zone", "Europe/London")
    made = portal(
        tmp_path / "portal.db", "create-admin", "a@b.example", *own, typed="a long passphrase\n"
    )
    assert made.returncode == 0, made.stderr
    assert made.stdout.splitlines()[-1] == (
        "The organization is Analytical Engines, in the time zone Europe/London."
    )
    organization = "SELECT name, time_zone FROM organization"
    assert ask(tmp_path / "portal.db", organization) == [("Analytical Engines", "Europe/London")]
    again = portal(tmp_path / "portal.db", "set-organization", "--name", "Engines")
    assert again.stdout == "The organization is Engines, in the time zone Europe/London.\n"
    assert ask(tmp_path / "portal.db", "SELECT action FROM admin_event ORDER BY id") == [
        ("organization_changed",),
        ("admin_added",),
        ("organization_changed",),
    ]


def test_import_names_missing_files(portal: Portal, tmp_path: Path) -> None:
    done = portal(tmp_path / "portal.db", "import", "oulad", str(tmp_path / "nowhere"))
    assert done.returncode == 1
    assert done.stderr.startswith(f"There is no courses.csv in {tmp_path / 'nowhere'}.")


def test_create_admin_reads_the_password_from_its_input(portal: Portal, tmp_path: Path) -> None:
    database = tmp_path / "portal.db"
    arguments = "create-admin", "\u200bAda@Example.com\u200b", "--name", "Ada Lovelace"
    own = "--organization", "Analytical Engines", "--time-zone", "Europe/London"
    done = portal(database, *arguments, *own, typed="a long enough passphrase\n")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[0] == "ada@example.com can sign in now."
    assert ask(database, "SELECT email, name, role FROM account") == [
        ("ada@example.com", "Ada Lovelace", "super_admin")
    ]
    assert ask(database, "SELECT name, time_zone, is_demo FROM organization") == [
        ("Analytical Engines", "Europe/London", 0)
    ]
    again = portal(database, *arguments, *own, typed="a long enough passphrase\n")
    assert again.returncode == 1


def test_reset_password_prints_a_link_for_a_locked_out_person(
    portal: Portal, tmp_path: Path
) -> None:
    database = tmp_path / "portal.db"
    own = ("--name", "Ada", "--organization", "Engines")
    portal(database, "create-admin", "ada@example.com", *own, typed="a long enough passphrase\n")
    done = portal(database, "reset-password", "ADA@example.com")
    assert done.returncode == 0, done.stderr
    first, link = done.stdout.splitlines()
    assert first == "Ada chooses a new password here, once, within an hour:"
    assert "/welcome#token=" in link
    assert ask(database, "SELECT count(*) FROM invitation") == [(1,)]
    unknown = portal(database, "reset-password", "nobody@example.com")
    assert (unknown.returncode, unknown.stdout) == (1, "")
    assert "No account has the email" in unknown.stderr


def test_create_admin_names_every_invalid_field(portal: Portal, tmp_path: Path) -> None:
    database = tmp_path / "portal.db"
    done = portal(database, "create-admin", "nobody", typed="\n")
    assert done.returncode == 1
    assert [line.partition(":")[0] for line in done.stderr.splitlines()[1:]] == [
        "EMAIL",
        "--name",
        "Password",
    ]
    assert ask(database, "SELECT count(*) FROM account") == [(0,)]


def test_migrate_makes_a_database_and_may_run_again(tmp_path: Path) -> None:
    """As a process of its own, as are refusals."""
    database = tmp_path / "portal.db"

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "enrollment_portal", *arguments],
            cwd=PROJECT_ROOT,
            env={**os.environ, "DATABASE_URL": f"sqlite:///{database}"},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    for _ in range(2):
        done = run("migrate")
        assert (done.returncode, done.stderr) == (0, "")
    assert ask(database, "SELECT count(*) FROM enrollment") == [(0,)]
    refused = run("reset-password", "nobody@example.com")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "Traceback" not in refused.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("dance",),
        ("demo",),
        ("demo", "--enrollments", "0"),
        ("demo", "--enrollments", "20000001"),
        ("demo", "--enrollments", "-5"),
        ("demo", "--enrollments", "many"),
        ("import",),
        ("import", "oulad"),
        ("create-admin",),
        ("reset-password",),
        ("set-organization", "Acme"),
    ],
)
def test_wrong_arguments_end_with_usage_and_code_2(
    arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        main(arguments)
    assert end.value.code == 2
    assert "usage: python -m enrollment_portal" in capsys.readouterr().err


def test_verify_history_reports_validity_or_the_first_altered_row(
    portal: Portal, tmp_path: Path
) -> None:
    database = tmp_path / "portal.db"
    empty = portal(database, "verify-history")
    assert (empty.returncode, empty.stdout) == (
        0,
        "History is intact: 0 changes of 0 enrollments. It has no checkpoint yet.\n",
    )
    assert portal(database, "demo", "--enrollments", "25").returncode == 0
    whole = portal(database, "verify-history")
    assert whole.returncode == 0, whole.stderr
    [(changes, enrollments)] = ask(
        database, "SELECT count(*), count(DISTINCT enrollment_id) FROM enrollment_event"
    )
    assert whole.stdout.startswith(
        f"History is intact: {changes} changes of {enrollments} enrollments. Its newest checkpoint"
        f" covers those up to change {changes}, of "
    )
    head = whole.stdout.split()[-1]
    assert portal(database, "verify-history", "--head", head).stdout == whole.stdout
    for wrong, told in (
        ("", "Give the checkpoint"),
        ("1", "64 hexadecimal digits"),
        (f"2:{head[2:]}", "kept elsewhere"),
    ):
        refused = portal(database, "verify-history", "--head", wrong)
        assert refused.returncode == 1
        assert told in refused.stderr
    connection = sqlite3.connect(database)
    connection.execute("DROP TRIGGER enrollment_event_refuses_update")
    connection.execute("UPDATE enrollment_event SET actor_name = 'Eve' WHERE seq = 7")
    connection.commit()
    connection.close()
    altered = portal(database, "verify-history")
    assert (altered.returncode, altered.stdout) == (1, "")
    assert altered.stderr.startswith("History is not intact.\nChange 7, version ")
