"""The form of one enrollment in a tab: its fields, saving, and the answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from enrollment_portal.state.enrollment.details import Details
from tests.browser.durability.jepsen.story import Outcome
from tests.browser.durability.jepsen.tab import Tab
from tests.browser.server import Server
from tests.browser.sockets import manage_path
from tests.enrollment_states import shown_in, state_of

_WHY_NOT = ("refusal", "refused_why")


@dataclass(frozen=True)
class Answer:
    """The message of a page after a button was pressed."""

    outcome: Outcome
    words: str
    version: int | None = None
    """The version that the form was filled with then."""


class Form(Tab):
    """A tab on the form of an enrollment; like a browser's it shows what its fields were filled
    with, however much the server knows meanwhile."""

    def __init__(self, portal: Server, session: str) -> None:
        super().__init__(portal, session, Details)
        self.enrollment = 0
        self.fields: dict[str, str] = {}
        """What the fields were filled with."""
        self._key = ""

    def state_of(self, handler: str) -> type:
        """Return the state of the page whose handler is called so."""
        return state_of(handler)

    def shown_in(self, updates: dict[str, dict[str, Any]]) -> dict[str, Any]:
        """Return what updates, by state, say of the page and its parts."""
        return shown_in(updates)

    @property
    def is_open(self) -> bool:
        """Whether the tab shows an enrollment."""
        return self.is_connected and self.shown.get("phase") == "ready"

    @property
    def version(self) -> int:
        """The version that the fields were filled with."""
        return _version_of(self._key)

    @property
    def changes(self) -> list[int]:
        """The rows of history that a person might undo, the newest first."""
        shown = [event for day in self.shown["days"] for event in day["events"]]
        return [event["seq"] for event in shown if event["changes"]]

    @property
    def conflicts(self) -> list[dict[str, Any]]:
        """The conflicting fields of the last save."""
        return self.shown.get("conflicts", [])

    async def connect(self, *, is_new: bool = True) -> None:
        """Open the socket; a tab that the server knows may keep its form."""
        self._key, self.fields = "", {}
        await super().connect(is_new=is_new)
        self.enrollment = int(self._key.partition(".")[0] or 0)

    async def open(self, enrollment: int) -> None:
        """Open the form of an enrollment, and wait until it is filled."""
        self.forget_updates()
        self.enrollment = enrollment
        await self._call("load")
        while not self._key.startswith(f"{enrollment}."):
            await self.answer(lambda update: "form_key" in update)

    async def save_too_late(self, form: Mapping[str, str], enrollment: int) -> None:
        """Press Save while the browser already opens another enrollment, and stay there."""
        self.forget_updates()
        self.enrollment = enrollment
        await self._call("load")
        await self._call("save", form=form)
        await self.answer(_says_something)

    async def type_in(self, typed: Mapping[str, str]) -> None:
        """Type into fields, and send the typing as a browser does."""
        for name, value in typed.items():
            key = self.shown["field_keys"][name]
            await self._call("type_in", field=name, typed=value, key=key)

    def filled_in(self, typed: Mapping[str, str], name: str) -> dict[str, str]:
        """Return what a browser sends of the form, as the save of this name."""
        hidden = {"reason": name, "save_key": name, "filled": self._key, "reopens": "on"}
        return {**self.fields, **typed, **hidden}

    async def save(self, form: Mapping[str, str], times: int = 1) -> Answer:
        """Save a form, sometimes several times at once; return the best answer.

        Args:
            form: all that is sent.
            times: how often the button is pressed before the first answer comes.
        """
        self.forget_updates()
        for _ in range(times):
            await self._call("save", form=form)
        answers = [_answer_in(await self.answer(_says_something)) for _ in range(times)]
        return min(answers, key=lambda answer: answer.outcome is not Outcome.ACKNOWLEDGED)

    async def undo(self, seq: int, name: str) -> Answer:
        """Undo a row of history, under a name."""
        self.forget_updates()
        await self._call("undo", seq=seq, key=name)
        return _answer_in(await self.answer(_says_something))

    async def settle(self, mine: Mapping[str, bool]) -> None:
        """Resolve a conflict, for each field whether the typed text is kept."""
        for name, is_kept in mine.items():
            await self._call("keep", field=name, whose="mine" if is_kept else "theirs")
        await self._call("settle")
        await self.answer(lambda update: update.get("conflicts") == [])

    async def leave(self) -> None:
        """Discard typed text."""
        self.forget_updates()
        await self._call("leave")
        await self.answer(lambda update: "form_key" in update)

    def take(self, updates: dict[str, dict[str, Any]]) -> None:
        """Merge updates; fields that are filled again follow them."""
        super().take(updates)
        if self.shown.get("form_key", self._key) != self._key:
            self._key = self.shown["form_key"]
            self.fields = dict(self.shown["form"])

    async def _call(self, handler: str, **payload: Any) -> None:
        await self.send(manage_path(self.enrollment), handler, **payload)


def _version_of(form_key: str) -> int:
    """Return the version that fields were filled with, from the name of the filling."""
    return int(form_key.split(".")[1])


def _says_something(update: dict[str, Any]) -> bool:
    """Tell whether an update is the answer to a button: typing clears all messages."""
    return any(update.get(name) for name in ("message", *_WHY_NOT))


def _answer_in(update: dict[str, Any]) -> Answer:
    # What is shown may have moved on already, for others save as well: only the update counts.
    if update.get("conflicts"):
        return Answer(Outcome.CONFLICT, update["refusal"])
    for name in _WHY_NOT:
        if update.get(name):
            return Answer(Outcome.REFUSED, update[name])
    key = update.get("form_key")
    return Answer(Outcome.ACKNOWLEDGED, update["message"], _version_of(key) if key else None)
