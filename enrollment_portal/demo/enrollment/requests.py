"""Generate extension requests: some open, others decided."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection
from random import Random

from enrollment_portal.demo.enrollment.activity import Draft
from enrollment_portal.demo.people.people import Staff
from enrollment_portal.domain.requests.extension_requests import RequestState
from enrollment_portal.domain.shared.calendar import MS_PER_DAY

REQUEST_COLUMNS = (
    "id enrollment_id wanted_day reason state asked_at decided_at decided_by answer is_seen"
)
_REASONS = (
    "I was ill last week and could not finish the practical part.",
    "We have the yearly stocktaking, and I cannot leave the floor before it is over.",
    "I am travelling to a customer until the end of the month.",
    "My shift changed, and the group exercise is on my free day now.",
    "I would like to take the last two lessons together with a colleague who starts on Monday.",
    "Our site moved, and the learning room is not ready yet.",
)
_GRANTED = ("Of course. Take the week.", "Granted. Get well soon.", "")
_DECLINED = (
    "The certificate is needed for the audit, so the date has to stay. Ask me for help with it.",
    "You still have two weeks. Please ask again if that is not enough.",
)
_ASKED_BY_ILL = "I have to undergo a small operation and will be away for a week."


class Requests:
    """Collect enrollments with extension requests.

    Args:
        now: the current time of the company, in ms.
        today: the current day.
        admin: who decides.
        watched: the ids of courses in which at least two requests should be open.
    """

    def __init__(self, now: int, today: int, admin: Staff, watched: Collection[int]) -> None:
        self._now, self._today, self._admin, self._watched = now, today, admin, watched
        self._granted: deque[tuple[int, Draft]] = deque(maxlen=14)
        self._declined: deque[tuple[int, Draft]] = deque(maxlen=7)
        self._open: deque[tuple[int, Draft]] = deque(maxlen=5)
        self._open_watched: deque[tuple[int, Draft]] = deque(maxlen=3)
        self._showcase: tuple[int, Draft] | None = None

    def consider(self, id_: int, course_id: int, draft: Draft) -> None:
        """Add an active enrollment with a deadline, if suitable; the newest ones are kept."""
        left = (draft.deadline_day or 0) - self._today
        if draft.is_extended:
            self._granted.append((id_, draft))
        elif 0 <= left <= 9:
            (self._open_watched if course_id in self._watched else self._open).append((id_, draft))
        elif 9 < left < 40 and self._now - draft.enrolled_at > 20 * MS_PER_DAY:
            self._declined.append((id_, draft))

    def show(self, id_: int, draft: Draft) -> None:
        """Add the enrollment of the showcase whose deadline was extended."""
        self._showcase = id_, draft

    def rows(self, random: Random) -> list[tuple[object, ...]]:
        """Return the requests, the oldest first."""
        now, who = self._now, self._admin.name
        rows: list[tuple[object, ...]] = []
        extended = [(*noted, 0) for noted in self._granted]
        if self._showcase:
            extended.append((*self._showcase, 1))
        for id_, draft, is_shown in extended:
            decided_at = next(at for at, _, changes, _ in draft.changes if '"deadline"' in changes)
            asked_at = self._before(random, draft, decided_at)
            reason = _ASKED_BY_ILL if is_shown else random.choice(_REASONS)
            answer = _GRANTED[1] if is_shown else random.choice(_GRANTED)
            is_seen = 0 if is_shown or now - decided_at < 4 * MS_PER_DAY else 1
            state = RequestState.GRANTED.value
            rows.append(
                (
                    id_,
                    draft.deadline_day,
                    reason,
                    state,
                    asked_at,
                    decided_at,
                    who,
                    answer,
                    is_seen,
                )
            )
        for id_, draft in self._declined:
            decided_at = now - int((1 + random.random() * 14) * MS_PER_DAY)
            asked_at = self._before(random, draft, decided_at)
            wanted = (draft.deadline_day or self._today) + random.choice((7, 14, 30))
            reason, answer = random.choice(_REASONS), random.choice(_DECLINED)
            is_seen = int(random.random() < 0.7)
            state = RequestState.DECLINED.value
            rows.append((id_, wanted, reason, state, asked_at, decided_at, who, answer, is_seen))
        for id_, draft in (*self._open, *self._open_watched):
            asked_at = self._before(random, draft, now)
            wanted = (draft.deadline_day or self._today) + random.choice((7, 7, 14, 21))
            reason, state = random.choice(_REASONS), RequestState.OPEN.value
            rows.append((id_, wanted, reason, state, asked_at, None, "", "", 0))
        rows.sort(key=lambda row: (row[4], row[0]))
        return [(number, *row) for number, row in enumerate(rows, 1)]

    @staticmethod
    def _before(random: Random, draft: Draft, moment: int) -> int:
        """Return a time in the days before another, after the enrollment was created."""
        asked_at = moment - int((0.05 + random.random() * 2) * MS_PER_DAY)
        return max(asked_at, draft.enrolled_at)
