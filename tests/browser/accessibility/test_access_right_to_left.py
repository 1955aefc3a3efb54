"""Test the order of what stands beside each other where a page, or a name, runs to the left."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Locator, Page, expect

from enrollment_portal.state.shared.views import GROUPS_PATH
from tests.browser.conftest import NewPage
from tests.browser.page_objects.ledger_page import links, open_ledger, visit
from tests.browser.page_objects.picking import choose
from tests.browser.server import Server
from tests.builders import make_course, make_enrollment, make_group, make_learner

MAYA = 1
_ARABIC, _LATIN = "سامي (Sam) 3", "Sam (سامي) 3"
_COLUMNS = ["Learner", "Course", "Status", "Progress", "Enrolled", "Deadline"]
_BOXES = """(part, texts) => {
  const walker = document.createTreeWalker(part, NodeFilter.SHOW_TEXT);
  const nodes = [];
  while (walker.nextNode()) nodes.push(walker.currentNode);
  return texts.map((text) => {
    const node = nodes.find(({ data }) => data.includes(text));
    const range = document.createRange();
    range.setStart(node, node.data.indexOf(text));
    range.setEnd(node, node.data.indexOf(text) + text.length);
    return range.getBoundingClientRect().toJSON();
  });
}"""


def _boxes(part: Locator, *texts: str) -> list[dict[str, float]]:
    """Return where texts are drawn in an element."""
    return part.evaluate(_BOXES, list(texts))


def _expect_to_the_left(part: Locator, *texts: str) -> None:
    """Expect each text beside, and left of, the one before it."""
    boxes = _boxes(part, *texts)
    for text, box, before in zip(texts[1:], boxes[1:], boxes, strict=False):
        assert box["right"] <= before["left"] + 1, f"{text} is not left of what precedes it"


def _expect_to_the_right(part: Locator, *texts: str) -> None:
    _expect_to_the_left(part, *reversed(texts))


def _turn(page: Page) -> None:
    page.evaluate("document.documentElement.dir = 'rtl'")


def _left_edge(part: Locator) -> Any:
    return part.evaluate("part => part.getBoundingClientRect().left")


def _right_edge(part: Locator) -> Any:
    return part.evaluate("part => part.getBoundingClientRect().right")


def test_columns_marks_and_names_are_in_order(demo: Server, new_page: NewPage) -> None:
    course = make_course(demo.database, "3D drawing in القاهرة")
    for name, email in ((_ARABIC, "arabic@mixed.example"), (_LATIN, "latin@mixed.example")):
        make_enrollment(demo.database, make_learner(demo.database, name, email), course)
    page = new_page(demo, MAYA)
    open_ledger(page, "?q=mixed.example")
    for direction in ("ltr", "rtl"):
        page.evaluate("direction => { document.documentElement.dir = direction }", direction)
        is_turned = direction == "rtl"
        head = [page.locator("#ledger thead th").nth(at) for at in range(len(_COLUMNS))]
        edges = [_left_edge(part) for part in head]
        assert edges == sorted(edges, reverse=is_turned)
        starts = set()
        for name in (_ARABIC, _LATIN):
            row = page.locator("#ledger tbody tr").filter(has_text=name)
            link = row.locator("a.row-link")
            sam = ("Sam", "سامي", "3") if name == _LATIN else ("3", "Sam", "سامي")
            _expect_to_the_right(link, *sam)
            starts.add(round(_boxes(link, name)[0]["right" if is_turned else "left"]))
            _expect_to_the_right(row.locator(".course"), "3D drawing in", "القاهرة")
            badge = row.locator(".badge")
            word = _boxes(badge, "Active")[0]
            before, after = word["left"] - _left_edge(badge), _right_edge(badge) - word["right"]
            assert (after > before + 5) if is_turned else (before > after + 5)
        # All names begin at the same edge, in whatever direction they are read.
        assert len(starts) == 1

    page.evaluate("document.documentElement.dir = 'ltr'")
    links(page).filter(has_text=_ARABIC).press("Enter")
    title = page.get_by_role("heading", level=1)
    expect(title).to_contain_text(_ARABIC)
    _expect_to_the_right(title, _ARABIC, "·", "3D drawing")
    _turn(page)
    _expect_to_the_left(title, _ARABIC, "·", "القاهرة")


def test_sentence_that_begins_with_a_name_is_read_in_the_direction_of_the_page(
    demo: Server, new_page: NewPage
) -> None:
    name = "ليلى حداد"
    make_learner(demo.database, name, "layla@mixed.example")
    page = new_page(demo, MAYA)
    group = make_group(demo.database, "Read in order")
    visit(page, f"{GROUPS_PATH}/{group}")
    choose(page, "Find people to add", "layla@", name)
    notice = page.get_by_role("status").locator(":visible").get_by_text(f"{name} joined the group.")
    expect(notice).to_be_visible()
    _expect_to_the_right(notice, name, "joined the group")
    assert _boxes(notice, "group.")[0]["right"] == max(
        box["right"] for box in _boxes(notice, name, "joined", "group.")
    )
