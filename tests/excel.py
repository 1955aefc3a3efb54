"""Read Excel files in tests, without the code that wrote them: ECMA-376, part 1."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from xml.etree import ElementTree

_NAMES = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}


def sheets_of(file: bytes) -> list[list[list[str | float | None]]]:
    """Return the rows of each sheet, from A1 on; a cell that is missing is `None`."""
    with zipfile.ZipFile(io.BytesIO(file)) as parts:
        assert parts.testzip() is None
        shared = [
            "".join(text.text or "" for text in item.iterfind(".//m:t", _NAMES))
            for item in _root(parts, "xl/sharedStrings.xml").iterfind("m:si", _NAMES)
        ]
        n_sheets = len(_root(parts, "xl/workbook.xml").findall("m:sheets/m:sheet", _NAMES))
        return [
            list(_rows(_root(parts, f"xl/worksheets/sheet{i}.xml"), shared))
            for i in range(1, n_sheets + 1)
        ]


def rows_of(file: bytes) -> list[list[str | float | None]]:
    """Return the rows of a file with one sheet."""
    [rows] = sheets_of(file)
    return rows


def _root(parts: zipfile.ZipFile, name: str) -> ElementTree.Element:
    return ElementTree.fromstring(parts.read(name))


def _rows(sheet: ElementTree.Element, shared: list[str]) -> Iterator[list[str | float | None]]:
    for number, row in enumerate(sheet.iterfind("m:sheetData/m:row", _NAMES), 1):
        assert row.get("r") == str(number)
        cells: dict[int, str | float | None] = {}
        for cell in row:
            letter, at = re.fullmatch(r"([A-Z])(\d+)", cell.get("r", "")).groups()  # type: ignore[union-attr]
            assert at == str(number)
            cells[ord(letter) - ord("A")] = _value(cell, shared)
        yield [cells.get(i) for i in range(max(cells) + 1)]


def _value(cell: ElementTree.Element, shared: list[str]) -> str | float:
    if cell.get("t") == "inlineStr":
        text = cell.findtext("m:is/m:t", "", _NAMES)
        return re.sub(r"_x([0-9a-fA-F]{4})_", lambda code: chr(int(code[1], 16)), text)
    value = cell.findtext("m:v", "", _NAMES)
    return shared[int(value)] if cell.get("t") == "s" else float(value)
