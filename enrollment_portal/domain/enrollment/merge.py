"""Three-way merge of an edit: base version, stored values, submitted values."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
FieldValue = TypeVar("FieldValue")


@dataclass(frozen=True, slots=True)
class Merge(Generic[Key, FieldValue]):
    """The result of merging an edit with what others saved since its base version."""

    changes: Mapping[Key, FieldValue]
    """The values of the edit that differ from the stored ones: they are written."""
    already_set: frozenset[Key]
    """The fields that both set to the same value: nothing is written."""
    conflicts: frozenset[Key]
    """The fields that both set to different values: a person has to choose."""
    theirs: frozenset[Key]
    """The fields that only others changed: they stay."""


def merge(
    base: Mapping[Key, FieldValue],
    theirs: Mapping[Key, FieldValue],
    mine: Mapping[Key, FieldValue],
    changed: Collection[Key] = (),
) -> Merge[Key, FieldValue]:
    """Return the three-way merge of an edit.

    Args:
        base: the values of the edit's base version.
        theirs: the values stored now, for the same fields.
        mine: the submitted values; fields that are left out stay unchanged.
        changed: the fields that others changed since, even if they changed them back: that may
            not be overwritten unseen either.
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
