"""The enrollments of Aarav Menon: one of each kind, as an example learner."""

from __future__ import annotations

from enrollment_portal.demo.catalog.texts import EXTENDED, PRAISE, quoted
from enrollment_portal.demo.enrollment.activity import Draft
from enrollment_portal.demo.people.people import Staff
from enrollment_portal.domain.enrollment.fields import Origin, Status
from enrollment_portal.domain.shared.calendar import MS_PER_DAY

Show = tuple[str, Origin, Draft]
"""The title of the course, the origin of the enrollment, and its draft."""

_HALFWAY_FEEDBACK = (
    "Your notes on the first conversations are thoughtful. Try one of the open questions with your"
    " own team before the next lesson."
)


def showcase(now: int, today: int, admin: Staff, ingrid: Staff) -> list[Show]:
    """Return six enrollments, oldest first.

    Args:
        now: the current time of the company, in ms.
        today: the current day in the organization's time zone.
        admin: who set deadlines and cancelled.
        ingrid: the instructor who graded.
    """

    def ago(days: float) -> int:
        return now - int(days * MS_PER_DAY)

    return [
        (
            "Onboarding: First 30 Days",
            Origin.ADMIN,
            Draft(
                ago(400),
                status=Status.COMPLETED.value,
                tracked_status=Status.COMPLETED.value,
                lessons_done=10_000,
                last_visit_at=ago(371),
                deadline_day=today - 370,
                ended_at=ago(372),
                changes=[
                    (ago(386), None, '{"progress":[0,50]}', ""),
                    (ago(372), None, '{"progress":[50,100],"status":[0,1]}', ""),
                ],
            ),
        ),
        (
            "SQL for Analysts",
            Origin.SELF,
            Draft(
                ago(150),
                status=Status.COMPLETED.value,
                tracked_status=Status.COMPLETED.value,
                lessons_done=10_000,
                last_visit_at=ago(90),
                ended_at=ago(95),
                grade="92%",
                feedback=PRAISE[1],
                changes=[
                    (ago(120), None, '{"progress":[0,50]}', ""),
                    (ago(95), None, '{"progress":[50,100],"status":[0,1]}', ""),
                    (
                        ago(92),
                        ingrid,
                        f'{{"grade":[null,"92%"],"feedback":["",{quoted(PRAISE[1])}]}}',
                        "",
                    ),
                ],
            ),
        ),
        (
            "Public Speaking",
            Origin.SELF,
            Draft(
                ago(120),
                status=Status.CANCELLED.value,
                lessons_done=1,
                last_visit_at=ago(112),
                ended_at=ago(70),
                override=0,
                changes=[(ago(70), admin, '{"status":[0,2]}', "Asked to start again next quarter")],
            ),
        ),
        (
            "Incident Response Drill",
            Origin.GROUP,
            Draft(ago(48), lessons_done=2, last_visit_at=ago(19), deadline_day=today - 5),
        ),
        (
            "Coaching for Managers",
            Origin.PATH,
            Draft(
                ago(40),
                lessons_done=3,
                last_visit_at=ago(4),
                deadline_day=today + 24,
                note=EXTENDED[0],
                is_extended=True,
                feedback=_HALFWAY_FEEDBACK,
                is_feedback_new=1,
                changes=[
                    (
                        ago(9),
                        admin,
                        f'{{"deadline":[{today + 17},{today + 24}],'
                        f'"note":["",{quoted(EXTENDED[0])}]}}',
                        "",
                    ),
                    (ago(2), ingrid, f'{{"feedback":["",{quoted(_HALFWAY_FEEDBACK)}]}}', ""),
                ],
            ),
        ),
        (
            "Data Protection Essentials",
            Origin.ADMIN,
            Draft(ago(18), lessons_done=3, last_visit_at=ago(0.8), deadline_day=today + 3),
        ),
    ]
