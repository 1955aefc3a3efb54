"""Test the change that sends a message, and its undo: no value of the enrollment changes."""

from __future__ import annotations

import pytest

from enrollment_portal.domain.enrollment.commands import Effect, SendMessage, SetFields
from enrollment_portal.domain.enrollment.fields import Field, Sent, Status
from enrollment_portal.domain.enrollment.undo import (
    AlreadyUndone,
    inverse,
    labels,
    require_no_later_change,
)
from tests.unit.enrollment.model import Model


def sent(status: Status = Status.ACTIVE, overridden: bool = False) -> Model:
    """Return an enrollment with a message, another one after it, and a new deadline."""
    model = Model()
    if overridden:
        model.make(SetFields({Field.STATUS: int(status)}))
    model.make(SendMessage("First"))
    model.make(SetFields({Field.DEADLINE: 20_000}))
    model.make(SendMessage("Second"))
    return model


@pytest.mark.parametrize("status", [Status.COMPLETED, Status.CANCELLED])
def test_a_message_changes_no_value(status: Status) -> None:
    model = Model()
    model.make(SetFields({Field.STATUS: int(status)}))
    before = model.stored
    change = model.make(SendMessage("Hello"))
    assert change.recorded == {Sent.MESSAGE: (None, "Hello")}
    assert change.effects == {Effect.FOLLOW_MESSAGE}
    after = model.stored
    assert (after.status, after.override_seq, after.values) == (
        before.status,
        before.override_seq,
        before.values,
    )
    assert after.version == before.version + 1
    assert labels(change.recorded) == "Message"


@pytest.mark.parametrize("overridden", [False, True])
def test_a_message_is_withdrawn_and_shown_again(overridden: bool) -> None:
    model = sent(Status.COMPLETED, overridden)
    first = next(e for e in model.history if e.changes.get(Sent.MESSAGE) == (None, "First"))
    values = model.stored.values
    # A later message does not prevent it.
    for expected in ((first, ("First", None)), (None, (None, "First"))):
        event = expected[0] or model.history[-1]
        later = [one for one in reversed(model.history) if one.seq > event.seq]
        require_no_later_change(event, later, model.now)
        change = model.make(inverse(event, model.stored, model.course, later))
        assert change.recorded == {Sent.MESSAGE: expected[1]}
        assert change.undoes == event.seq
        assert model.stored.values == values
    withdrawn = model.history[-2]
    with pytest.raises(AlreadyUndone):
        require_no_later_change(withdrawn, [model.history[-1]], model.now)
