"""Socket.IO frames as a browser sends them."""

from __future__ import annotations

import json
from typing import Any

BOOT = "reflex___state____state.hydrate_and_load"


AT = {"pathname": "/login", "asPath": "/login?next=/learn", "query": {"next": "/learn"}}


def event(name: str, payload: Any = None, **others: Any) -> str:
    """Return the frame of an event, sent from the sign-in page."""
    held = {"name": name, "payload": {} if payload is None else payload, "router_data": AT}
    return "42/_event," + json.dumps(["event", held | others])
