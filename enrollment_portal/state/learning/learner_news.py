"""Sentences for a learner about what others changed in their learning while a page was open."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import reflex as rx

from enrollment_portal.domain.access.permissions import may_learn
from enrollment_portal.domain.enrollment.fields import Status
from enrollment_portal.domain.learning import messages
from enrollment_portal.domain.shared.wording import sentences
from enrollment_portal.state.enrollment.views.requests import RequestView
from enrollment_portal.state.learning.learning_views import MessageView
from enrollment_portal.state.learning.own_views import OwnView
from enrollment_portal.state.shared.session import guarded


class LearnerNews(rx.State, mixin=True):
    """A learner's page that announces in a sentence what has just changed on it."""

    news: str = ""

    @rx.event
    @guarded(may_learn)
    async def put_news_away(self):
        """Clear the announcement once it is read."""
        self.news = ""

    def _show_news(self, news: list[str]) -> None:
        if news:
            self.news = sentences(*news)


def own_news(before: Iterable[OwnView], now: Iterable[OwnView]) -> list[str]:
    """Return a sentence for each thing that changed in a learner's enrollments.

    Args:
        before: what the page showed.
        now: what it shows now.
    """
    known = {own.id: own for own in before}
    return [sentence for own in now for sentence in _changed(known.get(own.id), own)]


def _changed(before: OwnView | None, own: OwnView) -> Iterable[str]:
    if before is None:
        yield messages.is_new(own.course)
        return
    if own.feedback and own.feedback != before.feedback:
        yield messages.new_feedback(own.course)
    if own.grade != before.grade:
        yield (
            messages.new_grade(own.course, own.grade)
            if own.grade
            else messages.grade_removed(own.course)
        )
    if own.deadline.date != before.deadline.date:
        yield (
            messages.new_deadline(own.course, own.deadline.date)
            if own.deadline.date
            else messages.deadline_removed(own.course)
        )
    if own.status != before.status:
        yield messages.new_status(own.course, Status[own.status.upper()].label.lower())


def message_news(new: Sequence[MessageView]) -> list[str]:
    """Return a sentence about new messages, if there are any."""
    if len(new) > 1:
        return [messages.new_messages(len(new))]
    return [messages.new_message(message.course) for message in new]


def request_news(before: Iterable[RequestView], now: Iterable[RequestView]) -> list[str]:
    """Return a sentence for each request that was answered; see `own_news`."""
    known = {request.id: request.state for request in before}
    return [
        sentences(messages.in_course(request.course) if request.course else "", request.sentence)
        for request in now
        if request.state not in ("open", known.get(request.id, ""))
    ]
