"""Test the statuses that a form offers, and the messages of refused ones."""

from __future__ import annotations

from tests.integration.office import DANA, Office, act, open_tab
from tests.security.pipeline import Pipeline


def test_the_choices_follow_the_stored_status_and_the_chosen_one_is_kept(office: Office) -> None:
    async def work(running: Pipeline) -> None:
        tab = await open_tab(office, running)
        assert tab.shows["status_choices"] == ["active", "completed", "cancelled"]
        await tab.type("status", "cancelled")
        office.save(status="completed")
        await tab.call("refresh")
        assert tab.shows["status_choices"] == ["active", "completed"]
        assert tab.shows["form"]["status"] == "cancelled"
        assert tab.shows["errors"]["status"] == (
            "The status is now Completed. Completed can only go back to Active."
            " Save that first, then choose Cancelled."
        )
        office.save(status="active")
        await tab.call("refresh")
        assert tab.shows["status_choices"] == ["active", "completed", "cancelled"]
        assert tab.shows["errors"]["status"] == ""

    act(work)


def test_a_status_is_checked_against_the_stored_one(office: Office) -> None:
    """Filled with Completed, stored as Active, chosen Cancelled: that is a conflict."""

    async def work(running: Pipeline) -> None:
        office.save(status="completed")
        tab = await open_tab(office, running)
        await tab.type("feedback", "Mine.")
        office.save(status="active")
        await tab.call("refresh")
        await tab.save(status="cancelled")
        assert tab.shows["errors"]["status"] == ""
        expected = ("status", "Completed", "Active", "Cancelled", DANA)
        assert expected in [one[:5] for one in tab.conflicts]
        await tab.call("settle")
        await tab.save()
        assert tab.shows["message"] == "Changes saved."
        assert tab.shows["facts"]["status"] == "cancelled"

    act(work)


def test_an_unedited_status_is_not_refused(office: Office) -> None:
    """The status changed from Completed to Cancelled; only the grade conflicts."""

    async def work(running: Pipeline) -> None:
        office.save(status="completed")
        tab = await open_tab(office, running)
        office.save(status="active")
        office.save(status="cancelled", grade="A")
        await tab.save(grade="C")
        assert tab.shows["errors"]["status"] == ""
        assert ("grade", "B", "A", "C") in [one[:4] for one in tab.conflicts]

    act(work)
