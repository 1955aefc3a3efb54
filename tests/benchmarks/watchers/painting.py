"""The time from a click on Save to the painted row on another screen, with many watchers."""

from __future__ import annotations

import asyncio
import queue
import random
import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from enrollment_portal.domain.shared.calendar import date_to_day, show_deadline
from enrollment_portal.services.shared.organization import organization_of
from tests.benchmarks.measuring.machine import MeasuredTime
from tests.benchmarks.watchers.crowd import Crowd, new_deadline, running_portal, some_admin
from tests.browser import chromium
from tests.browser.page_objects.enrollment_page import confirmation, field, open_manage, save_button
from tests.browser.page_objects.ledger_page import open_ledger, query, shown_ids
from tests.browser.page_objects.sessions import open_session
from tests.browser.server import Server

TARGET_MS = 100
_WARM_UP = 5
_PAUSE_SECONDS = (0.35, 0.85)
"""Between two saves; drawn, so that they fall anywhere in the second in which the feed polls."""

# The moment of the click itself, not of its handling; both pages read the machine's one clock.
_NOTE_CLICK = """
document.addEventListener("click", (event) => {
  window.clickedAt = Date.now() - (performance.now() - event.timeStamp);
}, { capture: true });
"""
# Waits until the row shows words, then for the frame in which they are painted.
_AWAIT_PAINT = """
([id, words]) => {
  const row = document.querySelector(
    `#ledger tbody a[href$="/${id}"], #ledger tbody a[href*="/${id}?"]`).closest("tr");
  window.painted = new Promise((resolve, reject) => {
    setTimeout(() => reject(new Error(`The row does not show ${words}`)), 10000);
    const observer = new MutationObserver(() => {
      if (!row.textContent.includes(words)) return;
      observer.disconnect();
      const changedAt = Date.now();
      requestAnimationFrame(() => {
        const channel = new MessageChannel();
        channel.port1.onmessage = () => resolve([changedAt, Date.now()]);
        channel.port2.postMessage(0);
      });
    });
    observer.observe(row, {
      subtree: true, childList: true, characterData: true, attributes: true,
    });
  });
}
"""


@dataclass(frozen=True)
class SaveTimes:
    """The times of one save, in ms from the click."""

    pushed: float
    """The median of the sockets that watch had it."""
    changed: float
    """The other person's row had changed."""
    painted: float
    """The frame with it was drawn."""


def measure(built: Path, folder: Path, *, enrollments: int, saves: int, watchers: int) -> None:
    """Measure and print.

    Args:
        built: the production build.
        folder: an empty one.
        enrollments: how many the company has.
        saves: how many are measured.
        watchers: how many have the ledger open: one in a browser, the others as bare sockets.
    """
    with (
        running_portal(built, folder / "painting", enrollments) as portal,
        _loop() as loop,
        sync_playwright() as playwright,
    ):
        browser = chromium.launch(playwright)
        writer, session = _sign_in(browser, portal)
        reader, _ = _sign_in(browser, portal)
        crowd = Crowd(portal, [session] * (watchers - 1))
        asyncio.run_coroutine_threadsafe(crowd.open(), loop).result()
        measured = MeasuredTime()
        saves_ms = _measure_saves(portal, writer, reader, crowd, loop, saves)
        _report(saves_ms, watchers)
        measured.report()
        asyncio.run_coroutine_threadsafe(crowd.close(), loop).result()
        browser.close()


@contextmanager
def _loop() -> Iterator[asyncio.AbstractEventLoop]:
    """Run an event loop in another thread: Playwright's runs in this one."""
    found: queue.SimpleQueue[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = queue.SimpleQueue()

    async def watch() -> None:
        is_over = asyncio.Event()
        found.put((asyncio.get_running_loop(), is_over))
        await is_over.wait()

    thread = threading.Thread(target=lambda: asyncio.run(watch()))
    thread.start()
    loop, is_over = found.get()
    try:
        yield loop
    finally:
        loop.call_soon_threadsafe(is_over.set)
        thread.join()


def _sign_in(browser: Browser, portal: Server) -> tuple[Page, str]:
    viewport = {"width": 1440, "height": 900}
    context = browser.new_context(base_url=portal.url, viewport=viewport)  # type: ignore[arg-type]
    session = open_session(context, portal, some_admin(portal))
    return context.new_page(), session


def _measure_saves(
    portal: Server,
    writer: Page,
    reader: Page,
    crowd: Crowd,
    loop: asyncio.AbstractEventLoop,
    saves: int,
) -> list[SaveTimes]:
    open_ledger(reader, "?tab=active")
    changed = shown_ids(reader)[0]
    writer.add_init_script(_NOTE_CLICK)
    open_manage(writer, changed)
    today = organization_of(portal.database).today()
    saves_ms: list[SaveTimes] = []
    for n in range(-_WARM_UP, saves):
        deadline = new_deadline()
        day = date_to_day(date.fromisoformat(deadline))
        words = show_deadline(day, today, is_active=True).date
        field(writer, "Deadline").fill(deadline)
        writer.locator("button[type=submit]:enabled", has_text="Save Changes").wait_for()
        time.sleep(random.uniform(*_PAUSE_SECONDS))
        reader.evaluate(_AWAIT_PAINT, [changed, words])
        sql = "SELECT version FROM enrollment WHERE id = :id"
        loop.call_soon_threadsafe(crowd.expect, changed, query(portal, sql, id=changed)[0][0] + 1)
        save_button(writer).click()
        changed_at, painted_at = reader.evaluate("window.painted")
        received_at = asyncio.run_coroutine_threadsafe(crowd.received_by_all(), loop).result()
        confirmation(writer).get_by_text("Changes saved.").wait_for()
        clicked_at = writer.evaluate("window.clickedAt")
        if n >= 0:
            pushed_at = statistics.median(received_at) * 1000
            saves_ms.append(
                SaveTimes(*(at - clicked_at for at in (pushed_at, changed_at, painted_at)))
            )
    return saves_ms


def _report(saves_ms: list[SaveTimes], watchers: int) -> None:
    print(
        f"\none clicks on Save, {watchers} watch the ledger, one worker: {len(saves_ms)} saves, ms"
    )
    print(f"  {'from the click until':<46}{'median':>8}{'p95':>8}{'most':>8}")
    for name, part in (
        ("bare sockets have the push (median of them)", "pushed"),
        ("the other browser's row has changed", "changed"),
        ("its frame is painted", "painted"),
    ):
        times = sorted(getattr(one, part) for one in saves_ms)
        p95 = times[int(len(times) * 0.95) - 1]
        note = f"  over {TARGET_MS} ms" if part == "painted" and p95 > TARGET_MS else ""
        print(f"  {name:<46}{statistics.median(times):8.1f}{p95:8.1f}{times[-1]:8.1f}{note}")
