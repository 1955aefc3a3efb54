"""What people read is made of whole texts, and formatted in one place for each language.

No sentence is joined from pieces, nothing but `plural` decides between singular and plural, only
the formatting modules format dates and numbers, and `lang` and `dir` are set from one place.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from enrollment_portal.domain.shared.language import DIRECTION, LANGUAGE
from enrollment_portal.http.notices import notice_page
from enrollment_portal.settings import PROJECT_ROOT

_PACKAGE = PROJECT_ROOT / "enrollment_portal"
_FORMATS = {"wording.py", "calendar.py"}
"""The modules that format numbers, lists, plurals, dates and times."""
_NOT_FOR_PEOPLE = {"theme.py", "error_page_plugin.py", "late_start.py", "demo", "storage", "live"}
"""A stylesheet, generated JavaScript, what the demo's people wrote, SQL, and what is logged."""
_KEYS = {"throttling.py", "sockets.py", "logs.py", "export_routes.py"}
"""Modules that make keys, headers and lines of the log of words."""
_WORD = re.compile(r"(?:^|(?<=[\s“(]))[A-Za-z’']{2,}[,.:;!?…”)]*(?=\s|$)")
"""A word as in a sentence: not an id, an address or a class with a hyphen."""
_HOLDS_A_SENTENCE = {"sentence", "refusal", "finding", "why", "done", "moved", "told"}
"""Parameters of messages that would hold a finished sentence, to which more is added."""
_NOT_SHOWN = {"class_name", "default_class_name", "key", "id", "to", "href", "src"}
_FOR_PROGRAMMERS = re.compile(r"logger\.|_?(browser_)?errors\.|(Assertion|Runtime|Type|Value)Error")

_Finder = Callable[[ast.AST], Iterator[int]]


def _is_skipped(node: ast.AST) -> bool:
    """Whether no person reads what is in this node."""
    if isinstance(node, ast.keyword):
        return node.arg in _NOT_SHOWN
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return True  # a docstring
    if isinstance(node, ast.Call):
        called = ast.unparse(node.func)
        return called == "rx.Var" or bool(_FOR_PROGRAMMERS.match(called))
    if isinstance(node, ast.Assign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        return all(isinstance(one, ast.Name) and one.id.isupper() for one in targets)
    return False


def _shown(node: ast.AST) -> Iterator[ast.AST]:
    """Yield a node and all in it, without what no person reads."""
    if _is_skipped(node):
        return
    yield node
    for child in ast.iter_child_nodes(node):
        yield from _shown(child)


def _words_of(node: ast.AST) -> bool:
    """Whether a literal, or a literal part of an f-string, has a word of a sentence."""
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    return any(
        isinstance(part, ast.Constant)
        and isinstance(part.value, str)
        and " " in part.value
        and bool(_WORD.search(part.value))
        for part in parts
    )


def _glued(tree: ast.AST) -> Iterator[int]:
    """Yield the lines that join literal words with something else into a text."""
    for node in _shown(tree):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            if _words_of(node.left) or _words_of(node.right):
                yield node.lineno
        elif isinstance(node, ast.JoinedStr) and _words_of(node):
            yield node.lineno


def _joined(tree: ast.AST) -> Iterator[int]:
    """Yield the lines that join shown texts without a function of `wording`."""
    for node in _shown(tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr == "join"
            and isinstance(node.func.value, ast.Constant)
            and node.func.value.value in (" · ", ", ", " and ")
        ):
            yield node.lineno


def _is_text(node: ast.AST) -> bool:
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str)
    return isinstance(node, ast.JoinedStr)


def _is_one(node: ast.AST) -> bool:
    """Whether a condition compares with 1, as who chooses a singular does."""
    return isinstance(node, ast.Compare) and any(
        isinstance(one, ast.Constant) and one.value in (1, "1") and one.value is not True
        for one in node.comparators
    )


def _singulars(tree: ast.AST) -> Iterator[int]:
    """Yield the lines that choose a text by whether a number is 1."""
    for node in ast.walk(tree):
        if isinstance(node, ast.IfExp) and _is_one(node.test):
            if _is_text(node.body) or _is_text(node.orelse):
                yield node.lineno
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
            if any(
                _is_text(a) and _is_one(b)
                for a, b in ((node.left, node.right), (node.right, node.left))
            ):
                yield node.lineno
        elif isinstance(node, ast.If) and _is_one(node.test):
            if any(
                isinstance(one, ast.Return) and one.value and _is_text(one.value)
                for one in node.body
            ):
                yield node.lineno
        elif (
            isinstance(node, ast.Call)
            and ast.unparse(node.func) == "rx.cond"
            and _is_one(node.args[0])
            and any(_is_text(one) for one in node.args[1:])
        ):
            yield node.lineno


def _formatted(tree: ast.AST) -> Iterator[int]:
    """Yield the lines that format a number or a date."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FormattedValue) and node.format_spec:
            spec = ast.unparse(node.format_spec)
            if "," in spec or "%" in spec:
                yield node.lineno
        elif isinstance(node, ast.Attribute) and node.attr == "strftime":
            yield node.lineno


def _takes_sentence(tree: ast.AST) -> Iterator[int]:
    """Yield the messages that are given a finished sentence."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            names = {
                one.arg
                for one in (*node.args.args, *node.args.kwonlyargs)
                if one.annotation and ast.unparse(one.annotation) == "str"
            }
            if names & _HOLDS_A_SENTENCE:
                yield node.lineno


def _modules() -> Iterator[Path]:
    for path in sorted(_PACKAGE.rglob("*.py")):
        if not _NOT_FOR_PEOPLE & set(path.relative_to(_PACKAGE).parts):
            yield path


def _found(finder: _Finder, paths: Iterator[Path]) -> list[str]:
    return [
        f"{path.relative_to(PROJECT_ROOT)}:{line}"
        for path in paths
        for line in sorted(set(finder(ast.parse(path.read_text(encoding="utf-8")))))
    ]


def test_no_text_is_joined_from_pieces() -> None:
    paths = (
        p for p in _modules() if p.name not in _FORMATS | _KEYS | {"messages.py", "settings.py"}
    )
    found = _found(_glued, paths)
    assert not found, "write a whole text with placeholders in a messages module:\n" + "\n".join(
        found
    )


def test_only_the_wording_joins_texts() -> None:
    paths = (p for p in _modules() if p.name not in _FORMATS | {"headers.py"})
    assert not _found(_joined, paths)


def test_no_message_adds_to_a_sentence() -> None:
    """Two finished sentences are joined by `sentences`, so that each is a text of its own."""
    assert not _found(_takes_sentence, (p for p in _modules() if p.name == "messages.py"))


def test_only_plural_chooses_between_singular_and_plural() -> None:
    assert not _found(_singulars, (p for p in _modules() if p.name != "wording.py"))


def test_only_the_formatting_modules_format() -> None:
    assert not _found(_formatted, (p for p in _modules() if p.name not in _FORMATS))


@pytest.mark.parametrize(
    ("finder", "code"),
    [
        (_glued, '"Remove " + row.name'),
        (_glued, 'rx.el.span(" for " + row.name)'),
        (_glued, 'f"Enrolled {when}, by hand"'),
        (_glued, 'text += f"; enrolled {n}"'),
        (_joined, '" · ".join(parts)'),
        (_takes_sentence, 'def add(done: str, n: int) -> str: return f"{done} {n} created."'),
        (_singulars, '"1 row" if n == 1 else f"{n} rows"'),
        (_singulars, "f\"{n} row{'s' * (n != 1)}\""),
        (_singulars, 'if n == 1:\n    return "1 row is refused."'),
        (_singulars, 'rx.cond(State.n == 1, " enrollment", " enrollments")'),
        (_formatted, 'f"{n:,} rows"'),
        (_formatted, 'f"{value:%b %Y}"'),
        (_formatted, 'value.strftime("%Z")'),
    ],
)
def test_a_broken_rule_is_found(finder: _Finder, code: str) -> None:
    assert list(finder(ast.parse(code)))


@pytest.mark.parametrize(
    "code",
    [
        '"change-" + seq',
        'f"{LEDGER_PATH}/{made}/manage"',
        'rx.el.p(text, class_name=f"{PANEL} hidden")',
        'status + " · " + course',
        'logger.warning(f"It was closed: {reason}")',
        "is_last = len(lessons) == 1",
        "words[0] if len(words) == 1 else words[1]",
        "messages.is_here(one.name)",
    ],
)
def test_other_code_is_fine(code: str) -> None:
    tree = ast.parse(code)
    for finder in (_glued, _joined, _singulars, _formatted, _takes_sentence):
        assert not list(finder(tree))


# The browser's own modules.

_TEXT_IN_JSX = re.compile(r">\s*[A-Z][a-z]+[^<>{}()=;]*<")
_ATTRIBUTE = re.compile(r"\b(?:title|alt|placeholder|aria-label)=\"[^\"]*[A-Z ][^\"]*\"")
_FORMAT_JS = re.compile(r"\bIntl\.|\.toLocale\w+\(|\.padStart\(|[!=]==? 1 \?")
_ZONE = "Intl.DateTimeFormat().resolvedOptions().timeZone"
"""The browser's time zone, for the server."""


def _browser_files() -> Iterator[Path]:
    for folder in (_PACKAGE / "components", PROJECT_ROOT / "assets"):
        # A build keeps copies in assets/external.
        yield from sorted(
            one
            for one in folder.rglob("*.js*")
            if one.suffix in (".js", ".jsx") and "external" not in one.parts
        )


def _code_of(path: Path) -> str:
    """Return a module without its comments."""
    text = path.read_text(encoding="utf-8")
    return re.sub(r"/\*.*?\*/|(?m:^\s*//.*$)|(?m:\s//\s.*$)", "", text, flags=re.DOTALL)


def test_texts_of_browser_modules_are_in_their_messages() -> None:
    for path in _browser_files():
        if path.name == "messages.js":
            continue
        code = _code_of(path)
        assert not _ATTRIBUTE.findall(code), path
        assert not _TEXT_IN_JSX.findall(code), path


def test_only_the_wording_formats_in_the_browser() -> None:
    for path in _browser_files():
        if path.name != "wording.js":
            assert not _FORMAT_JS.findall(_code_of(path).replace(_ZONE, "")), path


# The language of the pages.


def test_lang_and_dir_are_set_from_one_place() -> None:
    written = re.compile(
        r"""\b(?:html_)?lang=["'][a-z]|\bdir=["'](?:ltr|rtl)|\bhreflang\b|"en(?:-\w+)?\""""
    )
    for path in (*_modules(), *_browser_files()):
        if path.name in ("language.py", "theme.py"):
            continue
        assert not written.findall(_code_of(path)), path


def test_a_notice_has_the_language_of_the_pages() -> None:
    page = notice_page("Heading", "Sentence.", status=403, address="/", label="On")
    html = bytes(page.body).decode()
    assert f'<html lang="{LANGUAGE}" dir="{DIRECTION}">' in html
