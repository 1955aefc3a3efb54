"""What people read of an enrollment's pace, and of its settings in Configuration."""

from __future__ import annotations

from enrollment_portal.domain.shared.wording import percent, plural, with_semicolon

NOBODY_IS_STUCK = "Everyone who has lessons left has done one lately."
NO_FINISH = "Not at this pace"

_DAYS_UNTIL_WEEKS = 14


def show_pace(tenths: int) -> str:
    """Format a pace, given in tenths of a percent: "4.1%", "4%"; "0" for none."""
    if not tenths:
        return "0"
    whole, tenth = divmod(tenths, 10)
    return f"{whole}.{tenth}%" if tenth else percent(whole)


def because(still: str, pace: str) -> str:
    """Join for how long there was no progress, and what that means for the deadline."""
    return with_semicolon(still, pace)


def still_at(progress: int, days: int) -> str:
    """Tell the progress, and for how long it has been so: "5% for 3 weeks"."""
    at = percent(progress)
    if not days:
        return f"{at} since today"
    if days >= _DAYS_UNTIL_WEEKS:
        return plural(days // 7, one="{at} for {n} week", other="{at} for {n} weeks", at=at)
    return plural(days, one="{at} since yesterday", other="{at} for {n} days", at=at)


def needs_weekly(needed: int, kept: int) -> str:
    """Tell the pace needed and kept, each in tenths of a percent a week."""
    return f"needs {show_pace(needed)} a week, kept {show_pace(kept)}"


def needs_in_days(left: int, days: int, kept: int) -> str:
    """Tell how much is left in the last days before the deadline, and the pace kept."""
    return plural(
        days,
        one="needs {left} by the end of today, kept {kept} a week",
        other="needs {left} in {n} days, kept {kept} a week",
        left=percent(left),
        kept=show_pace(kept),
    )


def deadline_passed(kept: int) -> str:
    """Tell the pace kept where the deadline has passed."""
    return f"the deadline has passed, kept {show_pace(kept)} a week"


def no_deadline(kept: int) -> str:
    """Tell the pace kept where there is no deadline."""
    return f"no deadline, kept {show_pace(kept)} a week"


def days_after_deadline(days: int) -> str:
    """Tell how far the projected finish is from the deadline; negative before it."""
    if not days:
        return "on the day of the deadline"
    if days > 0:
        return plural(days, one="{n} day after the deadline", other="{n} days after the deadline")
    return plural(-days, one="{n} day before the deadline", other="{n} days before the deadline")


# Settings.

SUBTITLE = "When an enrollment is shown as stuck, and how its pace is measured"
STUCK_DAYS = "Stuck after, in days"
STUCK_DAYS_HINT = (
    "An active enrollment with lessons left is stuck once the learner has done no lesson for so "
    "many days. Usually 14."
)
PACE_WEEKS = "Pace measured over, in weeks"
PACE_WEEKS_HINT = (
    "The pace is how much progress rose per week in the last weeks, and the projected finish "
    "follows from it. With more weeks it is steadier; with fewer it follows what changed lately. "
    "Usually 4."
)


def stuck_days_changed(before: int, after: int) -> str:
    """Tell a change in the access log."""
    return f"Stuck after {after} days, before {before}"


def pace_weeks_changed(before: int, after: int) -> str:
    """Tell a change in the access log."""
    return f"Pace measured over {after} weeks, before {before}"


def what_is_stuck(days: int) -> str:
    """Explain who is stuck."""
    return plural(
        days,
        one="Stuck: active, with lessons left, and no lesson done for {n} day or more.",
        other="Stuck: active, with lessons left, and no lesson done for {n} days or more.",
    )
