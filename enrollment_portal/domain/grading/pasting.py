"""Parse and write the clipboard format of spreadsheets: rows and columns of cells."""

from __future__ import annotations

import re

_PLAIN = re.compile(r"[^\t\r\n]*")
_QUOTED = re.compile(r'"((?:[^"]|"")*)"(?=[\t\r\n]|\Z)')
_LINE_END = re.compile(r"\r\n|\r|\n")


def read_clipboard(text: str) -> list[list[str]]:
    """Return the rows of cells in a clipboard text that was copied from a spreadsheet.

    Excel, LibreOffice and Google Sheets separate columns by tabs and rows by line ends, and put
    a cell that holds either between quotes, with its own quotes doubled. A quote that closes
    nowhere, or not at the end of a cell, is a character like any other.

    Returns:
        The rows, none for no text. The line end after the last row begins no further row.
    """
    rows: list[list[str]] = []
    row: list[str] = []
    at = 0
    while at < len(text) or row:
        quoted = _QUOTED.match(text, at)
        if quoted:
            row.append(_LINE_END.sub("\n", quoted[1].replace('""', '"')))
            at = quoted.end()
        else:
            plain = _PLAIN.match(text, at)
            assert plain  # noqa: S101 - it matches nothing at all, too
            row.append(plain[0])
            at = plain.end()
        if text.startswith("\t", at):
            at += 1
            continue
        rows.append(row)
        row = []
        line_end = _LINE_END.match(text, at)
        at = line_end.end() if line_end else len(text)
    return rows


def write_clipboard(rows: list[list[str]]) -> str:
    """Return rows of cells as a spreadsheet copies them; `read_clipboard` reads them back."""
    return "".join("\t".join(_write_cell(cell) for cell in row) + "\n" for row in rows)


def _write_cell(cell: str) -> str:
    needs_quotes = any(c in cell for c in "\t\r\n") or cell.startswith('"')
    return '"' + cell.replace('"', '""') + '"' if needs_quotes else cell
