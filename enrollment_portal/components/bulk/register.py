"""The register of batches: the list of all, and the page of one."""

from __future__ import annotations

import reflex as rx

from enrollment_portal.components.bulk.change_dialog import UndoButton, change_dialog
from enrollment_portal.components.bulk.jobs import bulk_jobs
from enrollment_portal.components.lists.page_address import page_address
from enrollment_portal.components.lists.tables import (
    Column,
    cell,
    data_table,
    link_cell,
    pager,
    table_row,
    text_cell,
)
from enrollment_portal.components.ui.pieces import (
    BUTTON,
    LINK,
    PANEL,
    PANEL_TITLE,
    PRIMARY,
    SECOND_LINE,
    notice,
    page_link,
)
from enrollment_portal.domain.bulk import messages
from enrollment_portal.state.bulk.bulk_views import BatchRowView, BatchView, SkippedView
from enrollment_portal.state.bulk.changing import BulkChanges
from enrollment_portal.state.bulk.register import Batches, BatchPage
from enrollment_portal.state.shared.views import ACTIVITY_PATH, BATCHES_PATH, ChangeView

_WHAT = Column("what", messages.WHAT)
_WHO = Column("who", messages.WHO, width="20%")
_WHEN = Column("when", messages.WHEN, width="13.125rem")
_HOW_MANY = Column("count", messages.HOW_MANY, width="8rem", align="end")
_STATUS = Column("became", messages.OUTCOME, width="22%")
_ROW = Column("learner", messages.LEARNER_COURSE, width="34%")
_CHANGES = Column("changes", messages.ROW_CHANGES)
_SINCE = Column("since", messages.CHANGED_SINCE, width="30%")


@rx.memo
def batch_row(rest: rx.RestProp, *, row: rx.Var[BatchView]) -> rx.Component:
    """Return the row of one batch in the list of batches, with a link to the page of the batch."""
    return table_row(
        link_cell(
            column=_WHAT,
            label=row.title,
            to=ACTIVITY_PATH + "/" + row.batch,
            second=rx.cond(row.reason != "", row.reason, row.kind).to(str),
        ),
        text_cell(row.by, column=_WHO),
        cell(rx.el.time(row.at, date_time=row.at_iso), column=_WHEN, class_name="text-ink2"),
        text_cell(row.n, column=_HOW_MANY),
        cell(
            rx.el.span(row.status),
            rx.cond(
                row.percent >= 0,
                rx.el.progress(
                    value=row.percent, max=100, aria_label=row.title, class_name="mt-1 h-1.5 w-full"
                ),
            ),
            column=_STATUS,
        ),
        rest,
    )


def batch_list() -> rx.Component:
    """Return the list of all batches, with the jobs that run."""
    return rx.fragment(
        page_address(Batches, BATCHES_PATH),
        rx.el.div(bulk_jobs(), class_name="pt-3"),
        data_table(
            state=Batches,
            caption=messages.BATCHES,
            columns=(_WHAT, _WHO, _WHEN, _HOW_MANY, _STATUS),
            row=lambda row, i: batch_row(row=row, key=i),
            nothing=notice(
                rx.el.p(messages.NO_BATCHES, class_name="mt-1"),
                title=messages.BATCH_TEXTS.none,
            ),
            stacks="below-54",
        ),
        pager(state=Batches),
        change_dialog(),
    )


def _fact(label: str, *value: rx.Component) -> rx.Component:
    return rx.el.div(
        rx.el.dt(label, class_name="text-small text-ink3"),
        rx.el.dd(*value, class_name="break-words"),
    )


def _facts() -> rx.Component:
    batch = BatchPage.batch
    return rx.el.dl(
        _fact(messages.MADE_BY, rx.el.span(batch.by)),
        _fact(messages.WHEN, rx.el.time(batch.at, date_time=batch.at_iso)),
        _fact(messages.HOW_MANY, rx.el.span(batch.n)),
        rx.cond(
            batch.reason != "",
            _fact(messages.REASON_GIVEN, rx.el.span(batch.reason)),
        ),
        rx.cond(
            batch.accepted != "",
            _fact(messages.ACCEPTED_PREVIEW, rx.el.span(batch.accepted)),
        ),
        rx.cond(batch.status != "", _fact(messages.OUTCOME, rx.el.span(batch.status))),
        rx.cond(batch.mail != "", _fact(messages.MAIL, rx.el.span(batch.mail))),
        rx.cond(
            batch.undoes != "",
            _fact(
                messages.UNDOES,
                page_link(messages.SHOW_UNDONE, to=batch.undoes, class_name=LINK),
            ),
        ),
        class_name="grid gap-x-8 gap-y-3 sm:grid-cols-2 lg:grid-cols-3",
    )


def _change(change: rx.Var[ChangeView]) -> rx.Component:
    def value(text: rx.Var[str], class_name: str) -> rx.Component:
        return rx.el.span(rx.cond(text != "", text, messages.FROM_EMPTY), class_name=class_name)

    return rx.el.div(
        rx.el.span(change.label, class_name="text-ink3"),
        rx.el.span(": ", class_name="text-ink3"),
        value(change.before, "text-ink2"),
        rx.el.span(" → "),
        value(change.after, "font-medium"),
        class_name="text-small whitespace-normal [overflow-wrap:anywhere]",
    )


def _changed_row(row: rx.Var[BatchRowView], index: rx.Var[int]) -> rx.Component:
    return table_row(
        link_cell(column=_ROW, label=row.name, to=row.address),
        cell(
            rx.cond(row.is_new, rx.el.div(messages.CREATED, class_name="text-small")),
            rx.el.div(rx.foreach(row.changes, _change)),
            column=_CHANGES,
            class_name="py-1.5",
        ),
        cell(
            rx.el.div(
                rx.foreach(
                    row.since,
                    lambda one: rx.el.div(one, class_name=f"{SECOND_LINE} !whitespace-normal"),
                )
            ),
            column=_SINCE,
            class_name="py-1.5",
        ),
        key=index,
    )


def _skipped(row: rx.Var[SkippedView]) -> rx.Component:
    return rx.el.li(
        rx.el.span(row.name, class_name="font-medium"),
        rx.el.span(" · ", aria_hidden="true"),
        rx.el.span(row.why, class_name="text-ink2"),
        class_name="border-t border-line2 py-1.5 break-words first:border-t-0",
        key=row.id,
    )


def _all_skipped() -> rx.Component:
    return rx.cond(
        BatchPage.skipped.length() > 0,
        rx.el.section(
            rx.el.h2(BatchPage.n_skipped, class_name=PANEL_TITLE),
            rx.el.ul(rx.foreach(BatchPage.skipped, _skipped), class_name="mt-1"),
            rx.cond(
                BatchPage.has_more_skipped,
                rx.el.button(
                    messages.SHOW_MORE,
                    type="button",
                    on_click=BatchPage.show_more_skipped,
                    class_name=f"{BUTTON} mt-2",
                ),
            ),
            class_name=f"{PANEL} mt-4",
        ),
    )


def undo_button() -> rx.Component:
    """Return the button that shows what undoing the open batch would do."""
    return rx.cond(
        BatchPage.batch.may_undo,
        UndoButton.create(
            text=messages.UNDO_JOB,
            on_undo=BulkChanges.preview_undo(BatchPage.batch.batch),
            class_name=PRIMARY,
        ),
    )


def batch_details() -> rx.Component:
    """Return what is known of one batch, its changes, and what was skipped."""
    return rx.fragment(
        page_address(BatchPage, BatchPage.base),
        rx.el.div(bulk_jobs(reported=BatchPage.batch.batch), class_name="pt-4"),
        rx.el.div(_facts(), class_name=f"{PANEL} mb-4"),
        data_table(
            state=BatchPage,
            caption=messages.ROW_CHANGES,
            columns=(_ROW, _CHANGES, _SINCE),
            row=_changed_row,
            nothing=notice(title=messages.NO_CHANGES),
        ),
        pager(state=BatchPage),
        _all_skipped(),
        change_dialog(),
    )


def batch_subtitle() -> rx.Component:
    """Return the kind of the open batch."""
    return rx.el.span(BatchPage.batch.kind)
