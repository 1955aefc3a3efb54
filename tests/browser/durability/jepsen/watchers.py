"""People with an open ledger, which must show the stored rows in the end."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from dataclasses import asdict
from typing import Any

from enrollment_portal.domain.enrollment.fields import Status
from enrollment_portal.domain.shared import calendar
from enrollment_portal.state.ledger.ledger import Ledger
from enrollment_portal.state.shared.live import Live
from enrollment_portal.storage.shared.database import Database
from tests.browser.durability.jepsen.story import Row, read_rows
from tests.browser.durability.jepsen.tab import Gone, Tab
from tests.browser.durability.jepsen.world import Person
from tests.browser.page_objects.ledger_page import LEDGER
from tests.browser.server import Server

QUERIES = ("", "?tab=active", "?sort=deadline")
_SETTLED_SECONDS = 20
"""So long at most it takes until a change is on a page that has nothing else to do; most of it is
for a busy machine."""
_LOOK_SECONDS = 0.1
_RETRY_SECONDS = 0.5


class Watcher(Tab):
    """A tab with the ledger: the rows that were read, and the rows pushed since."""

    def __init__(self, portal: Server, person: Person, query: str) -> None:
        super().__init__(portal, person.session, Ledger)
        self._address, self._person = LEDGER + query, person
        self._live: dict[str, Any] = {}
        self.told = 0
        """How often something was pushed to it."""

    async def watch(self) -> None:
        """Keep the ledger open until cancelled; like a browser, reconnect when it was lost."""
        try:
            while True:
                try:
                    await self.connect()
                    await self.send(self._address, "load")
                    await self.wait_until_gone()
                except Gone:
                    await asyncio.sleep(_RETRY_SECONDS)
        finally:
            await self.close()

    async def connect(self, *, is_new: bool = True) -> None:
        """Open the socket of a page to which nothing was pushed yet."""
        self._live = {}
        await super().connect(is_new=is_new)

    def take(self, updates: dict[str, dict[str, Any]]) -> None:
        """Merge updates, and pushed rows over them."""
        super().take(updates)
        pushed = updates.get(Live.get_full_name(), {})
        self._live |= pushed
        self.told += bool(pushed)

    async def settled(self, database: Database, days: Collection[int]) -> list[str]:
        """Wait until the page shows the stored rows, and return those that differ.

        Args:
            database: of the portal.
            days: that it may have been read on, in days since 1970.
        """
        loop = asyncio.get_running_loop()
        until = loop.time() + _SETTLED_SECONDS
        while True:
            wrong = self._wrong(await asyncio.to_thread(read_rows, database), days)
            if not wrong or loop.time() > until:
                return [f"{self._person.name} at {self._address}: {what}" for what in wrong]
            await asyncio.sleep(_LOOK_SECONDS)

    def _wrong(self, stored: dict[int, Row], days: Collection[int]) -> list[str]:
        rows = self.shown.get("rows")
        if not rows:
            return ["the ledger shows no rows"]
        wrong = []
        for row in rows:
            told = self._live.get("rows", {}).get(str(row["id"]))
            now = told if told and told["version"] >= row["version"] else row
            shows = now["version"], now["status"], now["deadline"]
            holds = [_as_shown(stored[row["id"]], today) for today in days]
            if shows not in holds:
                wrong.append(f"enrollment {row['id']} shows {shows} and is {holds[0]}")
        counts = self.shown["counts"]
        if (
            self._live.get("channel") == self.shown["channel"]
            and self._live["counted_at"] >= self.shown["known"]
        ):
            counts = self._live["counts"]
        if counts != (holds := _counted(stored, self._person)):
            wrong.append(f"the tabs show {counts} and are {holds}")
        return wrong


def _as_shown(row: Row, today: int) -> tuple[int, str, dict[str, str]]:
    status = Status(row.values["status"])
    deadline = calendar.show_deadline(
        row.values["deadline"], today, is_active=status is Status.ACTIVE
    )
    return row.version, status.name.lower(), asdict(deadline)


def _counted(stored: dict[int, Row], person: Person) -> dict[str, str]:
    statuses = [stored[id_].values["status"] for id_ in person.enrollments]
    counts = {status.name.lower(): str(statuses.count(status)) for status in Status}
    return {"all": str(len(statuses))} | counts
