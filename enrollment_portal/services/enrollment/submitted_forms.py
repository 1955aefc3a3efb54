"""Compare a submitted form with the stored values: to write, already set, conflicts, repeats."""

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
    """A submitted form, compared with the stored values."""

    newer: tuple[StoredEvent, ...] | None
    """The rows of history since the form's base version, newest first; `None` if unknown."""
    done: int | None
    """The `seq` of the same save, if it was done before."""
    wanted: Mapping[Field, Value] = field(default_factory=dict)
    """The typed values that are not stored: they are to be written."""
    already_set: Mapping[Field, StoredEvent] = field(default_factory=dict)
    """The typed fields that are stored already, with the changes that set them."""
    differing: Mapping[Field, Value] = field(default_factory=dict)
    """All values of the form, typed or not, that differ from the stored ones."""
    has_conflict: bool = True
    """Whether others changed one of the same fields to another value, or the version is unknown."""

    @property
    def is_done(self) -> bool:
        """Whether the same form was submitted before, with nothing typed since."""
        return self.done is not None and not self.wanted and not self.already_set


def compare_with_stored(
    enrollment: StoredEnrollment,
    newer: tuple[StoredEvent, ...] | None,
    done: int | None,
    typed: Mapping[str, object],
    tz: ZoneInfo,
) -> SubmittedForm:
    """Three-way merge of a form's base version, its values, and the stored values.

    Args:
        enrollment: as it is stored.
        newer: the rows of history since the base version, newest first; `None` if unknown.
        done: the `seq` of the same save, if it was done before.
        typed: the form's text for each field name.
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
    form_values = {f: touched.get(f, base[f]) for f in Field if f.value in typed}
    differing = {f: value for f, value in form_values.items() if value != stored[f]}
    if own:
        # Of a repeated save only what was typed since counts.
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
