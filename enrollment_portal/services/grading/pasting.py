"""Preview a paste into the grading grid before anything is written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from enrollment_portal.domain.access.permissions import editable_fields, may_grade, require
from enrollment_portal.domain.catalog.grades import GradingScheme
from enrollment_portal.domain.enrollment.edits import Editable, read_edits, show_typed
from enrollment_portal.domain.enrollment.fields import Field
from enrollment_portal.domain.grading import messages
from enrollment_portal.domain.grading.pasting import read_clipboard
from enrollment_portal.domain.grading.teaching import GRID_FIELDS, MAX_PASTED_ROWS
from enrollment_portal.domain.people.people import Actor
from enrollment_portal.domain.shared.calendar import zone
from enrollment_portal.domain.shared.errors import Invalid, NotAllowed, OwnEnrollment
from enrollment_portal.domain.shared.typed_text import MAX_SENT_TEXT, is_empty
from enrollment_portal.domain.shared.wording import with_commas
from enrollment_portal.services.enrollment.enrollment_details import require_not_own
from enrollment_portal.services.grading.grading import RowEdit, rows_in_course
from enrollment_portal.services.shared.organization import organization_of
from enrollment_portal.storage.grading.teaching import GridRow, TaughtCourse
from enrollment_portal.storage.shared.database import Database


@dataclass(frozen=True)
class PastedCell:
    """One pasted cell: the stored value, the new value, or why it is refused."""

    field: Field
    typed: str
    before: str
    after: str
    refusal: str = ""


@dataclass(frozen=True)
class PastedRow:
    """One pasted row; `refusal` says why it cannot be applied to any learner."""

    number: int
    """The number of the row in the paste, from 1."""
    enrollment_id: int | None
    name: str
    version: int
    cells: tuple[PastedCell, ...]
    refusal: str = ""

    @property
    def change(self) -> RowEdit | None:
        """The edit that the row would write; `None` for none."""
        typed = {
            c.field.value: c.typed for c in self.cells if not c.refusal and c.after != c.before
        }
        if not typed or self.enrollment_id is None or any(c.refusal for c in self.cells):
            return None
        return RowEdit(self.enrollment_id, self.version, typed)


def preview_paste(
    database: Database,
    actor: Actor,
    course_id: object,
    enrollment_ids: Sequence[int],
    first_field: object,
    text: object,
) -> list[PastedRow]:
    """Return what a paste would write, row by row; write nothing.

    Args:
        database: where the course is stored.
        actor: who grades.
        course_id: which course.
        enrollment_ids: the rows of the page, from the one that was pasted into.
        first_field: the column that was pasted into; further columns go to the right of it.
        text: the clipboard's text.

    Raises:
        NotAllowed: the actor grades nowhere.
        NotFound: the course does not exist for the actor.
        Invalid: under "paste", why it cannot be pasted at all.
    """
    require(actor, may_grade)
    fields = _fields_from(actor, first_field)
    if not isinstance(text, str) or len(text) > MAX_SENT_TEXT:
        raise Invalid({"paste": messages.TOO_MUCH})
    lines = read_clipboard(text)
    if not lines or len(lines) > MAX_PASTED_ROWS:
        raise Invalid({"paste": messages.too_many_pasted(len(lines), limit=MAX_PASTED_ROWS)})
    width = max(len(line) for line in lines)
    if width > len(fields):
        names = with_commas(field.label for field in fields)
        raise Invalid({"paste": messages.too_wide(width, names)})
    with database.read() as session:
        course, rows = rows_in_course(
            session, actor, database, course_id, enrollment_ids, must_exist=False
        )
        zone_name = organization_of(database).time_zone
    return [
        _own(actor, number, line, row) or _previewed(number, line, row, course, fields, zone_name)
        for number, (line, row) in enumerate(_beside(lines, rows), 1)
    ]


def _fields_from(actor: Actor, first_field: object) -> tuple[Field, ...]:
    names = [f.value for f in GRID_FIELDS]
    if first_field not in names:
        raise NotAllowed
    allowed = editable_fields(actor)
    return tuple(f for f in GRID_FIELDS[names.index(str(first_field)) :] if f in allowed)


def _beside(
    lines: list[list[str]], rows: Sequence[GridRow]
) -> Iterator[tuple[list[str], GridRow | None]]:
    for index, line in enumerate(lines):
        yield line, rows[index] if index < len(rows) else None


def _own(actor: Actor, number: int, line: list[str], row: GridRow | None) -> PastedRow | None:
    """Return a refused row if it is the actor's own enrollment; `None` for any other."""
    if row is None or all(map(is_empty, line)):
        return None
    try:
        require_not_own(actor, row.learner_id)
    except OwnEnrollment as refusal:
        return PastedRow(number, None, row.name, row.version, (), refusal.message)
    return None


def _previewed(
    number: int,
    line: list[str],
    row: GridRow | None,
    course: TaughtCourse,
    fields: tuple[Field, ...],
    zone_name: str,
) -> PastedRow:
    if row is None:
        refusal = messages.PAGE_ENDS
        return PastedRow(
            number, None, messages.row_of(number, " ".join(line)[:100]), 0, (), refusal
        )
    before = Editable(
        enrolled_at=0,
        values={
            Field.GRADE: row.grade,
            Field.FEEDBACK: row.feedback,
            Field.NOTE: row.internal_note,
        },
        scheme=GradingScheme(course.grading_scheme),
        points=course.grading_points,
    )
    cells: list[PastedCell] = []
    for field, typed in zip(fields, line, strict=False):
        before_value = show_typed(field, before.values[field])
        if is_empty(typed):
            continue  # a blank cell leaves what is there
        try:
            changes = read_edits({field.value: typed}, before, zone(zone_name))
        except Invalid as refused:
            cells.append(PastedCell(field, typed, before_value, typed, refused.errors[field.value]))
        else:
            after = show_typed(field, changes[field]) if field in changes else before_value
            cells.append(PastedCell(field, typed, before_value, after))
    return PastedRow(number, row.id, row.name, row.version, tuple(cells))
