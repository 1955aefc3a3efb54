"""Bringing two edits of one record together: what both began from, what is stored, what is sent."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
FieldValue = TypeVar("FieldValue")


@dataclass(frozen=True, slots=True)
class Merge(Generic[Key, FieldValue]):
    """What becomes of an edit that was begun before others changed the record."""

    changes: Mapping[Key, FieldValue]
    """What the edit sets that is not stored: written on top of what others changed."""
    already_set: frozenset[Key]
    """What both set to the same value: nothing is left to write."""
    conflicts: frozenset[Key]
    """What both set to different values: a person has to choose; nothing is written."""
    theirs: frozenset[Key]
    """What only others changed: it stays."""


def merge(
    base: Mapping[Key, FieldValue],
    theirs: Mapping[Key, FieldValue],
    mine: Mapping[Key, FieldValue],
    changed: Collection[Key] = (),
) -> Merge[Key, FieldValue]:
    """Return the three-way merge of an edit.

    Args:
        base: what the edit began from.
        theirs: what is stored now, for the same fields.
        mine: what the edit sends; fields left out are not touched.
        changed: what others are known to have changed, also where they changed it back: that was
            meant, and is not to be overwritten unseen.
    """
    touched = {name for name, value in mine.items() if value != base[name]}
    moved = {name for name, value in theirs.items() if name in base and value != base[name]}
    moved |= set(changed)
    changes = {name: mine[name] for name in mine if name in touched and mine[name] != theirs[name]}
    return Merge(
        changes,
        frozenset(touched & moved) - changes.keys(),
        frozenset(changes.keys() & moved),
        frozenset(moved - touched),
    )
