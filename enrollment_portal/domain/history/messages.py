"""What people read of undoing and restoring: why it is refused, and what it did."""

from __future__ import annotations

from collections.abc import Iterable

CREATION_STAYS = "The start of an enrollment cannot be undone. Cancel the enrollment instead."
TRACKED_STAYS = "Tracked changes cannot be undone. They follow the learner's activity."
VALUE_CHANGED = (
    "The value has changed since, so this cannot be undone. Edit the enrollment instead."
)
TRACKED_STATUS_CHANGED = (
    "The tracked status has changed since, so it cannot be restored with the grade. "
    "Change the grade instead."
)
ENROLLMENT_CHANGED = "This enrollment was changed meanwhile. Check it and try again."
NOTHING_TO_UNDO = "Nothing to undo."
WORKED_ON = "The learner has worked on it since."
UNDONE = "Undone."
NOTHING_CHANGED = "Nothing was changed."


def already_undone(by: str, ago: str) -> str:
    """Refuse to undo a change twice."""
    return f"{by} already undid this, {ago}."


def changed_again(later: Iterable[tuple[str, str, str]]) -> str:
    """Refuse to undo a change of fields that were changed again.

    Args:
        later: of each field its label, who changed it again, and how long ago.
    """
    told = [f"{label} was changed again by {by}, {ago}." for label, by, ago in later]
    return f"{' '.join(told)} Undoing this would lose that."


def changed_since(by: str, ago: str, fields: str) -> str:
    """Say why undoing a batch left an enrollment as it is."""
    return f"Changed since by {by}, {ago}: {fields}."


def already_has_value(field: str) -> str:
    """Refuse to restore what a field holds."""
    return f"{field} already has this value."


def field_changed(field: str, by: str, ago: str) -> str:
    """Refuse to restore a value over somebody's change that was not on the page yet."""
    return f"{field} was changed meanwhile by {by}, {ago}. Check it first."


def is_empty(field: str) -> str:
    """Confirm that a field was restored to nothing."""
    return f"{field} is empty."


def is_empty_again(field: str) -> str:
    """Confirm that undoing emptied a field."""
    return f"{field} is empty again."


def is_text_again(field: str) -> str:
    """Confirm that a long text was restored, without repeating it."""
    return f"{field} has its earlier text again."


def is_value(field: str, value: str) -> str:
    """Confirm which value was restored."""
    return f"{field} is {value}."


def is_value_again(field: str, value: str) -> str:
    """Confirm which value undoing brought back."""
    return f"{field} is {value} again."


def undone_for(counted: str) -> str:
    """Confirm that a batch was undone: "Undone for 3 learners."."""
    return f"Undone for {counted}."


def redone_for(counted: str) -> str:
    """Confirm that a batch was done again."""
    return f"Redone for {counted}."


def left_as_is(n: int, named: Iterable[tuple[str, str]]) -> str:
    """Say which enrollments undoing a batch left as they are.

    Args:
        n: how many.
        named: of the first ones, the learner and why.
    """
    named = list(named)
    told = " ".join(f"{learner}: {why}" for learner, why in named)
    if n > len(named):
        return f"Not undone: {n:,}. {told} And {n - len(named):,} more."
    return f"Not undone: {n:,}. {told}"


def can_be_reversed(label: str) -> str:
    """Tell a screen reader of the button that undoes or redoes, and for how long it is there."""
    return f"Press {label} within a minute to reverse this."


def can_be_reversed_by_key(label: str, key: str) -> str:
    """Tell it where a key does the same."""
    return f"Press {label} or {key} within a minute to reverse this."
