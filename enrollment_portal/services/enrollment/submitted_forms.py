"""A save as it was sent: what of it is new, what others made so already, and what it did before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from enrollment_portal.domain.enrollment.edits import read_edits
from enrollment_portal.domain.enrollment.fields import Field, Status, Value
from enrollment_portal.domain.enrollment.merge import merge
from enrollment_portal.services.enrollment.conflicts import (
    fields_changed,
    last_changes,
    values_before,
)
from enrollment_portal.services.enrollment.enrollment_details import editable_now
from enrollment_portal.storage.enrollment.enrollments import StoredEnrollment, StoredEvent


@dataclass(frozen=True)
class SubmittedForm:
    """What a save wants, beside what is stored."""

    newer: tuple[StoredEvent, ...] | None
    """What was recorded since the form was filled, newest first; `None` for unknown."""
    done: int | None
    """The `seq` of the same save, where it was done before."""
    wanted: Mapping[Field, Value] = field(default_factory=dict)
    """What was typed, and is not stored."""
    already_set: Mapping[Field, StoredEvent] = field(default_factory=dict)
    """What was typed and is stored already, by whose change."""
    differing: Mapping[Field, Value] = field(default_factory=dict)
    """What the form holds, touched or not, that differs from what is stored."""
    has_conflict: bool = True
    """Others changed one of the same fields to something else, or nobody knows."""

    @property
    def is_done(self) -> bool:
        """Whether nothing was typed but what the same save stored when it was sent before."""
        return self.done is not None and not self.wanted and not self.already_set


def compare_with_stored(
    enrollment: StoredEnrollment,
    newer: tuple[StoredEvent, ...] | None,
    done: int | None,
    typed: Mapping[str, object],
    tz: ZoneInfo,
) -> SubmittedForm:
    """Merge what a form holds with what is stored now, from what the form was filled with.

    Args:
        enrollment: as it is stored.
        newer: what was recorded since the form was filled, newest first; `None` for unknown.
        done: the `seq` of the same save, where it was done before.
        typed: by field name, what the form holds.
        tz: the organization's time zone.

    Raises:
        Invalid: a field breaks a rule.
    """
    since = newer or ()
    own = next((event for event in since if event.seq == done), None)
    if done is not None and own is None:
        return SubmittedForm(newer, done, has_conflict=newer is None)
    stored = enrollment.values
    base = values_before(enrollment, since)
    if own:
        base |= {f: after for f, (_, after) in own.fields.items()}
    before = editable_now(enrollment, base)
    touched = read_edits(typed, before, tz)
    held = {f: touched.get(f, base[f]) for f in Field if f.value in typed}
    differing = {f: value for f, value in held.items() if value != stored[f]}
    if own:
        # Of a save that is sent again only what was typed since counts.
        base = values_before(enrollment, [event for event in since if event.seq > own.seq])
        touched = {f: value for f, value in touched.items() if value != base[f]}
    changed = fields_changed([event for event in since if event.seq != done])
    merged = merge(base, stored, touched, changed)
    last = last_changes(since)
    already_set = {f: last[f] for f in merged.already_set if f in last}
    wanted = dict(merged.changes)
    if wanted.get(Field.STATUS) == Status.COMPLETED and wanted.get(Field.COMPLETED) == before.now:
        del wanted[Field.COMPLETED]  # it is completed with this very change
    return SubmittedForm(
        newer,
        done,
        wanted,
        already_set,
        differing,
        has_conflict=newer is None or bool(merged.conflicts),
    )
