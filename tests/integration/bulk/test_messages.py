"""Test messages to learners: shown, withdrawn, and sent by mail once, on both engines."""

from __future__ import annotations

from collections.abc import Iterator
from zoneinfo import ZoneInfo

import pytest

from enrollment_portal.domain.bulk import messages
from enrollment_portal.domain.bulk.jobs import JobState
from enrollment_portal.domain.learning.learner_messages import Mail
from enrollment_portal.domain.people.people import Actor, Role
from enrollment_portal.domain.shared.errors import NotAllowed
from enrollment_portal.services.bulk import message_mail, previewing
from enrollment_portal.services.bulk.jobs import Job, cancel_job, read_job
from enrollment_portal.services.bulk.message_mail import give_up_lost_mails, send_next_mail
from enrollment_portal.services.bulk.previewing import preview_undo
from enrollment_portal.services.bulk.register import read_batch, read_batch_rows
from enrollment_portal.services.bulk.worker import Worker
from enrollment_portal.services.learning.learning import mark_message, read_dashboard
from enrollment_portal.settings import settings
from enrollment_portal.state.learning.learning_views import dashboard_view
from enrollment_portal.storage.shared.database import Database
from tests.builders import make_course, make_enrollment, make_organization
from tests.integration.actors import make_actor, make_admin, make_learner_actor
from tests.integration.bulk.bulk_steps import accept, change, make_rows, preview_of, run
from tests.integration.stored import execute, rows
from tests.signing_in import use_settings

UTC = ZoneInfo("UTC")
TEXT = "Hi {first name}, <b>{course}</b> waits"


@pytest.fixture
def dana(database: Database) -> Actor:
    """An admin who manages enrollments."""
    make_organization(database)
    return make_admin(database)


@pytest.fixture
def by_mail(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[str, str, str]]]:
    """A configured mail server, and the mails that it gets: to whom, subject, text."""
    use_settings(
        monkeypatch, PORTAL_SMTP_URL="smtp://127.0.0.1:1", PORTAL_MAIL_FROM="a@northwind.example"
    )
    sent: list[tuple[str, str, str]] = []
    monkeypatch.setattr(message_mail, "send_mail", lambda *mail: sent.append(mail) or True)
    yield sent
    monkeypatch.undo()
    settings.cache_clear()


def texts_for(database: Database, learner: Actor) -> list[str]:
    return [message.text for message in read_dashboard(database, learner).messages]


def send(database: Database, actor: Actor, ids: list[int], text: str = TEXT) -> Job:
    return change(database, actor, ids, "message", text=text)


def test_a_message_is_shown_until_it_is_dismissed(database: Database, dana: Actor) -> None:
    ada = make_learner_actor(database)
    fire = make_course(database, "Fire Safety")
    id_ = make_enrollment(database, ada.learner_id or 0, fire, deadline_day=None)
    made = preview_of(database, dana, [id_, *make_rows(database, 2)], "message", text=TEXT)
    assert made.notices == (messages.without_account(2),)
    assert made.rows[0].changes[0][2] == "Hi Ada, <b>Fire Safety</b> waits"
    job = run(database, dana, made)
    assert (job.state, job.n_changed) == (JobState.DONE, 3)
    (shown,) = dashboard_view(read_dashboard(database, ada), UTC, UTC, 0).messages
    assert (shown.course, shown.is_new) == ("Fire Safety", True)
    assert [(part.text, part.href) for part in shown.parts] == [
        ("Hi Ada, <b>Fire Safety</b> waits", "")
    ]
    bob = make_learner_actor(database, "Bob")
    for other in (bob, dana):
        mark_message(database, other, shown.id, is_dismissed=True)
    for nonsense in (None, "x", -1, 2**70, True):
        mark_message(database, ada, nonsense, is_dismissed=True)
    mark_message(database, ada, shown.id, is_dismissed=False)
    (shown,) = dashboard_view(read_dashboard(database, ada), UTC, UTC, 0).messages
    assert not shown.is_new
    mark_message(database, ada, shown.id, is_dismissed=True)
    mark_message(database, ada, shown.id, is_dismissed=False)
    assert texts_for(database, ada) == []
    # Nothing of the enrollment has changed, and its history has the message.
    assert rows(database, "SELECT DISTINCT mail FROM learner_message") == [("none",)]
    assert len(read_batch_rows(database, dana, job.id).rows) == 3


def test_an_undo_withdraws_it_and_a_redo_shows_it_again(database: Database, dana: Actor) -> None:
    ada = make_learner_actor(database)
    id_ = make_enrollment(database, ada.learner_id or 0, make_course(database, "Fire Safety"))
    first = send(database, dana, [id_], "First")
    send(database, dana, [id_], "Second")
    assert texts_for(database, ada) == ["Second", "First"]
    undone = run(database, dana, preview_undo(database, dana, first.id))
    assert texts_for(database, ada) == ["Second"]
    redone = run(database, dana, preview_undo(database, dana, undone.id))
    assert texts_for(database, ada) == ["Second", "First"]
    assert (undone.title, redone.title) == (
        "Undo: Message the learner",
        "Redo: Message the learner",
    )


def test_the_same_message_goes_to_a_learner_once(database: Database, dana: Actor) -> None:
    ada = make_learner_actor(database)
    ids = [
        make_enrollment(database, ada.learner_id or 0, make_course(database, title))
        for title in ("Fire Safety", "Data Protection")
    ]
    made = preview_of(database, dana, ids, "message", text="Hi {first name}")
    assert (made.summary.change, made.summary.same) == (1, 1)
    assert made.rows[1].why == messages.SENT_ABOVE
    run(database, dana, made)
    assert len(texts_for(database, ada)) == 1
    assert preview_of(database, dana, ids, "message", text="{ Course }").summary.change == 2


def test_instructors_write_in_their_courses_and_leads_to_nobody(
    database: Database, dana: Actor
) -> None:
    course = make_course(database)
    ids = make_rows(database, 2, course) + make_rows(database, 1)
    ingrid = make_actor(database, Role.INSTRUCTOR, teaches=(course,))
    made = preview_of(database, ingrid, ids, "message", text="Hi")
    assert (made.summary.change, made.summary.refused) == (2, 1)
    job = run(database, ingrid, made)
    assert run(database, ingrid, preview_undo(database, ingrid, job.id)).n_changed == 2
    lead = make_actor(database, Role.GROUP_LEAD)
    with pytest.raises(NotAllowed):
        preview_of(database, lead, ids, "message", text="Hi")


def test_mails_are_sent_once_after_the_job(
    database: Database,
    dana: Actor,
    by_mail: list[tuple[str, str, str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(previewing, "PART_ROWS", 1)
    ids = make_rows(database, 3)
    execute(database, "UPDATE learner SET email = NULL WHERE id = (SELECT min(id) FROM learner)")
    made = preview_of(database, dana, ids, "message", text=TEXT)
    assert made.notices[0] == messages.by_mail(2)
    job, one = accept(database, dana, made), Worker(database)
    execute(database, f"UPDATE bulk_job SET lease_by = '{one.name}', lease_until = {2**52}")
    assert one.step(job.id)
    # While the job runs, nothing is sent: it may be cancelled.
    assert not send_next_mail(database)
    execute(database, "UPDATE bulk_job SET lease_until = 0")
    assert Worker(database).carry_out_next()
    while send_next_mail(database):
        pass
    assert [to for to, _subject, _text in by_mail] == [
        row[0] for row in rows(database, "SELECT email FROM learner WHERE email > '' ORDER BY id")
    ]
    assert by_mail[0][1] == "Fire Safety: a message from Northwind Academy"
    assert "<b>Fire Safety</b> waits" in by_mail[0][2]
    assert read_batch(database, dana, job.id).mails == {Mail.NONE: 1, Mail.SENT: 2}
    # An undo says that these cannot be taken back; a redo sends none again.
    undo = preview_undo(database, dana, job.id)
    assert undo.notices == (messages.mail_stays(2),)
    undone = run(database, dana, undo)
    run(database, dana, preview_undo(database, dana, undone.id))
    assert not send_next_mail(database)
    assert len(by_mail) == 2


def test_a_mail_that_fails_or_is_lost_is_reported_and_the_rest_goes_out(
    database: Database,
    dana: Actor,
    by_mail: list[tuple[str, str, str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    job = send(database, dana, make_rows(database, 3))
    with monkeypatch.context() as patch:
        patch.setattr(message_mail, "send_mail", lambda *_mail: False)
        assert send_next_mail(database)

        def die(*_mail: str) -> bool:
            raise KeyboardInterrupt

        patch.setattr(message_mail, "send_mail", die)
        with pytest.raises(KeyboardInterrupt):
            send_next_mail(database)
    # What a process had begun to send when it died is not sent again.
    assert send_next_mail(database)
    assert not send_next_mail(database)
    assert len(by_mail) == 1
    give_up_lost_mails(database)
    assert read_batch(database, dana, job.id).mails == {
        Mail.FAILED: 1,
        Mail.SENDING: 1,
        Mail.SENT: 1,
    }
    execute(database, "UPDATE learner_message SET mail_at = 0")
    give_up_lost_mails(database)
    assert read_batch(database, dana, job.id).mails == {Mail.FAILED: 2, Mail.SENT: 1}
    assert [row.mail_failed for row in read_batch_rows(database, dana, job.id).rows] == [
        True,
        True,
        False,
    ]
    assert read_job(database, dana, job.id).state is JobState.DONE


def test_a_cancelled_job_sends_no_mail(
    database: Database,
    dana: Actor,
    by_mail: list[tuple[str, str, str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(previewing, "PART_ROWS", 1)
    made = preview_of(database, dana, make_rows(database, 3), "message", text=TEXT)
    job, one = accept(database, dana, made), Worker(database)
    execute(database, f"UPDATE bulk_job SET lease_by = '{one.name}', lease_until = {2**52}")
    assert one.step(job.id)
    cancel_job(database, dana, job.id)
    execute(database, "UPDATE bulk_job SET lease_until = 0")
    assert Worker(database).carry_out_next()
    assert read_job(database, dana, job.id).n_taken_back == 1
    assert not send_next_mail(database)
    assert by_mail == []
    assert rows(database, "SELECT is_withdrawn, mail FROM learner_message") == [(1, "withdrawn")]
