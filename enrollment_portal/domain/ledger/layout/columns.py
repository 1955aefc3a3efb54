"""The layout of the ledger's table: its columns in their order, their widths, and the density.

It has one text form, in which it is stored. `Layout.parse` reads any text: what it does not
understand is left out, and never an error.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from enum import StrEnum


class ColumnKey(StrEnum):
    """The columns that the ledger can show; the values are those of stored layouts and of URLs."""

    LEARNER = "learner"
    COURSE = "course"
    STATUS = "status"
    PROGRESS = "progress"
    ENROLLED = "enrolled"
    DEADLINE = "deadline"
    LAST_VISIT = "visited"
    GRADE = "grade"
    COMPLETED = "completed"
    DEPARTMENT = "department"
    MANAGER = "manager"
    INSTRUCTOR = "instructor"
    ORIGIN = "origin"
    PACE = "pace"
    RUN = "run"

    @property
    def label(self) -> str:
        """The column's heading."""
        return "Last Visit" if self is ColumnKey.LAST_VISIT else self.value.capitalize()

    @property
    def starts_descending(self) -> bool:
        """Whether the first click on the heading sorts from high to low (newest first)."""
        return self in _START_DESCENDING


_START_DESCENDING = (
    *(ColumnKey.PROGRESS, ColumnKey.ENROLLED, ColumnKey.LAST_VISIT, ColumnKey.GRADE),
    *(ColumnKey.COMPLETED, ColumnKey.PACE, ColumnKey.RUN),
)


class Density(StrEnum):
    """How high the rows are."""

    COMFORTABLE = "comfortable"
    COMPACT = "compact"
    SPACIOUS = "spacious"

    @property
    def label(self) -> str:
        """Its name."""
        return self.value.capitalize()


STANDARD_COLUMNS = (
    ColumnKey.LEARNER,
    ColumnKey.COURSE,
    ColumnKey.STATUS,
    ColumnKey.PROGRESS,
    ColumnKey.ENROLLED,
    ColumnKey.DEADLINE,
)
MORE_COLUMNS = tuple(key for key in ColumnKey if key not in STANDARD_COLUMNS)
"""The columns that are hidden unless somebody shows them; their cells are read only then."""
LEAST_WIDTH, MOST_WIDTH = 64, 640
_LONGEST_TEXT = 1_000


@dataclass(frozen=True)
class Layout:
    """What the table shows of each row. The default is the standard layout.

    Attributes:
        columns: the visible ones in their order, each once; the learner is always the first.
        widths: of visible columns, in sixteenths of a rem; other columns have their own width.
        density: how high the rows are.
    """

    columns: tuple[ColumnKey, ...] = STANDARD_COLUMNS
    widths: tuple[tuple[ColumnKey, int], ...] = ()
    density: Density = Density.COMFORTABLE

    def text(self) -> str:
        """Return the text form that `parse` reads: "" for the standard layout.

        For example "learner:320,course,grade;compact".
        """
        widths = dict(self.widths)
        columns = ""
        if widths or self.columns != STANDARD_COLUMNS:
            columns = ",".join(
                f"{key}:{widths[key]}" if key in widths else key.value for key in self.columns
            )
        density = "" if self.density is Density.COMFORTABLE else f";{self.density}"
        return columns + density

    def only(self, allowed: Collection[str]) -> Layout:
        """Return the layout without columns that are not among those allowed."""
        columns = tuple(key for key in self.columns if key in allowed or key is ColumnKey.LEARNER)
        widths = tuple((key, width) for key, width in self.widths if key in columns)
        return replace(self, columns=columns, widths=widths)

    @property
    def more_columns(self) -> tuple[ColumnKey, ...]:
        """The visible columns that the standard layout does not have."""
        return tuple(key for key in self.columns if key in MORE_COLUMNS)

    @classmethod
    def parse(cls, text: object) -> Layout:
        """Return the layout of a text; the standard one for what is not understood."""
        if not isinstance(text, str):
            return cls()
        listed, _, density = text[:_LONGEST_TEXT].partition(";")
        widths: dict[ColumnKey, int] = {}
        columns: dict[ColumnKey, None] = {}
        for part in listed.split(","):
            name, _, width = part.partition(":")
            if name not in ColumnKey._value2member_map_ or name in columns:
                continue
            key = ColumnKey(name)
            columns[key] = None
            if (read := _read_width(width)) is not None:
                widths[key] = read
        order = tuple(columns)
        if order:
            order = (ColumnKey.LEARNER, *(key for key in order if key is not ColumnKey.LEARNER))
        return cls(
            order or STANDARD_COLUMNS,
            tuple((key, widths[key]) for key in order if key in widths),
            Density(density) if density in Density._value2member_map_ else Density.COMFORTABLE,
        )


def _read_width(text: str) -> int | None:
    if not (text.isascii() and text.isdecimal() and len(text) < 6):
        return None
    return min(max(int(text), LEAST_WIDTH), MOST_WIDTH)
