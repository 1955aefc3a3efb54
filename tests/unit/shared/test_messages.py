"""Test that messages about refusals, conflicts and confirmations are in the messages modules.

One module for each feature, `domain/<feature>/messages.py`: there they are easy to find, the same
thing is said in the same words, and they are ready to be translated.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from enrollment_portal.settings import PROJECT_ROOT

_PACKAGE = PROJECT_ROOT / "enrollment_portal"
_LAYERS = ("domain", "services", "state", "http")
_FOR_PROGRAMMERS = {"AssertionError", "RuntimeError", "TypeError"}
"""Errors for mistakes in the code; their texts are not for people."""
_SENTENCE = re.compile(r"(?:\S+\s+){2,}\S*[.?!…][”\"']?\s*", re.DOTALL)
"""At least three words that end as a sentence does."""
_GUARDS = {"confirm_dialog", "FilledFormDraft.create", "FormGuard.create"}
"""What asks before something is done or lost."""


def _text_of(node: ast.AST) -> str | None:
    """Return what a literal reads, with "{}" for what an f-string fills in."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(
            str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values
        )
    return None


def _literals(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield the literals of a module with their lines; not its docstrings, nor what it logs."""
    if isinstance(tree, ast.Expr) and _text_of(tree.value) is not None:
        return
    if isinstance(tree, ast.Raise) and isinstance(tree.exc, ast.Call):
        name = ast.unparse(tree.exc.func)
        if name in _FOR_PROGRAMMERS:
            return
    if isinstance(tree, ast.Call) and ast.unparse(tree.func).startswith("logger."):
        return
    text = _text_of(tree)
    if text is not None:
        yield tree.lineno, text  # type: ignore[attr-defined]
        return
    for child in ast.iter_child_nodes(tree):
        yield from _literals(child)


def _sentences(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield each literal that is a sentence, and each that an error is raised with."""
    for line, text in _literals(tree):
        if _SENTENCE.fullmatch(text):
            yield line, text
    for node in ast.walk(tree):
        if not isinstance(node, ast.Raise) or not isinstance(node.exc, ast.Call):
            continue
        if ast.unparse(node.exc.func) in _FOR_PROGRAMMERS:
            continue
        for line, text in _literals(node):
            if " " in text.strip():
                yield line, text


def _in_dialogs(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield the literal texts of dialogs and of their buttons."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        texts = {k.arg: text for k in node.keywords if (text := _text_of(k.value)) is not None}
        if ast.unparse(node.func) in _GUARDS:
            for name in ("heading", "confirm_label", "cancel_label"):
                if name in texts:
                    yield node.lineno, texts[name]
            for child in node.args:
                for line, text in _literals(child):
                    if _SENTENCE.fullmatch(text):
                        yield line, text
        elif texts.get("heading", "").endswith("?"):
            yield node.lineno, texts["heading"]


def _modules(layers: tuple[str, ...]) -> Iterator[Path]:
    for layer in layers:
        yield from sorted((_PACKAGE / layer).rglob("*.py"))


def _found(path: Path, texts: Iterator[tuple[int, str]]) -> list[str]:
    return [
        f"{path.relative_to(PROJECT_ROOT)}:{line}: {text!r}" for line, text in sorted(set(texts))
    ]


def test_sentences_are_in_messages_modules() -> None:
    stray = [
        found
        for path in _modules(_LAYERS)
        if path.name != "messages.py"
        for found in _found(path, _sentences(ast.parse(path.read_text(encoding="utf-8"))))
    ]
    assert not stray, "move these to the feature's messages module:\n" + "\n".join(stray)


def test_texts_of_dialogs_are_in_messages_modules() -> None:
    stray = [
        found
        for path in _modules(("components", "pages"))
        for found in _found(path, _in_dialogs(ast.parse(path.read_text(encoding="utf-8"))))
    ]
    assert not stray, "move these to the feature's messages module:\n" + "\n".join(stray)


def test_each_sentence_is_in_one_messages_module() -> None:
    """Two features that say the same use the sentence of the lower one, or the shared one."""
    places: dict[str, list[str]] = {}
    for path in sorted((_PACKAGE / "domain").rglob("messages.py")):
        for _line, text in _literals(ast.parse(path.read_text(encoding="utf-8"))):
            if _SENTENCE.fullmatch(text):
                places.setdefault(text, []).append(path.parent.name)
    twice = {text: found for text, found in places.items() if len(found) > 1}
    assert not twice


@pytest.mark.parametrize(
    "code",
    [
        'raise Refused("no such course")',
        'raise Invalid({"day": f"after {day} only"})',
        'self.message = "Changes were saved."',
        'self.refusal = f"{name} was changed."',
        'ask = "Really remove it?"',
    ],
)
def test_a_sentence_outside_messages_modules_is_found(code: str) -> None:
    assert list(_sentences(ast.parse(code)))


@pytest.mark.parametrize(
    "code",
    [
        '"What it does, in a sentence."',
        "raise Refused(messages.NO_SUCH_COURSE)",
        'raise Invalid({"day": messages.after(day)})',
        'raise AssertionError("It depends on the status.")',
        'logger.exception("It was not sent. Trying again.")',
        'label = "Completed on"',
    ],
)
def test_other_texts_are_allowed(code: str) -> None:
    assert not list(_sentences(ast.parse(code)))


def test_a_dialog_text_outside_messages_modules_is_found() -> None:
    asked = 'confirm_dialog("All of it is gone then.", heading="Remove it?", confirm_label=x)'
    assert [text for _line, text in _in_dialogs(ast.parse(asked))] == [
        "Remove it?",
        "All of it is gone then.",
    ]
