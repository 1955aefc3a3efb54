"""Test what an open ledger shows of views: the bar, the dialog, the address and the sidebar."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from enrollment_portal.domain.ledger.ledger_query import LedgerQuery, Tab
from enrollment_portal.domain.people.people import Role
from enrollment_portal.domain.shared.messages import REQUIRED
from enrollment_portal.domain.views import messages
from enrollment_portal.services.access.sign_in import who_is
from enrollment_portal.services.views.views import change_view, delete_view, update_view
from enrollment_portal.state.ledger.columns import LedgerColumns
from enrollment_portal.state.ledger.ledger import Ledger
from enrollment_portal.state.ledger.printing import Printing
from enrollment_portal.state.ledger.shown_layout import ShownLayout
from enrollment_portal.state.ledger.shown_view import ShownView
from enrollment_portal.state.shared.session import Shell
from enrollment_portal.state.shared.views import COURSES_PATH, LEDGER_PATH
from enrollment_portal.state.views.acts import ViewActs
from enrollment_portal.state.views.saved_views import SavedViews
from enrollment_portal.state.views.view_form import ViewForm
from tests.builders import make_account, make_session
from tests.integration.office import Office
from tests.integration.stored import rows
from tests.security.pipeline import Client, as_json, event_name, pipeline

STATES = (Ledger, ShownLayout, ShownView, SavedViews, ViewForm, Printing)


class LedgerTab:
    """A tab with a ledger, and what its page shows."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self.shows: dict[type, dict[str, Any]] = {state: {} for state in STATES}

    async def call(self, state: type, handler: str, path: str = LEDGER_PATH, **args: Any) -> None:
        """Send an event, and merge its answer."""
        for update in as_json(await self._client.call(event_name(state, handler), path, **args)):
            for one in STATES:
                changes = update.get("delta", {}).get(one.get_full_name(), {})
                for name, value in changes.items():
                    self.shows[one][name.removesuffix("_rx_state_")] = value

    async def open(self, search: str = "") -> None:
        """Open the ledger at an address."""
        path = LEDGER_PATH + (f"?{search}" if search else "")
        await self.call(Ledger, "load", path)
        await self.call(SavedViews, "load", path)

    async def save(self, **typed: str) -> None:
        """Send the dialog's form as it was filled, with something typed."""
        form = self.shows[ViewForm]
        sent = {**form["form"], **typed, "filled": form["form_key"]}
        await self.call(ViewForm, "save", form=sent)

    @property
    def url(self) -> str:
        """The query string of the address."""
        return self.shows[Ledger]["address"]["search"]

    def bar(self, *names: str) -> tuple[Any, ...]:
        """Return what the bar of the view shows."""
        before = {"key": "", "name": "", "notice": ""}
        return tuple(self.shows[ShownView].get(name, before.get(name, False)) for name in names)

    def listed(self) -> list[str]:
        """Return the names of the saved views in the sidebar."""
        return [view["name"] for view in self.shows[SavedViews].get("views", [])]

    def says(self) -> tuple[str, str]:
        """Return the last result and the last refusal."""
        shown = self.shows[SavedViews]
        return shown.get("message", ""), shown.get("refusal", "")


def at(office: Office, act: Callable[[LedgerTab], Awaitable[None]]) -> None:
    """Run an act in a tab of Maya's."""

    async def run() -> None:
        async with pipeline() as running:
            client = running.client("t1", office.maya)
            await client.call("reflex___state____state.hydrate", "/nowhere")
            await act(LedgerTab(client))

    asyncio.run(run())


def test_a_printed_ledger_has_the_name_and_the_columns_of_its_view(office: Office) -> None:
    async def act(tab: LedgerTab) -> None:
        await tab.open()
        await tab.call(Printing, "load_rows", ticket=4)
        assert tab.shows[Printing]["ready"] == 4
        printed = tab.shows[Printing]["printed"]
        assert printed["headings"][:3] == ["Learner", "Email", "Course"]
        assert printed["totals"] == "Active: 1 · Completed: 0 · Cancelled: 0"
        await tab.call(Ledger, "show_tab", tab="active")
        await tab.call(LedgerColumns, "save", text="learner,grade,run,course,visited")
        await tab.call(ViewForm, "open_new")
        await tab.save(name="Late", columns="on")
        await tab.call(Printing, "load_rows", ticket=5)
        printed = tab.shows[Printing]["printed"]
        assert printed["headings"] == [
            *("Learner", "Email", "Grade", "Run", "Course", "Last Visit")
        ]
        assert printed["rows"][0][0] == "Aarav"
        assert printed["rows"][0][2:5] == ["B", "1", "Rope Access"]
        assert " " not in printed["rows"][0][5]
        assert printed["summary"] == "Late · Active · sorted by enrolled, descending · 1 row"
        assert printed["totals"] == ""
        assert "Watch him" not in str(tab.shows[Printing])
        await tab.call(Printing, "end")
        assert tab.shows[Printing]["printed"]["rows"] == []

    at(office, act)


def test_a_view_is_saved_applied_changed_deleted_and_restored(office: Office) -> None:
    async def act(tab: LedgerTab) -> None:
        await tab.open()
        assert tab.bar("key", "can_save") == ("", False)
        assert tab.listed() == []
        await tab.call(Ledger, "show_tab", tab="active")
        assert tab.bar("can_save") == (True,)
        await tab.call(ViewForm, "open_new")
        await tab.save(name=" ")
        form = tab.shows[ViewForm]
        assert (form["errors"]["name"], form["is_open"]) == (REQUIRED, True)
        await tab.save(name="Late")
        assert form["is_open"] is False
        ((id_,),) = rows(office.database, "SELECT id FROM saved_view")
        key = str(id_)
        assert (tab.url, tab.listed()) == (f"view={key}", ["Late"])
        assert tab.says() == (messages.saved("Late"), "")
        assert tab.shows[Ledger]["opens"] == f"?view={key}&tab=active"

        # Opened by its address, it shows what was saved; a change names the view and what is shown.
        await tab.open(f"view={key}")
        assert tab.shows[Ledger]["tab"] == "active"
        assert tab.bar("name", "is_changed", "may_change") == ("Late", False, True)
        await tab.call(Ledger, "show_tab", tab="all")
        assert (tab.url, tab.bar("is_changed")) == (f"view={key}&tab=all", (True,))
        await tab.open(tab.url)
        assert tab.bar("name", "is_changed") == ("Late", True)
        await tab.call(ViewActs, "show_saved")
        assert (tab.url, tab.shows[Ledger]["tab"]) == (f"view={key}", "active")
        await tab.call(Ledger, "sort_by", column="learner")
        await tab.call(ViewActs, "update_shown")
        assert (tab.url, tab.says()[0]) == (f"view={key}", messages.SAVED_CHANGES)
        assert rows(office.database, "SELECT query FROM saved_view") == [
            ("tab=active&sort=learner",)
        ]

        await tab.call(ViewActs, "delete", key=key)
        assert (tab.url, tab.listed()) == ("tab=active&sort=learner", [])
        assert tab.shows[SavedViews]["undo"] == key
        await tab.call(ViewActs, "undo_delete", key=key)
        assert (tab.url, tab.listed()) == (f"view={key}", ["Late"])
        assert tab.shows[SavedViews]["undo"] == ""

        # The ledger of a course has no views.
        await tab.call(Ledger, "load", f"{COURSES_PATH}/{office.course}?view={key}")
        assert (tab.url, tab.bar("key", "can_save")) == ("", ("", False))

    at(office, act)


def test_a_view_has_columns_of_its_own(office: Office) -> None:
    async def act(tab: LedgerTab) -> None:
        def columns() -> tuple[str, list[str]]:
            layout = tab.shows[ShownLayout]
            return layout.get("stored", ""), layout.get("read", [])

        await tab.open()
        await tab.call(LedgerColumns, "save", text="learner,grade;compact")
        await tab.call(Ledger, "show_tab", tab="active")
        await tab.call(ViewForm, "open_new")
        await tab.save(name="Grades")
        (view,) = rows(office.database, "SELECT id, layout FROM saved_view")
        assert view[1] == "learner,grade;compact"
        key = f"view={view[0]}"
        # One's own columns and those of the view do not change each other.
        await tab.open()
        await tab.call(LedgerColumns, "save", text="")
        await tab.open(key)
        assert columns() == ("learner,grade;compact", ["grade"])
        assert tab.bar("is_changed") == (False,)
        await tab.call(LedgerColumns, "save", text="learner,run;compact")
        assert (columns()[1], tab.bar("is_changed")) == (["run"], (True,))
        await tab.call(ViewActs, "show_saved")
        assert (columns()[1], tab.bar("is_changed")) == (["grade"], (False,))
        await tab.call(LedgerColumns, "save", text="learner,run;compact")
        await tab.call(ViewActs, "update_shown")
        assert rows(office.database, "SELECT layout FROM saved_view") == [("learner,run;compact",)]
        await tab.open()
        assert columns() == ("", [])
        # The product's views are shown with one's own.
        await tab.call(LedgerColumns, "save", text=";spacious")
        await tab.open("view=overdue")
        assert (columns(), tab.bar("is_changed")) == ((";spacious", []), (False,))

    at(office, act)


def test_a_default_opens_the_plain_address_and_all_enrollments_stay_reachable(
    office: Office,
) -> None:
    async def act(tab: LedgerTab) -> None:
        await tab.open("view=overdue")
        assert tab.bar("name", "is_product", "may_change") == ("Overdue", True, False)
        await tab.call(ViewActs, "make_default", key="overdue")
        assert tab.says() == (messages.default_set("Overdue"), "")
        assert tab.bar("is_default") == (True,)
        assert tab.shows[SavedViews]["default"] == "overdue"
        await tab.open()
        assert (tab.url, tab.bar("key")) == ("view=overdue", ("overdue",))
        await tab.open("view=all")
        assert (tab.url, tab.bar("key")) == ("view=all", ("all",))
        assert tab.shows[Ledger]["opens"] == "?view=all"
        await tab.call(Ledger, "show_tab", tab="active")
        assert (tab.url, tab.bar("key")) == ("tab=active", ("",))
        await tab.call(ViewActs, "clear_default")
        await tab.open()
        assert (tab.url, tab.bar("key")) == ("", ("",))

    at(office, act)


def test_a_view_that_does_not_exist_says_so_and_shows_everything(office: Office) -> None:
    async def act(tab: LedgerTab) -> None:
        for search in ("view=999", "view=%00", "view=x"):
            await tab.open(search)
            assert (tab.url, tab.bar("key", "notice")) == ("", ("", messages.OPENED_INSTEAD))
        await tab.open()
        assert tab.bar("notice") == ("",)

    at(office, act)


def test_what_someone_else_changes_is_shown_and_never_overwritten(office: Office) -> None:
    database = office.database
    dana = who_is(database, office.dana)
    assert dana

    async def act(tab: LedgerTab) -> None:
        await tab.open("tab=active")
        await tab.call(ViewForm, "open_new")
        await tab.save(name="Late", audience="admins")
        ((id_,),) = rows(database, "SELECT id FROM saved_view")
        key = str(id_)
        # Renamed by someone else, it is renamed here; it is still based on the last version.
        typed = {"name": "Later", "audience": "admins"}
        change_view(database, dana, key, version=1, typed=typed)
        await tab.call(SavedViews, "refresh")
        assert tab.bar("name", "is_outdated") == ("Later", False)
        # With other rows, the ledger keeps those that it shows.
        update_view(database, dana, key, LedgerQuery(tab=Tab.COMPLETED), version=2)
        await tab.call(SavedViews, "refresh")
        assert tab.bar("is_outdated", "is_changed") == (True, False)
        assert tab.shows[Ledger]["tab"] == "active"
        await tab.call(Ledger, "show_tab", tab="cancelled")
        await tab.call(ViewActs, "update_shown")
        assert tab.says() == ("", messages.changed_by("Later", "Dana Ruiz"))
        assert rows(database, "SELECT query FROM saved_view") == [("tab=completed",)]
        await tab.call(ViewActs, "update_shown")
        assert rows(database, "SELECT query FROM saved_view") == [("tab=cancelled",)]

        # The same in the dialog: what was typed stays, and is saved once it was read.
        await tab.call(ViewForm, "open_edit", key=key)
        change_view(database, dana, key, version=4, typed={"name": "Hers", "audience": "admins"})
        await tab.save(name="Mine")
        form = tab.shows[ViewForm]
        assert (form["refusal"], form["is_open"]) == (
            messages.changed_by("Hers", "Dana Ruiz"),
            True,
        )
        await tab.save(name="Mine")
        assert (form["is_open"], tab.listed()) == (False, ["Mine"])

        delete_view(database, dana, key)
        await tab.call(SavedViews, "refresh")
        assert tab.bar("key", "notice") == ("", messages.GONE)
        assert (tab.url, tab.listed()) == ("tab=cancelled", [])

    at(office, act)


def test_the_sidebar_of_a_refused_page_does_not_open_it(office: Office) -> None:
    session = make_session(office.database, make_account(office.database, Role.LEARNER))

    async def run() -> list[Any]:
        async with pipeline() as running:
            client = running.client("t1", session)
            await client.call("reflex___state____state.hydrate", "/nowhere")
            told = [
                as_json(await client.call(event_name(state, "load"), LEDGER_PATH))
                for state in (Ledger, SavedViews)
            ]
            return [_refusals(updates) for updates in told]

    assert asyncio.run(run()) == [[True], []]


def _refusals(updates: list[dict[str, Any]]) -> list[bool]:
    shells = (update.get("delta", {}).get(Shell.get_full_name(), {}) for update in updates)
    return [shell["refused_rx_state_"] for shell in shells if "refused_rx_state_" in shell]
