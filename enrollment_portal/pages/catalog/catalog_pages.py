"""The pages that courses and learning paths share: the list, a new one, and the tabs of one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import reflex as rx

from enrollment_portal.components.catalog.course_list import course_list
from enrollment_portal.components.catalog.course_pieces import course_page
from enrollment_portal.components.lists.tables import Column
from enrollment_portal.components.shell.shell import frame
from enrollment_portal.components.ui.headings import breadcrumb, page_heading
from enrollment_portal.components.ui.pieces import PRIMARY, page_link
from enrollment_portal.domain.catalog.messages import RecordTexts

_TITLE = Column("title", "Title")
_COUNTS_AND_STATE = (
    Column("active", "Active", width="6rem", align="end"),
    Column("completed", "Completed", width="6.875rem", align="end"),
    Column("state", "State", width="8.125rem"),
)


@dataclass(frozen=True)
class CatalogPages:
    """The pages of the courses, or of the learning paths."""

    label: str
    """The label of the list: "Learning Paths"."""
    texts: RecordTexts
    """What they say of one of them."""
    path: str
    """The path of the list."""
    tabs: tuple[tuple[str, str], ...]
    """The tabs of one record's page: each with its label and the end of its path."""

    def listing(
        self, *, state: Any, subtitle: str, columns: Sequence[Column], nothing: rx.Component
    ) -> rx.Component:
        """Return the page with the list of courses or learning paths.

        Args:
            state: of the list.
            subtitle: what is in it.
            columns: what its table tells of each besides its title, counts and state.
            nothing: what stands there while it is empty.
        """
        new = page_link(self.texts.new, to=f"{self.path}/new", class_name=PRIMARY)
        return frame(
            page_heading(self.label, subtitle=subtitle, actions=(new,)),
            course_list(
                state=state,
                path=self.path,
                label=self.label.capitalize(),
                columns=(_TITLE, *columns, *_COUNTS_AND_STATE),
                nothing=nothing,
            ),
            current=self.path,
        )

    def new(self, settings: rx.Component) -> rx.Component:
        """Return the page that creates one, around the form of its settings."""
        heading = self.texts.new
        return frame(
            breadcrumb((self.label, self.path), current=heading),
            page_heading(heading, subtitle="It stays a draft until you publish it"),
            rx.el.div(settings, class_name="mt-4 max-w-180"),
            current=self.path,
        )

    def one(self, *content: Any, page: Any, current: str) -> rx.Component:
        """Return a tab of a record's page.

        Args:
            content: what the tab shows.
            page: the page's state.
            current: the end of the tab's path, "" for the ledger.
        """
        return frame(
            course_page(
                *content,
                page=page,
                above=(self.label, self.path),
                tabs=self.tabs,
                current=current,
                wide=current == "",
            ),
            current=self.path,
        )
