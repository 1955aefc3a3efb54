"""The access log and open sessions, ready to show."""

from __future__ import annotations

import re
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from enrollment_portal.domain.access import messages
from enrollment_portal.domain.access.admin_log import Action
from enrollment_portal.domain.shared import calendar
from enrollment_portal.services.access.access import Sessions
from enrollment_portal.state.shared.views import initials_of, process_of, tone_of
from enrollment_portal.storage.access.access import Act

_BROWSERS = (
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


@dataclass(frozen=True)
class ActView:
    """One row of the access log, ready to show."""

    id: int
    who: str
    initials: str
    process: str
    """Which part of the portal did it, "" if a person did; see `process_of`."""
    tone: int
    person: str
    """The account id, to filter by; "" if nobody is signed in."""
    action: str
    subject: str
    detail: str
    at: str
    at_iso: str
    ago: str


@dataclass(frozen=True)
class SessionView:
    """One open session, ready to show."""

    id_hash: str
    """The hash of its token, which signs nobody in."""
    browser: str
    client: str
    since: str
    until: str
    is_this: bool


def act_view(act: Act, tz: ZoneInfo, now: int) -> ActView:
    """Return a row of the access log as the viewer reads it, `now` in ms."""
    is_known = act.action in list(Action)
    who = act.actor_name or "System"
    return ActView(
        id=act.id,
        who=who,
        initials=initials_of(who),
        process=process_of(act.actor_name),
        tone=tone_of(act.actor_id or 0),
        person="" if act.actor_id is None else str(act.actor_id),
        action=Action(act.action).label if is_known else act.action,
        # Whoever signs in does it to themselves: once is enough.
        subject="" if act.subject == act.actor_name else act.subject,
        detail=act.detail,
        at=calendar.show_moment(act.at, tz),
        at_iso=calendar.iso_moment(act.at),
        ago=calendar.ago(act.at, now),
    )


def session_views(found: Sessions, tz: ZoneInfo) -> list[SessionView]:
    """Return open sessions as the viewer reads them."""
    return [
        SessionView(
            id_hash=session.id_hash,
            browser=browser_name(session.user_agent),
            client=session.client or "unknown address",
            since=calendar.show_moment(session.created_at, tz),
            until=calendar.show_moment(session.expires_at, tz),
            is_this=session.id_hash == found.own,
        )
        for session in found.sessions
    ]


def browser_name(user_agent: str) -> str:
    """Return the name of a browser and its system: "Chrome on Windows"."""
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), "")
    if not browser:
        return re.split(r"[\s/]", user_agent)[0][:40] or "Unknown browser"
    return messages.browser_on(browser, system) if system else browser
