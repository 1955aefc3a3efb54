"""What people read of undoing and restoring: why it is refused, and what it did."""

from __future__ import annotations

from collections.abc import Iterable

from enrollment_portal.domain.shared.wording import counted as count_of

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
    text = [f"{label} was changed again by {by}, {ago}." for label, by, ago in later]
    return f"{' '.join(text)} Undoing this would lose that."


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
    text = " ".join(f"{learner}: {why}" for learner, why in named)
    if n > len(named):
        return f"Not undone: {n:,}. {text} And {n - len(named):,} more."
    return f"Not undone: {n:,}. {text}"


def can_be_reversed(label: str) -> str:
    """Tell a screen reader of the button that undoes or redoes, and for how long it is there."""
    return f"Press {label} within a minute to reverse this."


def can_be_reversed_by_key(label: str, key: str) -> str:
    """Tell it where a key does the same."""
    return f"Press {label} or {key} within a minute to reverse this."


# What the command line says of the whole history.

NOT_WHOLE = "History is not whole."
BAD_HEAD = "A checkpoint is a number, a colon and 64 hexadecimal digits."
ROW_ALTERED = "it is not as it was written, or the one before it is not."
NO_ENROLLMENT = "its enrollment does not exist."


def whole_without_checkpoints(changes: int, enrollments: int) -> str:
    """Confirm a history that has no checkpoint yet."""
    return (
        f"History is whole: {changes:,} changes of {enrollments:,} enrollments. It has "
        "no checkpoint yet."
    )


def whole(changes: int, enrollments: int, until: int, at: str) -> str:
    """Confirm a history up to its newest checkpoint."""
    return (
        f"History is whole: {changes:,} changes of {enrollments:,} enrollments. Its newest "
        f"checkpoint covers those up to change {until:,}, of {at}."
    )


def without_checkpoint(n: int) -> str:
    """Count the changes after the newest checkpoint."""
    return f"No checkpoint covers {count_of(n, 'newer change')} yet."


def keep_head(head: str) -> str:
    """Show the newest checkpoint."""
    return f"Keep this elsewhere, to tell later that nothing was rewritten: {head}"


def head_missing(head: str) -> str:
    """Report a checkpoint that was kept elsewhere and is not in this history."""
    return (
        f"Checkpoint {head}, which was kept elsewhere, is not in this history: it was rewritten "
        "since then, or it is another history."
    )


def checkpoint_missing(number: int, following: int) -> str:
    """Report a gap between the checkpoints."""
    return f"Checkpoint {number} is missing; the next one is {following}."


def checkpoint(number: int, at: str, first: int, until: int) -> str:
    """Name a checkpoint at the beginning of what is wrong with it."""
    return f"Checkpoint {number} of {at}, over changes {first:,} to {until:,}:"


def checkpoint_counts_differ(checkpoint: str, covered: int, found: int) -> str:
    """Report that changes were removed or added under a checkpoint."""
    return f"{checkpoint} it covered {count_of(covered, 'change')}, {found:,} are there."


def checkpoint_altered(checkpoint: str) -> str:
    """Report that a change under a checkpoint, or the checkpoint, was altered."""
    return f"{checkpoint} what it covered is not what is there; a row or it was altered."


def change(seq: int, version: int, enrollment: int, at: str, finding: str) -> str:
    """Report a change that is not as it should be."""
    return f"Change {seq:,}, version {version} of enrollment {enrollment}, made on {at}: {finding}"


def without_history(enrollment: int, version: int) -> str:
    """Report an enrollment of which there is no history."""
    return f"Enrollment {enrollment} is at version {version}, and has no history."


def newer_missing(version: int) -> str:
    """Report that the newest changes of an enrollment were removed."""
    return f"it is the newest, but the enrollment is at version {version}: newer ones are missing."


def added_later(version: int) -> str:
    """Report that a change was added after the enrollment's newest."""
    return f"it is the newest, but the enrollment is at version {version}: it was added later."


def out_of_order(last: int) -> str:
    """Report a change at the wrong place."""
    return f"it comes after version {last}: rows were reordered, or one was added."


def version_missing(version: int) -> str:
    """Report one missing change."""
    return f"version {version} before it is missing."


def versions_missing(first: int, last: int) -> str:
    """Report several missing changes."""
    return f"versions {first} to {last} before it are missing."
