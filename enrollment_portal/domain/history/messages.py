"""What people read of undoing and restoring: why it is refused, and what it did."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from enrollment_portal.domain.shared.wording import plural, sentences, show_number

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
MESSAGE_WITHDRAWN = "The learner does not see the message any more."
MESSAGE_SHOWN = "The learner sees the message again."


def already_undone(by: str, ago: str) -> str:
    """Refuse to undo a change twice."""
    return f"{by} already undid this, {ago}."


def changed_again(later: Iterable[tuple[str, str, str]]) -> str:
    """Refuse to undo a change of fields that were changed again.

    Args:
        later: of each field its label, who changed it again, and how long ago.
    """
    text = [f"{label} was changed again by {by}, {ago}." for label, by, ago in later]
    return sentences(*text, "Undoing this would lose that.")


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


@dataclass(frozen=True)
class BatchTexts:
    """What confirms that a batch was undone, and redone, for one and for several."""

    undone_one: str
    undone_other: str
    redone_one: str
    redone_other: str


OF_LEARNERS = BatchTexts(
    "Undone for {n} learner.",
    "Undone for {n} learners.",
    "Redone for {n} learner.",
    "Redone for {n} learners.",
)
OF_ENROLLMENTS = BatchTexts(
    "Undone for {n} enrollment.",
    "Undone for {n} enrollments.",
    "Redone for {n} enrollment.",
    "Redone for {n} enrollments.",
)


def undone_for(n: int, texts: BatchTexts) -> str:
    """Confirm that a batch was undone."""
    return plural(n, one=texts.undone_one, other=texts.undone_other)


def redone_for(n: int, texts: BatchTexts) -> str:
    """Confirm that a batch was done again."""
    return plural(n, one=texts.redone_one, other=texts.redone_other)


def left_as_is(n: int, named: Iterable[tuple[str, str]]) -> str:
    """Say which enrollments undoing a batch left as they are.

    Args:
        n: how many.
        named: of the first ones, the learner and why.
    """
    reasons = [f"{learner}: {why}" for learner, why in named]
    more = n - len(reasons)
    return sentences(
        f"Not undone: {show_number(n)}.",
        *reasons,
        plural(more, other="And {n} more.") if more > 0 else "",
    )


def can_be_reversed(label: str) -> str:
    """Tell a screen reader of the button that undoes or redoes, and for how long it is there."""
    return f"Press {label} within a minute to reverse this."


def can_be_reversed_by_key(label: str, key: str) -> str:
    """Tell a screen reader of the button that undoes or redoes, and of its key."""
    return f"Press {label} or {key} within a minute to reverse this."


# What the command line says of the whole history.

NOT_WHOLE = "History is not intact."
BAD_HEAD = "A checkpoint is a number, a colon and 64 hexadecimal digits."
ROW_ALTERED = "it is not as it was written, or the one before it is not."
NO_ENROLLMENT = "its enrollment does not exist."


def whole_without_checkpoints(changes: int, enrollments: int) -> str:
    """Confirm a history that has no checkpoint yet."""
    return sentences(_whole(changes, enrollments), "It has no checkpoint yet.")


def whole(changes: int, enrollments: int, until: int, at: str) -> str:
    """Confirm a history up to its newest checkpoint."""
    newest = f"Its newest checkpoint covers those up to change {show_number(until)}, of {at}."
    return sentences(_whole(changes, enrollments), newest)


def _whole(changes: int, enrollments: int) -> str:
    return (
        f"History is intact: {show_number(changes)} changes of {show_number(enrollments)} "
        "enrollments."
    )


def without_checkpoint(n: int) -> str:
    """Count the changes after the newest checkpoint."""
    return plural(
        n,
        one="No checkpoint covers {n} newer change yet.",
        other="No checkpoint covers {n} newer changes yet.",
    )


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


def in_checkpoint(number: int, at: str, first: int, until: int) -> str:
    """Name a checkpoint, before what is wrong with it."""
    return (
        f"Checkpoint {number} of {at}, over changes {show_number(first)} to {show_number(until)}:"
    )


def counts_differ(covered: int, found: int) -> str:
    """Report that changes were removed or added under a checkpoint."""
    return plural(
        covered,
        one="it covered {n} change, {found} are there.",
        other="it covered {n} changes, {found} are there.",
        found=show_number(found),
    )


CHECKPOINT_ALTERED = "what it covered is not what is there; a row or it was altered."


def in_change(seq: int, version: int, enrollment: int, at: str) -> str:
    """Name a change, before what is wrong with it."""
    return f"Change {show_number(seq)}, version {version} of enrollment {enrollment}, made on {at}:"


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


UNDO_ENROLLING, REDO_ENROLLING = "Undo enrolling", "Redo enrolling"
"""The buttons that undo and redo what a change of a group has enrolled."""

# The timeline of an enrollment.

UNDO = "Undo"


def undo_named(change: str) -> str:
    """Name the button that undoes a change; see `change_by`."""
    return f"Undo {change}"


def undone_by(who: str) -> str:
    """Label the link to the change that undid one."""
    return f"Undone by {who}"


MADE_BY = {
    "person": "by hand",
    "tracking": "from the learner’s activity",
    "group": "by a group’s rule",
    "path": "with a learning path",
    "import": "with an import",
}
"""What made a change, by its source."""
TODAY, YESTERDAY = "Today", "Yesterday"


def change_by(fields: str, by: str, at: str) -> str:
    """Name a change in the label of its button."""
    return f"change of {fields} by {by}, {at}"


def restore(field: str, value: str, change: str) -> str:
    """Label the button that restores a value; `change` is `change_by`."""
    return f"Restore {field} {value} from the {change}"


def part_of_batch(n: int) -> str:
    """Say that a change was one of many."""
    return plural(n, other="part of a batch of {n}")


# The reasons that history gives of what undoing and restoring changed.

UNDID_ENROLLING, REDID_ENROLLING = "Undid enrolling", "Redid enrolling"


def undid(fields: str, by: str) -> str:
    """Tell whose change was undone."""
    return f"Undid the change of {fields} by {by}"


def redid(fields: str, by: str) -> str:
    """Tell whose change was done again."""
    return f"Redid the change of {fields} by {by}"


def restored_from(at: str) -> str:
    """Tell from when a value was restored."""
    return f"Restored from {at}"
