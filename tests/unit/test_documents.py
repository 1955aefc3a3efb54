"""Test that files named in documents exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from enrollment_portal.settings import PROJECT_ROOT

_PACKAGE = PROJECT_ROOT / "enrollment_portal"
_NAMED = re.compile(r"(?<![\w./-])(?:[\w.-]+/)+[\w.-]*\.(?:py|jsx?|md|txt|png)(?![\w/])")


def files_named(path: Path) -> set[str]:
    """Return the file paths that a document names."""
    text = re.sub(r"https?://\S+", "", path.read_text(encoding="utf-8"))
    return set(_NAMED.findall(text))


@pytest.mark.parametrize("name", ["README.md", ".github/CONTRIBUTING.md", ".github/SECURITY.md"])
def test_every_file_that_a_document_names_exists(name: str) -> None:
    """A path starts at the top, in the package, or beside the document."""
    document = PROJECT_ROOT / name
    roots = (PROJECT_ROOT, _PACKAGE, document.parent)
    named = files_named(document)
    assert {file for file in named if not any((root / file).exists() for root in roots)} == set()


def test_a_file_that_is_not_there_is_found(tmp_path: Path) -> None:
    document = tmp_path / "README.md"
    document.write_text("See `live/wire.py`, [this](.github/NOT.md) and https://x.org/a/b.md.")
    assert files_named(document) == {"live/wire.py", ".github/NOT.md"}
