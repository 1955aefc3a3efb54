"""Validate the settings of stuck and pace."""

from __future__ import annotations

from collections.abc import Mapping

from enrollment_portal.domain.pace.pace import PaceSettings
from enrollment_portal.domain.shared.errors import Invalid
from enrollment_portal.domain.shared.typed_text import read_number

MOST_STUCK_DAYS = 365
MOST_PACE_WEEKS = 26
_RANGES = {"stuck_days": MOST_STUCK_DAYS, "pace_weeks": MOST_PACE_WEEKS}


def read_pace_settings(typed: Mapping[str, object]) -> PaceSettings:
    """Check the typed settings.

    Args:
        typed: the typed text, by the names of `PaceSettings`.

    Raises:
        Invalid: one message for each field that breaks a rule.
    """
    numbers: dict[str, int] = {}
    errors: dict[str, str] = {}
    for name, highest in _RANGES.items():
        try:
            numbers[name] = read_number(typed.get(name, ""), 1, highest)
        except ValueError as refusal:
            errors[name] = str(refusal)
    if errors:
        raise Invalid(errors)
    return PaceSettings(**numbers)


def typed_pace_settings(settings: PaceSettings) -> dict[str, str]:
    """Return settings as the form's fields show them."""
    return {"stuck_days": str(settings.stuck_days), "pace_weeks": str(settings.pace_weeks)}
