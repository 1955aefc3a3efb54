"""Open an uncontrolled form in a tab through the app's pipeline."""

from __future__ import annotations

from typing import Any

from tests.integration.office import Office
from tests.security.pipeline import Client, Pipeline, as_json, event_name


class FormTab:
    """A browser tab with a form, and the merged updates that the server sent to it."""

    def __init__(self, client: Client, state: type, path: str) -> None:
        self._client, self._state, self._path = client, state, path
        self.shows: dict[str, Any] = {}

    async def call(self, handler: str, path: str = "", **payload: Any) -> None:
        """Send an event of the page, and merge its answer."""
        updates = await self._client.call(
            event_name(self._state, handler), path or self._path, **payload
        )
        for update in as_json(updates):
            changes = update.get("delta", {}).get(self._state.get_full_name(), {})  # type: ignore[attr-defined]
            for name, value in changes.items():
                self.shows[name.removesuffix("_rx_state_")] = value

    def typed(self, **typed: str) -> dict[str, str]:
        """Return what the browser sends: the form as it was filled, with something typed."""
        return {**self.shows["form"], **typed, "filled": self.shows["form_key"]}

    def says(self) -> tuple[str, str]:
        """Return the last notice and the last error."""
        return self.shows.get("message", ""), self.shows.get("refusal", "")

    async def save(self, **typed: str) -> None:
        """Type something, and send the form."""
        await self.call("save", form=self.typed(**typed))


async def open_form(office: Office, running: Pipeline, state: type, path: str) -> FormTab:
    """Open a page in a tab that the server does not know yet."""
    client = running.client("t1", office.maya)
    await client.open()
    form_tab = FormTab(client, state, path)
    await form_tab.call("load")
    return form_tab
