"""A save as it was sent: what of it is new, what others made so already, and what it did before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from enrollment_portal.domain.edits import Value, read_edits
from enrollment_portal.domain.enrollments import Field
from enrollment_portal.services.enrollment_details import editable_now
from enrollment_portal.services.meeting_saves import fields_changed, fields_met, values_before
from enrollment_portal.storage.enrollments import StoredEnrollment, StoredEvent


@dataclass(frozen=True)
class Sent:
    """What a save wants, beside what is stored."""

    newer: tuple[StoredEvent, ...] | None
    """What was recorded since the form was filled, newest first; `None` for unknown."""
    done: int | None
    """The `seq` of the same save, where it was done before."""
    wanted: Mapping[Field, Value]
    """What was typed, and is not stored."""
    agreed: Mapping[Field, StoredEvent]
    """What was typed and is stored already, by whose change."""
    unlike: Mapping[Field, Value] = field(default_factory=dict)
    """What the form holds, touched or not, that differs from what is stored."""

    @property
    def is_done(self) -> bool:
        """Whether nothing was typed but what the same save stored when it was sent before."""
        return self.done is not None and not self.wanted and not self.agreed

    @property
    def meets(self) -> bool:
        """Whether others changed one of the same fields to something else, or nobody knows."""
        others = [event for event in self.newer or () if event.seq != self.done]
        return self.newer is None or bool(self.wanted.keys() & fields_changed(others))


def look_at(
    enrollment: StoredEnrollment,
    newer: tuple[StoredEvent, ...] | None,
    done: int | None,
    typed: Mapping[str, object],
    tz: ZoneInfo,
) -> Sent:
    """Compare what a form holds with what it was filled from, and with what is stored now.

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
        return Sent(newer, done, {}, {})
    base = values_before(enrollment, since)
    if own:
        base |= {f: after for f, (_, after) in own.changes.items() if isinstance(f, Field)}
    touched = read_edits(typed, editable_now(enrollment, base), tz)
    held = {f: touched.get(f, base[f]) for f in Field if f.value in typed}
    unlike = {f: value for f, value in held.items() if value != enrollment.values[f]}
    if own:
        then = values_before(enrollment, [event for event in since if event.seq > own.seq])
        touched = {field: value for field, value in touched.items() if value != then[field]}
    wanted = {f: value for f, value in touched.items() if value != enrollment.values[f]}
    last = fields_met(since)
    agreed = {field: last[field] for field in touched if field not in wanted}
    return Sent(newer, done, wanted, agreed, unlike)
