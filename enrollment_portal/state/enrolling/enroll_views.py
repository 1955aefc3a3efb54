"""The preview of enrolling many people, ready to show."""

from __future__ import annotations

from dataclasses import dataclass

from enrollment_portal.domain.enrolling import messages
from enrollment_portal.domain.enrolling.enroll_request import Outcome
from enrollment_portal.domain.shared.wording import show_number
from enrollment_portal.services.enrolling.enroll_many import Preview

N_SHOWN = 200
"""The most people listed by name for each outcome; the others are only counted."""
_OUTCOMES = {
    Outcome.ENROLLED: ("Will be enrolled", "user_round_plus"),
    Outcome.ALREADY: ("Enrolled already", "check"),
    Outcome.REFUSED: ("Cannot be enrolled", "circle_alert"),
}


@dataclass(frozen=True)
class LineView:
    """One person in one course, with a reason if it needs one."""

    name: str
    title: str
    why: str
    is_warning: bool = False
    """Whether the reason is a warning."""


@dataclass(frozen=True)
class OutcomeView:
    """All people with the same outcome."""

    label: str
    mark: str
    count: str
    lines: list[LineView]
    rest: str
    """How many more there are than listed, in words; "" for none."""


def outcome_views(made: Preview) -> list[OutcomeView]:
    """Return the preview by outcome, without outcomes of nobody."""
    views: list[OutcomeView] = []
    for outcome, (label, mark) in _OUTCOMES.items():
        decisions = [d for d in made.plan.decisions if d.outcome is outcome]
        if decisions:
            rest = len(decisions) - N_SHOWN
            # If not all are named, those with a reason are.
            decisions.sort(key=lambda d: not d.why)
            views.append(
                OutcomeView(
                    label=label,
                    mark=mark,
                    count=show_number(len(decisions)),
                    lines=[
                        LineView(d.person.name, d.learnable.title, d.why, d.is_retake)
                        for d in decisions[:N_SHOWN]
                    ],
                    rest=messages.and_more(rest) if rest > 0 else "",
                )
            )
    return views
