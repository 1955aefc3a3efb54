"""Test how a change of an enrollment answers its extension request."""

from __future__ import annotations

from dataclasses import replace

import pytest

from enrollment_portal.domain.enrollment.commands import Change
from enrollment_portal.domain.enrollment.fields import Snapshot, Status
from enrollment_portal.domain.requests import messages
from enrollment_portal.domain.requests.answers import Answer, Request, answer_to, answer_to_undoing
from enrollment_portal.domain.requests.extension_requests import RequestState

ACTIVE, COMPLETED, CANCELLED = Status
ASKED = Request(7, RequestState.OPEN, requested_day=50)
BEFORE = Snapshot(deadline_day=40)


def changed(**values: object) -> Change:
    return Change(BEFORE, replace(BEFORE, **values), {})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("status", "is_learners", "text"),
    [
        (COMPLETED, True, messages.COMPLETED_BY_LEARNER),
        (COMPLETED, False, messages.ENDED),
        (CANCELLED, True, messages.CANCELLED_BY_LEARNER),
        (CANCELLED, False, messages.ENDED),
    ],
)
@pytest.mark.parametrize("deadline", [40, None, 50])
def test_ending_the_enrollment_closes_it(
    status: Status, is_learners: bool, text: str, deadline: int | None
) -> None:
    change = changed(status=status, deadline_day=deadline)
    closed = Answer(7, RequestState.CLOSED, text, is_seen=True)
    assert answer_to(ASKED, change, is_learners=is_learners) == closed


@pytest.mark.parametrize(
    ("deadline", "answer"),
    [
        (40, None),
        (30, None),
        (49, None),
        (50, Answer(7, RequestState.GRANTED, granted_day=50)),
        (51, Answer(7, RequestState.GRANTED, granted_day=51)),
        (None, Answer(7, RequestState.CLOSED, messages.DEADLINE_REMOVED)),
    ],
)
def test_a_deadline_as_late_as_requested_grants_it(
    deadline: int | None, answer: Answer | None
) -> None:
    assert answer_to(ASKED, changed(deadline_day=deadline), is_learners=False) == answer


def test_an_answer_is_new_to_the_learner_unless_marked_as_seen() -> None:
    answer = Answer(7, RequestState.GRANTED)
    assert (answer.text, answer.is_seen, answer.granted_day) == ("", False, None)


def test_an_unchanged_deadline_answers_nothing() -> None:
    late = replace(BEFORE, deadline_day=60)
    assert answer_to(ASKED, Change(late, late, {}), is_learners=False) is None
    without = replace(BEFORE, deadline_day=None)
    assert answer_to(ASKED, Change(without, without, {}), is_learners=False) is None


@pytest.mark.parametrize(
    ("state", "granted_day", "deadline", "answer"),
    [
        (RequestState.GRANTED, 50, 40, Answer(7, RequestState.OPEN)),
        (RequestState.GRANTED, 50, 50, Answer(7, RequestState.OPEN)),
        (RequestState.CLOSED, None, 40, Answer(7, RequestState.OPEN)),
        (RequestState.OPEN, 50, 50, Answer(7, RequestState.GRANTED, granted_day=50)),
        (RequestState.OPEN, 50, 40, None),
        (RequestState.OPEN, None, None, None),
        (RequestState.DECLINED, 50, 50, None),
        (RequestState.WITHDRAWN, 50, 50, None),
    ],
)
def test_undoing_the_change_undoes_its_answer(
    state: RequestState, granted_day: int | None, deadline: int | None, answer: Answer | None
) -> None:
    request = Request(7, state, 50, granted_day)
    assert answer_to_undoing(request, changed(deadline_day=deadline)) == answer
