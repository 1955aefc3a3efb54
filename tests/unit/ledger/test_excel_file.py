"""Test Excel files of exports: texts, typed numbers and dates, sheets."""

from __future__ import annotations

import re
import zipfile
from datetime import datetime, timedelta
from io import BytesIO
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrollment_portal.domain.ledger.ledger_export import headings
from enrollment_portal.services.ledger import excel_file
from enrollment_portal.services.ledger.excel_file import ExcelFile, moment_number
from enrollment_portal.storage.ledger import LedgerRow
from enrollment_portal.storage.ledger.columns.facts import RowFacts
from enrollment_portal.storage.ledger.exported import ExportedRow
from tests.excel import rows_of, sheets_of

ZONE = ZoneInfo("Asia/Tokyo")
HEADINGS = headings(None, ZONE.key)
AT = 1_790_000_000_000
"""21 September 2026, 23:13:20 in Tokyo."""
START = datetime(1899, 12, 30)


def exported(id_: int = 1, **values: object) -> ExportedRow:
    """Return a row that differs from others in some values."""
    row = {
        "id": id_,
        "learner_id": 1,
        "name": "Ana",
        "email": None,
        "course_id": 1,
        "title": "Art",
        "status": 0,
        "progress": 40,
        "enrolled_at": AT,
        "deadline_day": 20_717,
        "version": 1,
        "requested_day": None,
        "override_seq": None,
    }
    facts = {"department": "", "grade": None, "completed_at": None, "last_visit_at": AT}
    facts |= {"origin": "self", "run": 1}
    return ExportedRow(
        LedgerRow(**{name: values.get(name, row[name]) for name in row}),  # type: ignore[arg-type]
        RowFacts(**{name: values.get(name, facts[name]) for name in facts}),  # type: ignore[arg-type]
    )


def written(*chunks: list[ExportedRow]) -> bytes:
    file = ExcelFile(HEADINGS, sum(map(len, chunks)), ZONE)
    return b"".join((file.begin(), *map(file.rows, chunks), file.end()))


def test_a_row_has_typed_cells() -> None:
    file = written([exported(7, grade="B", completed_at=AT + 86_400_000)])
    first, row = rows_of(file)
    assert first == list(HEADINGS)
    cells = dict(zip(HEADINGS, row, strict=True))
    assert cells == {
        "Learner": "Ana",
        "Email": None,
        "Department": None,
        "Course": "Art",
        "Status": "Active",
        "Progress (%)": 40,
        "Grade": "B",
        "Enrolled (Asia/Tokyo)": cells["Enrolled (Asia/Tokyo)"],
        "Completed (Asia/Tokyo)": cells["Completed (Asia/Tokyo)"],
        "Last Visit (Asia/Tokyo)": cells["Enrolled (Asia/Tokyo)"],
        "Deadline": 46_286,
        "Asks for": None,
        "Origin": "The learner started the course",
        "Run": 1,
        "Enrollment id": 7,
    }
    enrolled, completed = (cells[f"{name} (Asia/Tokyo)"] for name in ("Enrolled", "Completed"))
    assert isinstance(enrolled, float)
    assert round((START + timedelta(enrolled)).timestamp()) == round(
        datetime(2026, 9, 21, 23, 13, 20).timestamp()
    )
    assert completed == enrolled + 1
    assert START + timedelta(46_286) == datetime(2026, 9, 21)


def test_the_sheet_has_a_frozen_first_row_filters_widths_and_formats() -> None:
    with zipfile.ZipFile(BytesIO(written([exported(), exported(2)]))) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
        styles = parts.read("xl/styles.xml").decode()
    assert '<dimension ref="A1:O3"/>' in sheet
    assert '<autoFilter ref="A1:O3"' in sheet
    assert 'ySplit="1"' in sheet
    assert 'state="frozen"' in sheet
    widths = re.findall(r'<col min="(\d+)" max="(\d+)" width="', sheet)
    assert sum(int(last) - int(first) + 1 for first, last in widths) == len(HEADINGS)
    formats = re.findall(r'formatCode="([^"]+)"', styles)
    assert formats == ["yyyy-mm-dd hh:mm", "yyyy-mm-dd"]


@given(st.text(min_size=1, max_size=60))
def test_any_text_is_read_as_it_is(text: str) -> None:
    """But for what a text in XML cannot hold or keep: two noncharacters, line breaks of Windows."""
    shown = re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", "\ufffd", text)
    [_, row] = rows_of(written([exported(title=text)]))
    assert row[3] == re.sub("\r\n?", "\n", shown)


@given(
    st.integers(0, 2**41).map(lambda s: s // 1000 * 1000), st.sampled_from(["UTC", "Asia/Tokyo"])
)
def test_a_moment_is_exact_to_the_second(at: int, zone_name: str) -> None:
    tz = ZoneInfo(zone_name)
    number = moment_number(at, tz)
    assert number is not None
    local = datetime.fromtimestamp(at // 1000, tz).replace(tzinfo=None)
    assert abs(START + timedelta(number) - local) < timedelta(milliseconds=1)


def test_many_rows_fill_several_sheets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(excel_file, "SHEET_ROWS", 3)
    chunks = [[exported(id_) for id_ in range(at, at + 4)] for at in range(1, 33, 4)]
    sheets = sheets_of(written(*chunks))
    assert len(sheets) == 11
    assert all(sheet[0] == list(HEADINGS) for sheet in sheets)
    assert [row[-1] for sheet in sheets for row in sheet[1:]] == list(range(1, 33))


def test_an_empty_export_has_the_headings() -> None:
    assert rows_of(written()) == [list(HEADINGS)]
