"""Test the handlers of bulk changes and the file of a preview: refusals, staleness, progress."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import text
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.types import Message

from enrollment_portal.domain.bulk import messages
from enrollment_portal.domain.bulk.preview_file import preview_address
from enrollment_portal.domain.people.people import Role
from enrollment_portal.http.bulk.preview_routes import get_preview
from enrollment_portal.services import runtime
from enrollment_portal.services.bulk.worker import Worker
from enrollment_portal.settings import settings
from enrollment_portal.state.bulk.changing import BulkChanges
from enrollment_portal.state.bulk.copying import CopyingRows
from enrollment_portal.state.bulk.jobs import BulkJobs
from enrollment_portal.state.bulk.register import Batches, BatchPage
from enrollment_portal.state.bulk.shown_preview import ShownPreview
from enrollment_portal.state.ledger.ledger import Ledger
from enrollment_portal.state.shared.views import ACTIVITY_PATH, BATCHES_PATH, LEDGER_PATH
from enrollment_portal.storage.shared.database import Database
from tests.builders import make_account, make_course, make_organization, make_session
from tests.integration.bulk.bulk_steps import make_rows
from tests.security.pipeline import Client, Pipeline, as_json, event_name, pipeline

SCOPE = f"{LEDGER_PATH}?"
STATES = (Ledger, ShownPreview, BulkJobs, Batches, BatchPage, CopyingRows)


class Portal:
    """The database of the running app, with rows in a course that an instructor teaches."""

    def __init__(self, database: Database) -> None:
        self.database = database
        make_organization(database)
        self.course = make_course(database, "Fire Safety")
        self.ids = make_rows(database, 12, self.course)
        self.admin = make_account(database, Role.SUPER_ADMIN, name="Dana Ruiz")
        self.teacher = make_account(database, Role.INSTRUCTOR, teaches=(self.course,))
        self.lead = make_account(database, Role.GROUP_LEAD)
        self.sessions = {
            account: make_session(database, account)
            for account in (self.admin, self.teacher, self.lead)
        }

    def work(self) -> None:
        """Carry out the jobs that were started."""
        while Worker(self.database).carry_out_next():
            pass

    def touch(self, n: int) -> None:
        """Change some rows, as somebody else would."""
        with self.database.write() as session:
            session.execute(
                text("UPDATE enrollment SET version = version + 1 WHERE id <= :last"),
                {"last": self.ids[n - 1]},
            )


class Tab:
    """An open tab: calls handlers, and knows the last value of each var that it was sent."""

    def __init__(self, running: Pipeline, portal: Portal, account: int) -> None:
        self.client: Client = running.client(f"t{account}", portal.sessions[account])
        self.shown: dict[str, Any] = {}

    async def call(self, state: type, handler: str, path: str = LEDGER_PATH, **values: Any) -> Any:
        """Send an event, and return what is shown after it."""
        for update in as_json(await self.client.call(event_name(state, handler), path, **values)):
            for one in STATES:
                for name, value in update.get("delta", {}).get(one.get_full_name(), {}).items():
                    key = f"{one.__name__}.{name.split('_rx_state_')[0]}"
                    self.shown[key] = value
        return self.shown

    async def preview(self, action: str, ids: list[int], **typed: str) -> Any:
        """Open the ledger, and preview an action."""
        await self.call(Ledger, "load")
        await self.call(BulkJobs, "load")
        selected = {"scope": SCOPE, "ids": ids}
        form = {"action": action, **typed}
        return await self.call(BulkChanges, "preview", form=form, selected=selected)

    async def start(self) -> Any:
        """Start the preview that is shown."""
        made = self.shown["ShownPreview.preview"]
        values = {"preview_id": made["id"], "fingerprint": made["fingerprint"]}
        return await self.call(BulkChanges, "start", **values)


@pytest.fixture
def portal(migrated_sqlite_file: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """A portal for one test."""
    file = tmp_path_factory.mktemp("bulk") / "portal.db"
    file.write_bytes(migrated_sqlite_file.read_bytes())
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("DATABASE_URL", f"sqlite:///{file}")
        settings.cache_clear()
        database = runtime.database()
        yield Portal(database)
        database.close()
    settings.cache_clear()


async def download(portal: Portal, account: int, job: str) -> tuple[int, str]:
    """Return the status and the text of the file of a preview."""
    cookie = f"portal_session={portal.sessions[account]}".encode()
    path, _, query = preview_address(job).partition("?")
    scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "query_string": query.encode(),
        "headers": [(b"cookie", cookie), (b"host", b"localhost")],
        "scheme": "http",
        "server": ("localhost", 80),
        "app": Starlette(),
    }
    status, parts = 0, b""

    async def receive() -> Message:
        return await asyncio.Future()  # until it is sent

    async def send(message: Message) -> None:
        nonlocal status, parts
        status = message.get("status", status)
        parts += message.get("body", b"")

    # Only a file that is sent gives back its place among the downloads.
    await (await get_preview(Request(scope)))(scope, receive, send)
    return status, parts.decode("utf-8-sig")


def test_a_refused_form_says_why_and_shows_no_preview(portal: Portal) -> None:
    async def act() -> None:
        async with pipeline() as running:
            tab = Tab(running, portal, portal.admin)
            shown = await tab.preview("deadline", portal.ids, day="soon")
            assert shown["ShownPreview.errors"] == {"day": messages.NOT_A_DAY}
            assert shown["ShownPreview.preview"]["id"] == ""
            shown = await tab.preview("deadline", [], day="2030-01-01")
            assert shown["ShownPreview.refusal"] == messages.SELECT_ROWS
            shown = await tab.preview("cancel", portal.ids)
            assert shown["ShownPreview.errors"] == {"reason": messages.REASON_NEEDED}
            other = {"scope": f"{LEDGER_PATH}?tab=active", "all": True, "ids": []}
            form = {"action": "clear_deadline"}
            shown = await tab.call(BulkChanges, "preview", form=form, selected=other)
            assert shown["ShownPreview.refusal"] == messages.SELECT_AGAIN
            assert shown["ShownPreview.answered"] == 4
            # What is refused after a preview does not leave that one.
            shown = await tab.preview("clear_deadline", portal.ids)
            assert shown["ShownPreview.preview"]["id"]
            shown = await tab.preview("grade", portal.ids)
            assert shown["ShownPreview.errors"] == {"text": messages.CHOOSE_GRADE}
            assert shown["ShownPreview.preview"]["id"] == ""

    asyncio.run(act())


def test_copied_rows_answer_their_request_or_say_why_not(portal: Portal) -> None:
    async def act() -> None:
        async with pipeline() as running:
            tab = Tab(running, portal, portal.admin)

            async def copy(ticket: Any, selected: Any) -> Any:
                shown = await tab.call(CopyingRows, "load_rows", ticket=ticket, selected=selected)
                return shown["CopyingRows.answer"]

            await tab.call(Ledger, "load")
            answer = await copy(7, {"scope": SCOPE, "ids": portal.ids[:2]})
            assert (answer["ticket"], answer["refusal"]) == (7, "")
            assert sorted(row[0] for row in answer["rows"]) == ["Learner 0", "Learner 1"]
            assert len(answer["headings"]) == len(answer["rows"][0])
            await tab.call(CopyingRows, "end")
            assert tab.shown["CopyingRows.answer"]["rows"] == []
            for selected, why in (
                ({"scope": SCOPE, "ids": []}, messages.SELECT_ROWS),
                ({"scope": SCOPE, "ids": [9_999]}, messages.NOTHING_TO_COPY),
                ({"scope": "/elsewhere?", "all": True}, messages.SELECT_AGAIN),
                (None, messages.SELECT_AGAIN),
            ):
                answer = await copy(8, selected)
                assert (answer["ticket"], answer["refusal"], answer["rows"]) == (8, why, [])
            answer = await copy("x", {"scope": SCOPE, "ids": portal.ids})
            assert answer["ticket"] == 0

    asyncio.run(act())


def test_what_is_previewed_runs_is_reported_and_registered(portal: Portal) -> None:
    async def act() -> None:
        async with pipeline() as running:
            tab = Tab(running, portal, portal.admin)
            shown = await tab.preview("move_deadline", portal.ids, amount="7", reason="Outage")
            made = shown["ShownPreview.preview"]
            assert (made["n_change"], len(made["rows"])) == (12, 12)
            assert made["counts"][0] == "12 change"
            status, file = await download(portal, portal.admin, made["id"])
            assert (status, file.count("\r\n")) == (200, 13)
            assert '"Learner 0","Fire Safety","Changes","Deadline"' in file
            assert (await download(portal, portal.teacher, made["id"]))[0] == 404

            portal.touch(1)
            shown = await tab.start()
            assert shown["ShownPreview.started"] == 1
            assert shown["ShownPreview.preview"]["id"] == ""
            [job] = shown["BulkJobs.jobs"]
            assert (job["text"], job["is_over"]) == (messages.WAITING, False)
            portal.work()
            [job] = (await tab.call(BulkJobs, "refresh"))["BulkJobs.jobs"]
            assert job["text"] == "Done: 11 enrollments changed, 1 skipped."
            assert job["may_undo"]
            # The report survives a reload, and is dismissed.
            assert (await tab.call(BulkJobs, "load"))["BulkJobs.jobs"] == [job]
            assert (await tab.call(BulkJobs, "dismiss", job_id=job["id"]))["BulkJobs.jobs"] == []

            path = f"{ACTIVITY_PATH}/{job['id']}"
            [batch] = (await tab.call(Batches, "load", BATCHES_PATH))["Batches.rows"]
            assert (batch["by"], batch["reason"], batch["n"]) == ("Dana Ruiz", "Outage", "11")
            shown = await tab.call(BatchPage, "load", path)
            assert shown["BatchPage.batch"]["may_undo"]
            assert len(shown["BatchPage.rows"]) == 11
            [skipped] = shown["BatchPage.skipped"]
            assert skipped["why"] == messages.CHANGED_SINCE_PREVIEW

            shown = await tab.call(BulkChanges, "preview_undo", path, batch=job["id"])
            assert shown["ShownPreview.preview"]["is_undo"]
            await tab.start()
            portal.work()
            shown = await tab.call(BatchPage, "refresh", path)
            assert shown["BatchPage.batch"]["status"] == "Undone by Dana Ruiz"
            assert shown["BatchPage.rows"][0]["since"] == ["Undone by Dana Ruiz"]
            shown = await tab.call(BatchPage, "load", f"{ACTIVITY_PATH}/nothing")
            assert shown["BatchPage.phase"] == "missing"

    asyncio.run(act())


def test_a_stale_preview_is_shown_again_with_what_moved(portal: Portal) -> None:
    async def act() -> None:
        async with pipeline() as running:
            tab = Tab(running, portal, portal.admin)
            shown = await tab.preview("clear_deadline", portal.ids)
            first = shown["ShownPreview.preview"]["id"]
            portal.touch(5)
            shown = await tab.start()
            assert shown["ShownPreview.refusal"] == messages.STALE_PREVIEW
            assert len(shown["ShownPreview.moved"]) == 5
            assert shown["ShownPreview.preview"]["id"] not in ("", first)
            assert shown.get("BulkJobs.jobs", []) == []
            values = {"preview_id": "0" * 32, "fingerprint": "x"}
            shown = await tab.call(BulkChanges, "start", **values)
            assert shown["ShownPreview.refusal"] == messages.PREVIEW_GONE
            shown = await tab.start()
            job = shown["BulkJobs.jobs"][0]
            shown = await tab.call(BulkJobs, "cancel", job_id=job["id"])
            [job] = shown["BulkJobs.jobs"]
            assert job["text"] == "Cancelled before anything was changed."
            shown = await tab.call(BulkJobs, "cancel", job_id=job["id"])
            assert shown["BulkJobs.refusal"] == messages.IS_OVER

    asyncio.run(act())


def test_each_role_is_offered_what_it_may_do(portal: Portal) -> None:
    async def act() -> None:
        async with pipeline() as running:
            offered: dict[int, set[str]] = {}
            for account in (portal.admin, portal.teacher, portal.lead):
                tab = Tab(running, portal, account)
                await tab.call(Ledger, "load")
                shown = await tab.call(BulkJobs, "load")
                actions = shown.get("ShownPreview.actions", [])
                offered[account] = {one["kind"] for one in actions}
                assert shown["Ledger.selects"] == ("" if account == portal.lead else SCOPE)
            assert len(offered[portal.admin]) == 13
            assert offered[portal.teacher] == {"grade", "feedback", "note", "message"}
            assert offered[portal.lead] == set()
            tab = Tab(running, portal, portal.teacher)
            shown = await tab.preview("clear_deadline", portal.ids)
            assert shown["ShownPreview.refusal"]
            shown = await tab.preview("grade", portal.ids, text="A")
            assert shown["ShownPreview.preview"]["n_change"] == 12

    asyncio.run(act())
