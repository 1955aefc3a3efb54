"""Twenty people who save, each in tabs of their own, and record the answers."""

from __future__ import annotations

import asyncio
import itertools
import random
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from enrollment_portal.domain.enrollment.fields import Status
from enrollment_portal.domain.shared import calendar
from tests.browser.durability.jepsen.form import Answer, Form
from tests.browser.durability.jepsen.story import Operation, Outcome
from tests.browser.durability.jepsen.tab import Gone
from tests.browser.durability.jepsen.world import POINTS, Person, World
from tests.browser.server import Server

N_TABS = 2
"""For each person: while they work in one, what the other shows grows old."""
_RETRY_SECONDS = (0.2, 1.0)
"""So long a tab waits before it looks for the server again: twenty that look without a pause would
take the time that the server needs to start."""
_FIRST_DAY = calendar.day_of(calendar.now_ms(), calendar.zone("Europe/Stockholm")) + 1
_COMMON = "As agreed."
"""What anybody may write, so that two people sometimes write the same."""
_DAYS = calendar.LAST_DAY - _FIRST_DAY


class Record:
    """The operations of all writers, in the order of their start."""

    def __init__(self) -> None:
        self.operations: list[Operation] = []
        self.did: Counter[str] = Counter()
        """How often what was done, for the summary."""
        self.numbers = itertools.count(1)
        self._n_answered = 0
        self._is_answered = asyncio.Event()
        self._is_closed = False

    def answered(self) -> None:
        """Record that a writer got an answer."""
        self._n_answered += 1
        self._is_answered.set()

    async def wait_for_answers(self, count: int) -> bool:
        """Wait until writers got a number of further answers; `False` if all have stopped."""
        until = self._n_answered + count
        while self._n_answered < until and not self._is_closed:
            self._is_answered.clear()
            await self._is_answered.wait()
        return not self._is_closed

    def close(self) -> None:
        """Record that nobody writes any more."""
        self._is_closed = True
        self._is_answered.set()


class Writer:
    """A person at work."""

    def __init__(
        self, number: int, person: Person, world: World, portal: Server, record: Record, seed: str
    ) -> None:
        self._number, self._person, self._world, self._record = number, person, world, record
        self._chance = random.Random(f"{seed}/{number}")
        self._tabs = [Form(portal, person.session) for _ in range(N_TABS)]
        self._unanswered: list[tuple[Operation, dict[str, str]]] = []
        """What will be sent again when the server is back."""

    async def work(self, is_over: Callable[[], bool]) -> None:
        """Open, save, and resolve conflicts until the run ends."""
        try:
            while not is_over():
                tab = self._chance.choice(self._tabs)
                try:
                    if not tab.is_connected:
                        await tab.connect(is_new=self._is_chosen(0.5))
                        self._record.did["connected"] += 1
                        if self._unanswered:
                            await self._send_again(tab)
                            continue
                    await self._act(tab)
                except Gone:
                    await asyncio.sleep(self._chance.uniform(*_RETRY_SECONDS))
        finally:
            for tab in self._tabs:
                await tab.close()

    async def _act(self, tab: Form) -> None:
        if not tab.is_open or self._is_chosen(0.25):
            await tab.open(self._anywhere())
            self._record.did["opened"] += 1
        elif self._is_chosen(0.03):
            await self._save_too_late(tab)
        elif self._is_chosen(0.15):
            await self._undo(tab)
        elif tab.conflicts:
            await self._decide(tab)
        else:
            await self._save(tab, self._choose(tab))

    async def _save(self, tab: Form, typed: Mapping[str, str]) -> None:
        if self._is_chosen(0.8):
            await tab.type_in(typed)  # else it is saved before the typing is sent
        op = self._begin(tab)
        form, stored = tab.filled_in(typed, op.name), tab.shown["stored"]
        for name in self._person.fields:
            if form[name] != stored[name]:
                op.wanted[name] = stored_value(name, form[name])
        if tab.enrollment in self._world.in_points and op.wanted.get("grade"):
            op.wanted["grade"] = f"{op.wanted['grade'].partition('/')[0]}/{POINTS}"
        if "status" not in self._person.fields:
            form["status"] = "cancelled"  # nobody takes that from an instructor
        op.times = 2 if self._is_chosen(0.1) else 1
        try:
            answer = await tab.save(form, op.times)
        except Gone:
            if self._is_chosen(0.5):
                self._unanswered.append((op, form))
            raise
        self._take(op, answer)
        if answer.outcome is Outcome.REFUSED:
            await tab.leave()

    async def _send_again(self, tab: Form) -> None:
        """Send an unanswered save again, unchanged: it is done once."""
        op, form = self._unanswered.pop()
        await tab.open(op.enrollment)
        op.times += 1
        answer = await tab.save(form)
        # A refusal now says nothing of the first time.
        if answer.outcome is Outcome.ACKNOWLEDGED:
            op.outcome, op.words = answer.outcome, answer.words
        await tab.leave()
        self._record.did["sent again"] += 1

    async def _undo(self, tab: Form) -> None:
        changes = tab.changes[:4]
        if not changes:
            return
        op = self._begin(tab)
        op.undoes = self._chance.choice(changes)
        self._take(op, await tab.undo(op.undoes, op.name))
        self._record.did["undone"] += op.outcome is Outcome.ACKNOWLEDGED

    async def _save_too_late(self, tab: Form) -> None:
        """Save a form that is no longer open: its texts must not be saved elsewhere."""
        elsewhere = self._anywhere()
        if elsewhere == tab.enrollment:
            return
        op = self._begin(tab)
        op.outcome = Outcome.REFUSED
        await tab.save_too_late(tab.filled_in(self._choose(tab), op.name), elsewhere)
        self._record.did["too late"] += 1

    async def _decide(self, tab: Form) -> None:
        if self._is_chosen(0.3):
            await tab.leave()
            self._record.did["gave up"] += 1
            return
        mine = {
            conflict["field"]: self._is_chosen(0.6)
            for conflict in tab.conflicts
            if conflict["field"] in self._person.fields
        }
        await tab.settle(mine)
        self._record.did["settled"] += 1
        kept = {name: tab.fields[name] for name, is_kept in mine.items() if is_kept}
        if kept:
            await self._save(tab, kept)

    def _begin(self, tab: Form) -> Operation:
        """Record an operation before it is sent."""
        name = f"w{self._number}-{next(self._record.numbers)}"
        op = Operation(name, self._person.name, tab.enrollment, tab.version, {})
        self._record.operations.append(op)
        return op

    def _take(self, op: Operation, answer: Answer) -> None:
        self._record.did["already so"] += "already set" in answer.words
        op.outcome, op.words, op.version = answer.outcome, answer.words, answer.version
        self._record.answered()

    def _anywhere(self) -> int:
        """Return a random enrollment, mostly one that everybody edits."""
        near = self._is_chosen(0.75)
        return self._chance.choice(self._person.hot if near else self._person.enrollments)

    def _choose(self, tab: Form) -> dict[str, str]:
        """Return new values for some fields, mostly such that nobody has written before."""
        fields = self._person.fields
        chosen = self._chance.sample(fields, self._chance.choice((1, 1, 2, len(fields))))
        typed: dict[str, str] = {}
        for name in chosen:
            number = next(self._record.numbers)
            match name:
                case "status":
                    others = [s.name.lower() for s in Status if s.name.lower() != tab.fields[name]]
                    typed[name] = self._chance.choice(others)
                case "deadline":
                    day = _FIRST_DAY + number % _DAYS
                    typed[name] = calendar.day_to_date(day).isoformat()
                    if tab.fields[name] and self._is_chosen(0.1):
                        typed[name] = ""
                case "grade" if tab.enrollment in self._world.in_points:
                    typed[name] = str(number % POINTS)
                case "grade":
                    typed[name] = f"w{self._number}-{number}"
                case _:
                    is_common = self._is_chosen(0.2)
                    typed[name] = _COMMON if is_common else f"w{self._number}-{number}"
        return typed

    def _is_chosen(self, probability: float) -> bool:
        return self._chance.random() < probability


def stored_value(name: str, typed: str) -> Any:
    """Return the value to be stored for text typed into a field."""
    match name:
        case "status":
            return Status[typed.upper()].value
        case "deadline" | "grade" if not typed:
            return None
        case "deadline":
            return calendar.date_to_day(date.fromisoformat(typed))
    return typed
