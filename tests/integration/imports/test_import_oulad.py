"""Test importing the Open University dataset: imported and refused rows, and a second run."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text
from sqlmodel import SQLModel

from enrollment_portal.demo.company import build_company
from enrollment_portal.domain.enrollment.messages import NO_LESSONS_NOT_PASSED
from enrollment_portal.domain.grading.teaching import GradingFilter
from enrollment_portal.domain.imports.messages import ALREADY_ACTIVE
from enrollment_portal.domain.learning.messages import NOT_PASSED
from enrollment_portal.domain.people.people import Actor, Role
from enrollment_portal.domain.shared.calendar import day_of, now_ms
from enrollment_portal.domain.shared.errors import PortalError
from enrollment_portal.services.enrollment.enrollments import read_enrollment, save_enrollment
from enrollment_portal.services.grading.teaching import read_grid
from enrollment_portal.services.history.history_check import verify_history
from enrollment_portal.services.imports.importing import ImportReport, import_oulad
from enrollment_portal.services.imports.oulad import read_dataset
from enrollment_portal.services.learning.learning import read_dashboard
from enrollment_portal.settings import PROJECT_ROOT
from enrollment_portal.state.enrollment.views.progress import lessons_view
from enrollment_portal.state.learning.learning_views import DashboardView, dashboard_view
from enrollment_portal.storage.shared.database import Database
from tests.builders import NOW, make_enrollment, make_path
from tests.integration.actors import DANA
from tests.integration.imports.datasets import make_dataset
from tests.integration.stored import rows

UTC_ZONE = ZoneInfo("UTC")
REAL = Path(os.environ.get("OULAD_DIR") or PROJECT_ROOT.parent / "shared" / "data" / "oulad")


def dump(database: Database) -> dict[str, list[tuple[object, ...]]]:
    with database.read() as session:
        return {
            table.name: sorted(map(tuple, session.execute(table.select())), key=repr)
            for table in SQLModel.metadata.sorted_tables
        }


def ms(year: int, month: int, day: int) -> int:
    return int(datetime(year, month, day, tzinfo=UTC).timestamp()) * 1000


def enrollments(database: Database) -> list[tuple[object, ...]]:
    with database.read() as session:
        found = session.execute(
            text(
                "SELECT l.name, c.title, e.status, e.tracked_status, e.progress, e.lessons_done,"
                " e.enrolled_at, e.completed_at, e.cancelled_at, e.grade, e.version, e.origin"
                " FROM enrollment e JOIN learner l ON l.id = e.learner_id"
                " JOIN course c ON c.id = e.course_id ORDER BY l.name, c.title"
            )
        )
        return [tuple(row) for row in found]


class TestImportedRows:
    def test_each_result_becomes_a_status_with_real_dates(
        self, database: Database, tmp_path: Path
    ) -> None:
        make_dataset(
            tmp_path,
            students="AAA,2013J,11,F,Pass\nBBB,2013B,11,F,Distinction\nAAA,2013J,12,M,Fail\n"
            "AAA,2013J,13,M,Withdrawn\n",
            registrations="AAA,2013J,11,-159,\nBBB,2013B,11,0,\nAAA,2013J,12,3,\n"
            "AAA,2013J,13,-10,-10\n",
        )
        report = import_oulad(database, tmp_path)
        assert (report.imported, report.already_there, report.refused) == (4, 0, ())
        ends_aaa, ends_bbb = ms(2014, 6, 26), ms(2013, 9, 29)
        began = ms(2013, 4, 25)
        imported = (1, "import")
        assert enrollments(database) == [
            ("11", "AAA 2013J", 1, 1, 100, 0, began, ends_aaa, None, "Pass", *imported),
            (
                *("11", "BBB 2013B", 1, 1, 100, 0, ms(2013, 2, 1)),
                *(ends_bbb, None, "Distinction", *imported),
            ),
            ("12", "AAA 2013J", 0, 0, 0, 0, ms(2013, 10, 4), None, None, "Fail", *imported),
            (
                *("13", "AAA 2013J", 2, 2, 0, 0, ms(2013, 9, 21)),
                *(None, ms(2013, 9, 21), None, *imported),
            ),
        ]

    def test_a_failed_result_shows_not_passed_until_a_passing_grade_completes_it(
        self, database: Database, tmp_path: Path
    ) -> None:
        make_dataset(tmp_path, students="AAA,2013J,11,F,Fail\n", registrations="AAA,2013J,11,3,\n")
        import_oulad(database, tmp_path)
        ((id_, learner, course),) = rows(
            database, "SELECT id, learner_id, course_id FROM enrollment"
        )
        ada = Actor(1, "11", "", Role.LEARNER, learner_id=learner)

        def dashboard() -> DashboardView:
            today = day_of(now_ms(), UTC_ZONE)
            return dashboard_view(read_dashboard(database, ada), UTC_ZONE, UTC_ZONE, today)

        (own,) = dashboard().active
        assert (own.waits, own.grade) == (NOT_PASSED, "Fail")
        details = read_enrollment(database, DANA, id_)
        assert lessons_view(details, UTC_ZONE, now_ms(), shows_all=False).stop == (
            NO_LESSONS_NOT_PASSED
        )
        counts = read_grid(database, DANA, course).counts
        assert [tab for tab, n in counts.items() if n] == [GradingFilter.ALL]
        save_enrollment(database, DANA, id_, version=1, typed={"grade": "Pass"})
        assert [own.status for own in dashboard().completed] == ["completed"]
        verify_history(database)

    def test_a_failed_result_of_an_active_learner_is_refused(
        self, database: Database, tmp_path: Path
    ) -> None:
        make_dataset(tmp_path, students="AAA,2013J,11,F,Pass\n", registrations="AAA,2013J,11,-9,\n")
        import_oulad(database, tmp_path)
        ((learner,),) = rows(database, "SELECT id FROM learner")
        ((other,),) = rows(database, "SELECT id FROM course WHERE title = 'BBB 2013B'")
        make_enrollment(database, learner, other)
        make_dataset(
            tmp_path,
            students="AAA,2013J,11,F,Pass\nBBB,2013B,11,F,Fail\n",
            registrations="AAA,2013J,11,-9,\nBBB,2013B,11,-9,\n",
        )
        before = dump(database)
        report = import_oulad(database, tmp_path)
        assert (report.imported, report.already_there, report.total) == (0, 1, 2)
        assert [(r.line, r.reason) for r in report.refused] == [(3, ALREADY_ACTIVE)]
        assert dump(database) == before

    def test_learners_have_no_invented_names_and_courses_no_invented_lessons(
        self, database: Database, tmp_path: Path
    ) -> None:
        make_dataset(
            tmp_path, students="AAA,2013J,11391,F,Pass\n", registrations="AAA,2013J,11391,-9,\n"
        )
        import_oulad(database, tmp_path)
        content = dump(database)
        learner = "11391", None, "", "oulad:11391", "11391", None, None, "  11391", 0
        assert [row[1:10] for row in content["learner"]] == [learner]
        assert {row[4] for row in content["course"]} == {"oulad:AAA:2013J", "oulad:BBB:2013B"}
        assert content["lesson"] == []
        assert content["organization"][0][:4] == (1, "Imported organization", "UTC", 0)

    def test_each_enrollment_has_its_creation_in_history(
        self, database: Database, tmp_path: Path
    ) -> None:
        make_dataset(
            tmp_path,
            students="AAA,2013J,11,F,Pass\nAAA,2013J,12,F,Withdrawn\n",
            registrations="AAA,2013J,11,-9,\nAAA,2013J,12,-9,5\n",
        )
        import_oulad(database, tmp_path)
        with database.read() as session:
            events = session.execute(
                text(
                    "SELECT l.name, v.version, v.source, v.kind, v.changes, v.reason"
                    " FROM enrollment_event v JOIN enrollment e ON e.id = v.enrollment_id"
                    " JOIN learner l ON l.id = e.learner_id ORDER BY l.name"
                )
            ).all()
        told = "Open University dataset: registered on day -9 of the presentation,"
        assert [tuple(event) for event in events] == [
            ("11", 1, "import", "began", "{}", f"{told} result Pass."),
            ("12", 1, "import", "began", "{}", f"{told} withdrawn on day 5."),
        ]

    def test_a_question_mark_is_a_missing_value(self, tmp_path: Path) -> None:
        folder = make_dataset(
            tmp_path,
            students="AAA,2013J,11,F,Pass\nAAA,2013J,12,F,?\n",
            registrations="AAA,2013J,11,-5,?\nAAA,2013J,12,?,?\n",
        )
        with_marks = read_dataset(folder)
        missing = make_dataset(
            tmp_path,
            students="AAA,2013J,11,F,Pass\nAAA,2013J,12,F,\n",
            registrations="AAA,2013J,11,-5,\nAAA,2013J,12,,\n",
        )
        assert with_marks == read_dataset(missing)
        assert len(with_marks.registrations) == 1

    def test_the_import_may_be_added_to_the_demo_company(
        self, database: Database, tmp_path: Path
    ) -> None:
        build_company(database, enrollments=30, now=NOW)
        make_dataset(tmp_path, students="AAA,2013J,11,F,Pass\n", registrations="AAA,2013J,11,-9,\n")
        assert import_oulad(database, tmp_path).imported == 1
        stays = (1, "Northwind Academy", "Europe/Stockholm", 1)
        assert dump(database)["organization"][0][:4] == stays


REFUSALS = [
    ("AAA,2013J,11,F,Pass", "AAA,2013J,11,,", "no registration date"),
    ("AAA,2013J,11,F,Withdrawn", "AAA,2013J,11,-9,", "without a date"),
    ("AAA,2013J,11,F,Pass", "AAA,2013J,11,-9,40", "with the result Pass"),
    ("AAA,2013J,11,F,Withdrawn", "AAA,2013J,11,5,4", "before it was registered"),
    ("AAA,2013J,11,F,Pass", "AAA,2013J,11,269,", "after the presentation had ended"),
    ("AAA,2013J,11,F,Brilliant", "AAA,2013J,11,-9,", "final result is not"),
    ("AAA,2013J,11,F,", "AAA,2013J,11,-9,", "final result is not"),
    ("AAA,2013J,1x,F,Pass", "AAA,2013J,1x,-9,", "id is not a number"),
    ("AAA,2013J,11,F,Pass", "AAA,2013J,11,soon,", "date_registration is not a whole number"),
    ("AAA,2013J,11,F,Pass", "AAA,2013J,11,1.5,", "date_registration is not a whole number"),
    ("AAA,2013J,11,F,Withdrawn", "AAA,2013J,11,1,99999", "date_unregistration is not a whole"),
    ("ZZZ,2013J,11,F,Pass", "ZZZ,2013J,11,-9,", "course is not in courses.csv"),
    ("CCC,2013J,11,F,Pass", "CCC,2013J,11,-9,", "no readable row for the course"),
    ("DDD,2013X,11,F,Pass", "DDD,2013X,11,-9,", "no readable row for the course"),
    ("EEE,2013J,11,F,Pass", "EEE,2013J,11,-9,", "no readable row for the course"),
    ("AAA,2013J,99,F,Pass", "AAA,2013J,11,-9,", "no row in studentInfo.csv"),
    ("AAA,2013J,11,F,Pass\nAAA,2013J,11,F,Fail", "AAA,2013J,11,-9,", "more than one row in"),
    ("AAA,2013J,11,F,Pass", "AAA,2013J,11,-9", "more or fewer fields"),
    ("AAA,2013J,11,F,Pass", "AAA,2013J,11,-9,,7", "more or fewer fields"),
    ("AAA,2013J,11,F,Pass,Fail", "AAA,2013J,11,-9,", "more or fewer fields"),
]


class TestRefusedRows:
    @pytest.mark.parametrize(("students", "registration", "reason"), REFUSALS)
    def test_a_row_is_refused_with_its_reason_and_the_others_are_imported(
        self, database: Database, tmp_path: Path, students: str, registration: str, reason: str
    ) -> None:
        make_dataset(
            tmp_path,
            courses="CCC,2013J,long\nDDD,2013X,240\nEEE,2013J,240\nEEE,2013J,241\n",
            students=f"BBB,2013B,77,F,Pass\n{students}\n",
            registrations=f"BBB,2013B,77,-1,\n{registration}\n",
        )
        report = import_oulad(database, tmp_path)
        refusal = report.refused[0]
        assert refusal.file == "studentRegistration.csv"
        assert refusal.line == 3
        assert refusal.key == tuple(registration.split(",")[:3])
        assert reason in refusal.reason
        assert [row[0] for row in enrollments(database)] == ["77"]

    def test_a_repeated_registration_is_refused(self, database: Database, tmp_path: Path) -> None:
        make_dataset(
            tmp_path,
            students="AAA,2013J,11,F,Pass\n",
            registrations="AAA,2013J,11,-9,\nAAA,2013J,11,-8,\n",
        )
        report = import_oulad(database, tmp_path)
        assert report.imported == 1
        assert [(r.line, r.reason) for r in report.refused] == [
            (3, "An earlier line registers the same student in the same course.")
        ]

    def test_a_result_without_a_registration_is_refused(
        self, database: Database, tmp_path: Path
    ) -> None:
        make_dataset(
            tmp_path,
            students="AAA,2013J,11,F,Pass\nAAA,2013J,12,F,Pass\n",
            registrations="AAA,2013J,11,-9,\n",
        )
        report = import_oulad(database, tmp_path)
        assert report.total == 2
        assert [str(refusal) for refusal in report.refused] == [
            "studentInfo.csv line 3: AAA 2013J 12: It has no row in studentRegistration.csv."
        ]


class TestUnusableFiles:
    @pytest.mark.parametrize("name", ["courses.csv", "studentInfo.csv", "studentRegistration.csv"])
    @pytest.mark.parametrize(
        ("content", "message"),
        [
            (None, "There is no {name}"),
            (b"", "has no column code_module"),
            (b"code_module,presentation\nAAA,2013J\n", "has no column code_presentation"),
            (b"\xff\xfe\x00", "cannot be read"),
        ],
    )
    def test_they_are_named_and_nothing_changes(
        self,
        database: Database,
        tmp_path: Path,
        name: str,
        content: bytes | None,
        message: str,
    ) -> None:
        make_dataset(tmp_path, students="AAA,2013J,11,F,Pass\n", registrations="AAA,2013J,11,-9,\n")
        if content is None:
            (tmp_path / name).unlink()
        else:
            (tmp_path / name).write_bytes(content)
        before = dump(database)
        with pytest.raises(PortalError) as refusal:
            import_oulad(database, tmp_path)
        assert message.format(name=name) in refusal.value.message
        assert name in refusal.value.message
        assert dump(database) == before


class TestSecondRun:
    def test_changes_nothing_and_keeps_changes_by_people(
        self, database: Database, tmp_path: Path
    ) -> None:
        make_dataset(
            tmp_path,
            students="AAA,2013J,11,F,Pass\nAAA,2013J,12,F,Fail\n",
            registrations="AAA,2013J,11,-9,\nAAA,2013J,12,-9,\n",
        )
        import_oulad(database, tmp_path)
        with database.write() as session:
            session.execute(
                text("UPDATE enrollment SET grade = 'B', version = 2 WHERE grade = 'Fail'")
            )
        before = dump(database)
        report = import_oulad(database, tmp_path)
        assert (report.imported, report.already_there) == (0, 2)
        assert dump(database) == before

    def test_a_larger_file_adds_only_new_rows(self, database: Database, tmp_path: Path) -> None:
        make_dataset(tmp_path, students="AAA,2013J,11,F,Pass\n", registrations="AAA,2013J,11,-9,\n")
        import_oulad(database, tmp_path)
        make_dataset(
            tmp_path,
            students="AAA,2013J,11,F,Pass\nBBB,2013B,11,F,Fail\n",
            registrations="AAA,2013J,11,-9,\nBBB,2013B,11,-9,\n",
        )
        report = import_oulad(database, tmp_path)
        assert (report.imported, report.already_there) == (1, 1)
        content = dump(database)
        assert [len(content[t]) for t in ("learner", "enrollment", "enrollment_event")] == [1, 2, 2]

    @pytest.mark.parametrize(("result", "of_path"), [("Distinction", (1, 100)), ("Fail", (0, 50))])
    def test_a_started_path_counts_imported_courses(
        self, database: Database, tmp_path: Path, result: str, of_path: tuple[int, int]
    ) -> None:
        make_dataset(tmp_path, students="AAA,2013J,11,F,Pass\n", registrations="AAA,2013J,11,-9,\n")
        import_oulad(database, tmp_path)
        both = [course for (course,) in rows(database, "SELECT id FROM course")]
        path = make_path(database, "Both", tuple(both))
        ((learner,),) = rows(database, "SELECT id FROM learner")
        enrolled = make_enrollment(database, learner, path, progress=50)
        make_dataset(
            tmp_path,
            students=f"AAA,2013J,11,F,Pass\nBBB,2013B,11,F,{result}\n",
            registrations="AAA,2013J,11,-9,\nBBB,2013B,11,-9,\n",
        )
        import_oulad(database, tmp_path)
        own = f"SELECT status, progress FROM enrollment WHERE id = {enrolled}"
        assert rows(database, own) == [of_path]


@pytest.mark.skipif(not REAL.is_dir(), reason=f"The dataset is not here: {REAL} does not exist.")
class TestTheRealDataset:
    def test_every_registration_is_imported_or_refused(self, database: Database) -> None:
        first = import_oulad(database, REAL)
        before = dump(database)
        second = import_oulad(database, REAL)
        assert first.total == second.total == 13_529
        assert (first.imported, second.imported) == (13_499, 0)
        assert second.already_there == first.imported
        assert first.refused == second.refused
        assert _reasons(first) == {"no date": 18, "unregistered, yet graded": 9, "no end": 3}
        assert dump(database) == before
        assert len(before["enrollment"]) == len(before["enrollment_event"]) == 13_499
        with database.read() as session:
            grades = session.execute(
                text("SELECT coalesce(grade, ''), count(*) FROM enrollment GROUP BY 1")
            ).all()
            n = session.execute(text("SELECT sum(n) FROM tally_course")).scalar_one()
        assert {row[0]: row[1] for row in grades} == {
            "": 3_700,
            "Distinction": 1_076,
            "Fail": 3_229,
            "Pass": 5_494,
        }
        assert n == 13_499
        of_grade = "SELECT DISTINCT status, coalesce(grade, '') FROM enrollment ORDER BY 1, 2"
        assert rows(database, of_grade) == [(0, "Fail"), (1, "Distinction"), (1, "Pass"), (2, "")]


def _reasons(report: ImportReport) -> dict[str, int]:
    words = {
        "no date": "no registration date",
        "unregistered, yet graded": "yet with",
        "no end": "without",
    }
    return {
        name: sum(word in refusal.reason for refusal in report.refused)
        for name, word in words.items()
    }
