"""Test the export over HTTP: permissions, refusals, and that it stops when a permission is lost."""

from __future__ import annotations

import asyncio
import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as checked
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from starlette.applications import Starlette
from starlette.testclient import TestClient

from enrollment_portal.domain.ledger.ledger_export import EXPORT_PATH
from enrollment_portal.domain.shared.errors import NotFound, NotSignedIn
from enrollment_portal.http import export_routes
from enrollment_portal.services.ledger import exporting
from enrollment_portal.services.runtime import database
from tests.builders import make_course, make_enrollment
from tests.security.world import OTHER, OWN, World, running_world

NOTE, GRADE, FEEDBACK = "canary-note", "canary-grade", "canary-feedback"
DATES = ("on=2026-01-01", "on=2026-01-01&sort=-deadline")


@pytest.fixture(scope="module")
def world(migrated_sqlite_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The organization behind the route, with notes and grades in every enrollment."""
    with running_world(migrated_sqlite_file, tmp_path_factory.mktemp("export")) as built:
        with built.database.write() as session:
            session.execute(
                text("UPDATE enrollment SET internal_note = :n, grade = :g, feedback = :f"),
                {"n": NOTE, "g": GRADE, "f": FEEDBACK},
            )
        built.keep()
        yield built


@pytest.fixture(autouse=True)
def _as_built(world: World) -> Iterator[None]:
    world.restore()
    yield
    # Each download has given back what it held.
    assert export_routes._running.total() == 0
    assert database().engine.pool.checkedout() == 0  # type: ignore[attr-defined]


def ask(
    world: World, role: str | None, query: str = "", method: str = "GET", **headers: str
) -> Any:
    """Return the response to a role's browser."""
    app = Starlette(routes=export_routes.ROUTES)
    if role is not None:
        headers["cookie"] = (
            f"portal_session={world.sessions[role]}; portal_zone=Asia%2FTokyo; "
            "portal_export_format=comma-all"
        )
    with TestClient(app, "http://localhost:3000", follow_redirects=False) as browser:
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        address = f"{EXPORT_PATH}?{query}" if query else EXPORT_PATH
        return browser.request(method, address, headers=headers)


def rows_of(answer: Any) -> list[list[str]]:
    assert answer.status_code == 200, answer.text
    found = csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline=""), strict=True)
    return list(found)[1:]


def logged(world: World) -> list[Any]:
    with world.database.read() as session:
        sql = text("SELECT actor_name, detail FROM admin_event WHERE action = 'exported'")
        return [tuple(row) for row in session.execute(sql)]


class TestScope:
    @pytest.mark.parametrize("query", ["", *DATES])
    @pytest.mark.parametrize("role", ["super admin", "learning"])
    def test_admins_export_everything(self, world: World, role: str, query: str) -> None:
        told = ask(world, role, query).text
        assert OWN in told
        assert OTHER in told

    @pytest.mark.parametrize("query", ["", *DATES, "kind=paths", "tab=active", "q=mark"])
    @pytest.mark.parametrize("role", ["instructor", "lead"])
    def test_others_export_their_scope(self, world: World, role: str, query: str) -> None:
        answer = ask(world, role, query)
        rows = rows_of(answer)
        assert OTHER not in answer.text
        assert all(OWN in " ".join(row) for row in rows)
        assert rows or (role, query) == ("lead", "kind=paths")

    @pytest.mark.parametrize("query", ["", "kind=paths", "on=2026-01-01", "course=1"])
    @pytest.mark.parametrize("role", ["people", "configuration", "support", "learner"])
    def test_without_a_ledger_there_is_no_file(self, world: World, role: str, query: str) -> None:
        answer = ask(world, role, query)
        assert (answer.status_code, answer.text) == (404, NotFound.message)
        assert logged(world) == []

    def test_a_course_or_learner_outside_the_scope_is_not_found(self, world: World) -> None:
        own, other = world.own, world.other
        absent = ask(world, "super admin", "course=999999")
        assert absent.status_code == 404
        for role, query in (
            ("instructor", f"course={other.course}"),
            ("instructor", f"learner={own.learner}"),
            ("lead", f"learner={other.learner}"),
            ("lead", f"course={own.course}"),
            ("instructor", f"course={own.course}&learner={other.learner}"),
            ("super admin", "learner=none"),
        ):
            answer = ask(world, role, query)
            assert (answer.status_code, answer.content) == (404, absent.content), (role, query)
            assert dict(answer.headers) == dict(absent.headers)
        assert len(rows_of(ask(world, "instructor", f"course={own.course}"))) == 1
        assert len(rows_of(ask(world, "lead", f"learner={own.learner}"))) == 3

    def test_a_session_is_required(self, world: World) -> None:
        with world.database.write() as session:
            session.execute(
                text("UPDATE account SET is_suspended = 1 WHERE id = :id"),
                {"id": world.accounts["learning"]},
            )
        for role, headers in (
            (None, {}),
            (None, {"cookie": "portal_session=" + "x" * 43}),
            (None, {"cookie": "portal_session=%00"}),
            ("learning", {}),
        ):
            answer = ask(world, role, **headers)
            assert (answer.status_code, answer.text) == (401, NotSignedIn.message)
        assert logged(world) == []

    @pytest.mark.parametrize("query", ["", "asks=1", *DATES, "kind=paths"])
    @pytest.mark.parametrize("role", ["super admin", "learning", "instructor", "lead"])
    def test_contains_only_what_the_ledger_shows(self, world: World, role: str, query: str) -> None:
        answer = ask(world, role, query)
        assert answer.status_code == 200
        assert not [w for w in (NOTE, FEEDBACK, "Because of") if w in answer.text]
        # A grade is for everyone who has a ledger, and for nobody else.
        assert len(rows_of(answer)) == answer.text.count(GRADE)


class TestAnswer:
    def test_is_a_file_that_is_not_cached(self, world: World) -> None:
        answer = ask(world, "super admin", "on=2026-05-01")
        headers = answer.headers
        assert headers["content-type"] == "text/csv; charset=utf-8"
        name = "enrollments-2026-05-01.csv"
        assert headers["content-disposition"] == f'attachment; filename="{name}"'
        assert headers["cache-control"] == "no-store"
        assert headers["x-content-type-options"] == "nosniff"
        assert logged(world) == [(world.actor("super admin").name, "6 rows, as of 1 May 2026")]

    def test_has_times_in_the_browsers_zone(self, world: World) -> None:
        answer = ask(world, "super admin")
        assert '"Enrolled (Asia/Tokyo)"' in answer.text
        assert all(re.fullmatch(r"20\d\d-\d\d-\d\d \d\d:\d\d", row[7]) for row in rows_of(answer))

    @pytest.mark.parametrize(
        ("chosen", "character", "kind"),
        [
            ("semicolon", ";", "csv"),
            ("tab", "\t", "tab-separated-values"),
            ("comma", ",", "csv"),
            ("", ",", "csv"),
            ("pipe", ",", "csv"),
            ("%0d%0aX: y", ",", "csv"),
            ("semicolon\x00", ",", "csv"),
            ("x" * 5_000, ",", "csv"),
        ],
    )
    def test_has_the_format_of_the_cookie(
        self, world: World, chosen: str, character: str, kind: str
    ) -> None:
        cookie = f"portal_export_format={chosen}; portal_session={world.sessions['learning']}"
        answer = ask(world, None, cookie=cookie)
        assert answer.status_code == 200
        assert answer.text.partition("\r\n")[0].split(character)[1] == '"Email"'
        assert answer.headers["content-type"] == f"text/{kind}; charset=utf-8"

    @pytest.mark.parametrize("site", ["cross-site", "same-site"])
    def test_another_site_cannot_start_a_download(self, world: World, site: str) -> None:
        assert ask(world, "super admin", sec_fetch_site=site).status_code == 403
        assert logged(world) == []
        assert ask(world, "super admin", sec_fetch_site="none").status_code == 200
        assert ask(world, "super admin", sec_fetch_site="same-origin").status_code == 200

    def test_a_head_request_reads_nothing(self, world: World) -> None:
        assert ask(world, "super admin", method="HEAD").status_code == 405
        assert ask(world, "super admin", method="POST").status_code == 405
        assert logged(world) == []

    @checked(
        max_examples=60,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    )
    @given(
        st.lists(
            st.tuples(
                st.sampled_from(
                    ("on", "kind", "asks", "tab", "q", "sort", "page", "after", "at", "course")
                ),
                st.text() | st.sampled_from(("9999-12-31", "%00", "-1", "~~", "1" * 40)),
            ),
            max_size=5,
        )
    )
    def test_no_query_string_raises_an_error(
        self, world: World, params: list[tuple[str, str]]
    ) -> None:
        app = Starlette(routes=export_routes.ROUTES)
        with TestClient(app, "http://localhost:3000") as browser:
            cookie = {"cookie": f"portal_session={world.sessions['super admin']}"}
            url_params = [
                (name, value.encode("utf-8", "ignore").decode()) for name, value in params
            ]
            answer = browser.get(EXPORT_PATH, params=url_params, headers=cookie)  # type: ignore[arg-type]
        assert answer.status_code in (200, 404)
        assert answer.status_code == 200 or "course" in dict(params)

    @pytest.mark.parametrize("query", ["%ff=%fe&q=%ff%fe&tab=%00", "q=%00", "q=%ed%a0%80", "&&=&"])
    def test_a_query_string_that_is_no_text_raises_no_error(self, world: World, query: str) -> None:
        assert ask(world, "super admin", query).status_code == 200

    def test_an_unavailable_database_is_reported(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(*_: object, **_how: object) -> None:
            raise OperationalError("SELECT 1", {}, Exception("host 10.0.0.5"))

        monkeypatch.setattr(export_routes, "export_ledger", fail)
        answer = ask(world, "super admin")
        assert answer.status_code == 503
        assert "10.0.0.5" not in answer.text


class Download:
    """A client that reads a file from the app piece by piece."""

    def __init__(self, world: World, role: str = "super admin") -> None:
        self.taken: list[bytes] = []
        self.status = 0
        self.is_whole = False
        self.n_offered = 0
        self.gone, self._took, self._offered = (asyncio.Event() for _ in range(3))
        self.wants = asyncio.Semaphore(1)
        self._scope = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "method": "GET",
            "path": EXPORT_PATH,
            "query_string": b"",
            "headers": [(b"cookie", f"portal_session={world.sessions[role]}".encode())],
            "client": ("127.0.0.1", 5),
            "server": ("localhost", 3000),
            "scheme": "http",
        }

    async def run(self) -> None:
        """Read to the end."""
        await Starlette(routes=export_routes.ROUTES)(self._scope, self._receive, self._send)

    async def _receive(self) -> dict[str, Any]:
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            return
        self.n_offered += 1
        self._offered.set()
        await self.wants.acquire()
        self.taken.append(message["body"])
        self._took.set()
        self.is_whole = not message.get("more_body", False)

    async def has_taken(self, pieces: int) -> None:
        """Wait until a number of pieces was received."""
        async with asyncio.timeout(20):
            while len(self.taken) < pieces:
                self._took.clear()
                await self._took.wait()

    async def has_been_offered(self, pieces: int) -> None:
        """Wait until a number of pieces was offered."""
        async with asyncio.timeout(20):
            while self.n_offered < pieces:
                self._offered.clear()
                await self._offered.wait()


class TestDownload:
    @pytest.fixture(autouse=True)
    def _many_pieces(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(exporting, "CHUNK", 2)
        for _ in range(30):
            make_enrollment(world.database, world.own.learner, make_course(world.database))

    def test_nothing_is_read_before_the_client_takes_it(self, world: World) -> None:
        async def act() -> None:
            download = Download(world)
            running = asyncio.create_task(download.run())
            await download.has_taken(1)
            await asyncio.sleep(0.2)
            assert len(download.taken) == 1
            for _ in range(40):
                download.wants.release()
            await running
            assert download.is_whole
            assert b"".join(download.taken).count(b"\r\n") == 37

        asyncio.run(act())

    @pytest.mark.parametrize(
        "end",
        [
            "DELETE FROM sign_in_session WHERE account_id = :id",
            "UPDATE account SET is_suspended = 1 WHERE id = :id",
            "UPDATE account SET role = 'learner' WHERE id = :id",
            "UPDATE account SET sections = 0, role = 'admin' WHERE id = :id",
        ],
    )
    def test_a_removed_right_ends_it_unfinished(self, world: World, end: str) -> None:
        async def act() -> None:
            download = Download(world)
            running = asyncio.create_task(download.run())
            await download.has_taken(1)
            with world.database.write() as session:
                session.execute(text(end), {"id": world.accounts["super admin"]})
            for _ in range(40):
                download.wants.release()
            with pytest.raises(Exception, match=r"session has ended|may not do this"):
                await running
            # The piece that was read already, and no other.
            assert len(download.taken) <= 2
            assert not download.is_whole

        asyncio.run(act())

    def test_a_disconnected_client_ends_it(self, world: World) -> None:
        async def act() -> None:
            download = Download(world)
            running = asyncio.create_task(download.run())
            await download.has_been_offered(2)
            assert database().engine.pool.checkedout() == 1  # type: ignore[attr-defined]
            download.gone.set()
            async with asyncio.timeout(20):
                await running
            assert len(download.taken) == 1

        asyncio.run(act())

    def test_an_idle_client_ends_it(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(export_routes, "STALLED_SECONDS", 0.3)

        async def act() -> None:
            download = Download(world)
            async with asyncio.timeout(20):
                with pytest.raises(TimeoutError):
                    await download.run()
            assert not download.is_whole

        asyncio.run(act())

    def test_too_many_simultaneous_downloads_are_refused(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(export_routes, "MOST_AT_ONCE", 3)

        async def act() -> None:
            people = ("super admin", "super admin", "learning")
            running = [Download(world, role) for role in people]
            tasks = [asyncio.create_task(one.run()) for one in running]
            for one in running:
                await one.has_taken(1)
            for role in ("super admin", "instructor"):
                refused = Download(world, role)
                await refused.run()
                assert refused.status == 503
            for one in running:
                one.gone.set()
            await asyncio.gather(*tasks)
            again = Download(world, "instructor")
            again.gone.set()
            await again.run()
            assert again.status == 200

        asyncio.run(act())
