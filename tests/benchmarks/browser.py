"""How long a person waits: from a click to painted rows, at two sizes, in a real Chromium.

Both sizes run in turn in one browser, so that their ratio holds when the machine's speed drifts.
A time ends when the frame that shows the answer has been drawn.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from enrollment_portal.domain.ledger import messages
from enrollment_portal.state.shared.views import LEDGER_PATH
from tests.benchmarks.measuring.options import add_rows_option, add_runs_option
from tests.benchmarks.watchers.crowd import running_portal
from tests.browser import chromium, server

PAUSE_MS = 120
"""The pause in typing after which the search box asks; see `ledger_search`."""

# Does an action, waits until the page has changed so that it is done, then for the frame after.
_MEASURE = """
() => new Promise((resolve, reject) => {{
  setTimeout(() => reject(new Error({name})), 10000);
  const start = performance.now();
  const observer = new MutationObserver(() => {{
    if (!({is_done})) return;
    observer.disconnect();
    requestAnimationFrame(() => {{
      const channel = new MessageChannel();
      channel.port1.onmessage = () => resolve(performance.now() - start);
      channel.port2.postMessage(0);
    }});
  }});
  observer.observe(document.body, {{
    subtree: true, childList: true, characterData: true, attributes: true,
  }});
  {act};
}})
"""
_SPAN = "document.querySelector('nav[aria-label=Pages] p').innerText"
_SELECTED = "document.querySelector('[id^=tab-][aria-selected=true]').id"
_SORTED = "[...document.querySelectorAll('.ledger th')].map(h => h.ariaSort).join()"
_NEEDS = f"[role=group][aria-label='{messages.NEEDS_ATTENTION}'] button"
"""The filters of the strip over the ledger: overdue, stuck, and more."""
_FILTERED = "?progress=..80"
_TYPE = """
const box = document.querySelector("#ledger-search");
Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set.call(box, {text!r});
box.dispatchEvent(new Event("input", {{ bubbles: true }}));
"""


def _click(selector: str) -> str:
    return f"document.querySelector({selector!r}).click()"


def _measure(page: Page, act: str, is_done: str) -> float:
    name = json.dumps(f"No answer to {act}")
    return page.evaluate(_MEASURE.format(name=name, act=act, is_done=is_done))


def _change(page: Page, act: str, what: str) -> float:
    """Time an action that shows other rows; `what` says what changes in the page with them."""
    before = page.evaluate(what)
    return _measure(page, act, f"({what}) !== {json.dumps(before)}")


def _settle(page: Page) -> None:
    # Between two measurements nothing may still be running that the first one started.
    page.evaluate("new Promise((done) => setTimeout(() => requestIdleCallback(done), 60))")


def _tab(page: Page, n: int) -> float:
    return _change(page, _click(f"#tab-{('active', 'completed')[n % 2]}"), _SELECTED)


def _sort(page: Page, n: int) -> float:
    heading = ("progress", "learner", "deadline", "course")[n % 4]
    return _change(page, _click(f".ledger th.{heading} button"), _SORTED)


def _filter(page: Page, n: int) -> float:
    return _change(page, _click(f"{_NEEDS}:nth-of-type({n % 2 + 1})"), _SPAN)


def _next_page(page: Page, _n: int) -> float:
    return _change(page, _click("button[title=Next]"), _SPAN)


def _last_page(page: Page, _n: int) -> float:
    took = _change(page, _click("button[title=Last]"), _SPAN)
    _settle(page)
    _change(page, _click("button[title=First]"), _SPAN)
    return took


def _search(page: Page, n: int) -> float:
    text = ("an", "maria", "li", "olena", "northwind")[n % 5]
    return _change(page, _TYPE.format(text=text), _SPAN) - PAUSE_MS


def _details(page: Page, n: int) -> float:
    act = f"document.querySelectorAll('a.row-link')[{n % 10}].click()"
    took = _measure(page, act, "document.querySelector('#content dl') !== null")
    page.go_back()
    page.locator("a.row-link").first.wait_for()
    return took


def _save(page: Page, n: int) -> float:
    page.get_by_label("Instructor Feedback", exact=True).fill(f"Well done, {n}.")
    page.locator("button[type=submit]:enabled", has_text="Save Changes").wait_for()
    _settle(page)
    return _measure(
        page,
        _click("button[type=submit][form]"),
        "document.querySelector('#content')?.innerText.includes('Changes saved.')",
    )


def _open_ledger(page: Page, query: str = "") -> None:
    page.goto(f"{LEDGER_PATH}{query}")
    page.locator("a.row-link").first.wait_for()


def _open_needs(page: Page) -> None:
    _open_ledger(page)
    page.locator(_NEEDS).nth(1).wait_for()


def _open_filtered(page: Page) -> None:
    _open_ledger(page, _FILTERED)


def _open_manage(page: Page) -> None:
    _open_ledger(page)
    href = page.locator("a.row-link").first.get_attribute("href")
    page.goto(f"{href}/manage")
    page.get_by_label("Instructor Feedback", exact=True).wait_for()


def _first_load(page: Page, _n: int) -> float:
    page.goto("about:blank")
    page.goto(LEDGER_PATH, wait_until="commit")
    page.locator("a.row-link").first.wait_for()
    return page.evaluate("performance.now()")


_INTERACTIONS: tuple[tuple[str, Callable[[Page], None], Callable[[Page, int], float]], ...] = (
    ("first load, warm cache", _open_ledger, _first_load),
    ("tab", _open_ledger, _tab),
    ("sort", _open_ledger, _sort),
    ("next page", _open_ledger, _next_page),
    ("last page", _open_ledger, _last_page),
    (f"search, after a pause of {PAUSE_MS} ms", _open_ledger, _search),
    ("filter in one click", _open_needs, _filter),
    ("filtered: sort", _open_filtered, _sort),
    ("filtered: next page", _open_filtered, _next_page),
    ("filtered: last page", _open_filtered, _last_page),
    ("open details", _open_ledger, _details),
    ("save", _open_manage, _save),
)


def _sign_in(page: Page) -> None:
    page.goto("/login")
    page.get_by_role("button", name="Continue as Super Admin").click()
    page.locator("a.row-link").first.wait_for()


def _print_table(sizes: Sequence[int], times: dict[str, list[list[float]]]) -> None:
    heads = "".join(f"{f'{size:,}':>14}{'p95':>8}" for size in sizes)
    print(f"{'click to painted rows, ms (median)':<40}{heads}{'ratio':>8}")
    for name, by_size in times.items():
        cells = "".join(
            f"{statistics.median(t):>14.1f}{sorted(t)[int(len(t) * 0.95) - 1]:>8.1f}"
            for t in by_size
        )
        ratio = statistics.median(by_size[-1]) / statistics.median(by_size[0])
        print(f"{name:<40}{cells}{ratio:>8.2f}")


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of this part."""
    add_rows_option(parser, 10_000, 1_000_000, of="enrollments of each company")
    add_runs_option(parser, 24, "of each interaction")


def main(options: argparse.Namespace) -> None:
    """Measure every interaction at each size and print the table."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        built = folder / "build"
        built.mkdir()
        server.build(built)
        portals = [
            stack.enter_context(running_portal(built, folder / str(number), rows))
            for number, rows in enumerate(options.rows)
        ]
        browser = chromium.launch(stack.enter_context(sync_playwright()))
        pages = [
            browser.new_context(
                base_url=portal.url, viewport={"width": 1440, "height": 900}
            ).new_page()
            for portal in portals
        ]
        for page in pages:
            _sign_in(page)
        times = {
            name: _measure_interaction(pages, prepare, act, options.runs)
            for name, prepare, act in _INTERACTIONS
        }
        _print_table(options.rows, times)
        browser.close()


def _measure_interaction(
    pages: Sequence[Page],
    prepare: Callable[[Page], None],
    act: Callable[[Page, int], float],
    runs: int,
) -> list[list[float]]:
    """Return the times of each page, in ms, after three runs that are not counted."""
    for page in pages:
        prepare(page)
    times: list[list[float]] = [[] for _ in pages]
    for n in range(3 + runs):
        for page, taken in zip(pages, times, strict=True):
            page.bring_to_front()
            _settle(page)
            taken.append(act(page, n))
    return [taken[3:] for taken in times]
