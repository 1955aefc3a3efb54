"""Sample texts: feedback, internal notes, reasons, and grades."""

from __future__ import annotations

import json
from random import Random

from enrollment_portal.domain.catalog.grades import GradingScheme, normalize_grade

PRAISE = (
    "Excellent work. Your final exercise was one of the clearest we have seen this term.",
    "Very strong result. Consider the advanced course next; you are ready for it.",
    "Great progress since the first lesson. Keep asking questions in the group, they help others.",
    "Well prepared and precise. I especially liked how you used an example from your own team.",
    "A confident pass. The case study was complete and well argued.",
    "Careful work throughout. The only thing I missed was a short conclusion at the end.",
    "Impressive practical part.\n\nFor next time: write down your assumptions before you start, "
    "so that a colleague can follow them.",
    "You explained the theory in your own words, which shows that it has landed. Thank you!",
)
FAIR = (
    "A good start. Please look at lesson 4 again before you use this in practice.",
    "Passed. The written part was thinner than the practical one; add two examples next time.",
    "Solid basics. Book a half hour with me if you want to go through the open questions.",
    "You meet the requirements. More practice with real cases would help you most now.",
    "Good attention to detail, but several answers were missing their reasons.",
)
CONCERN = (
    "This did not reach the required level yet. Please repeat the practical part; I am happy to "
    "help you prepare.",
    "Several answers were left empty. Let us talk about what got in the way before the next try.",
    "The safety check was not completed. You can retake it from next Monday.",
)
NOTES = (
    "Asked for the exam in writing because of a hearing impairment. Agreed.",
    "On parental leave until spring; do not send reminders.",
    "Line manager confirmed that the certificate is needed for the customer audit.",
    "Prefers sessions in the morning (works the late shift).",
    "Two no-shows so far. Called on Tuesday, promised to continue next week.",
    "Took part in the classroom version last year; materials are comparable.",
    "Needs the course in Swedish. Waiting for the translation.",
    "Possible duplicate of an earlier enrollment. Checked, both are right.",
    "Costs are charged to the project, not to the department.",
    "Borrowed a laptop from IT for the course. Return it at the end.",
)
EXTENDED = (
    "Extended deadline by 1 week due to medical leave.",
    "Extended deadline by 1 week; the learning site was down on Monday.",
    "Extended deadline by 1 week at the request of the line manager.",
)
COMPLETED_BY_HAND = (
    "offline exam",
    "Classroom session attended, list signed by the trainer",
    "Recognized certificate from a previous employer",
    "Practical test passed on site",
)
CANCELLED = (
    "Left the company",
    "Moved to another team, no longer required",
    "Booked by mistake",
    "Replaced by the new edition of the course",
    "Asked to start again next quarter",
)

Grade = tuple[str, str]
"""A stored grade and the tone of its feedback: praise, fair or concern."""


def quoted(text: str) -> str:
    """Return a text as JSON, for a row of history."""
    return json.dumps(text, ensure_ascii=False)


FEEDBACK: dict[str, tuple[tuple[str, str], ...]] = {
    tone: tuple((text, quoted(text)) for text in texts)
    for tone, texts in (("praise", PRAISE), ("fair", FAIR), ("concern", CONCERN))
}
"""Feedback by tone, each text with its JSON form, which is used many thousand times."""


def grade_pool(scheme: GradingScheme, points: int | None, random: Random) -> tuple[Grade, ...]:
    """Return grades that a course's scheme allows, with realistic frequencies.

    Args:
        scheme: how the course is graded.
        points: the highest number of points, for a course graded in points.
        random: for the scores.
    """
    scores = [min(100, max(30, round(random.gauss(80, 12)))) for _ in range(64)]
    return tuple((_typed(score, scheme, points), _tone(score)) for score in scores)


def _tone(score: int) -> str:
    return "praise" if score >= 82 else "fair" if score >= 60 else "concern"


def _typed(score: int, scheme: GradingScheme, points: int | None) -> str:
    match scheme:
        case GradingScheme.PASS_FAIL:
            typed = "Pass" if score >= 60 else "Fail"
        case GradingScheme.LETTERS:
            bounds = (95, "A"), (90, "A-"), (85, "B+"), (80, "B"), (75, "B-"), (70, "C+"), (60, "C")
            typed = next((letter for bound, letter in bounds if score >= bound), "D")
        case GradingScheme.POINTS:
            typed = str(round(score * (points or 100) / 100))
        case GradingScheme.PERCENT:
            typed = f"{score}%"
        case GradingScheme.FREE:
            words = (90, "Outstanding"), (75, "Passed with credit"), (60, "Passed")
            typed = next((word for bound, word in words if score >= bound), "Not yet")
    return normalize_grade(typed, scheme, points) or typed
