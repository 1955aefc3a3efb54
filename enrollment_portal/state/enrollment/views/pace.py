"""The pace of an enrollment, ready to show."""

from __future__ import annotations

from dataclasses import dataclass

from enrollment_portal.domain.pace import messages
from enrollment_portal.domain.pace.pace import Paced, PaceDay, explain, pace_of
from enrollment_portal.domain.shared.calendar import show_day


@dataclass(frozen=True)
class PaceView:
    """The pace of an active enrollment with lessons left; all "" of any other."""

    text: str = ""
    """The sentence: "5% for 3 weeks; needs 4.1% a week, kept 0"."""
    is_stuck: bool = False
    finish: str = ""
    """The day of the projected finish, or that there is none."""
    finish_note: str = ""
    """How far it is from the deadline."""
    is_late: bool = False


def pace_view(one: Paced, day: PaceDay) -> PaceView:
    """Return the pace of an enrollment on a day."""
    pace = pace_of(one, day)
    if pace is None:
        return PaceView()
    late = pace.days_late
    return PaceView(
        text=explain(one, day),
        is_stuck=pace.is_stuck,
        finish=messages.NO_FINISH if pace.finish_day is None else show_day(pace.finish_day),
        finish_note="" if late is None else messages.days_after_deadline(late),
        is_late=pace.is_late,
    )
