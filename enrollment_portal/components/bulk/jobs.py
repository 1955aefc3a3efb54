"""The jobs that run, and the reports of those that have ended, beside an open ledger."""

from __future__ import annotations

from typing import Any

import reflex as rx
from reflex_base.vars import VarData

from enrollment_portal.components.bulk.change_dialog import UndoButton
from enrollment_portal.components.ui.pieces import BUTTON, PANEL, page_link
from enrollment_portal.components.ui.short_notices import ThrottledStatus
from enrollment_portal.domain.bulk import messages
from enrollment_portal.state.bulk.bulk_views import JobView
from enrollment_portal.state.bulk.changing import BulkChanges
from enrollment_portal.state.bulk.jobs import BulkJobs


def _job(job: rx.Var[JobView]) -> rx.Component:
    button = f"{BUTTON} !h-7 text-small"
    return rx.el.li(
        rx.el.div(
            rx.el.h3(job.title, tab_index=-1, class_name="font-medium break-words outline-none"),
            rx.el.p(job.text, data_spoken="", class_name="text-small text-ink2 tabular-nums"),
            class_name="min-w-0 flex-[1_1_12rem]",
        ),
        rx.cond(
            job.is_over,
            rx.fragment(),
            rx.el.progress(
                value=job.percent,
                max=100,
                aria_label=job.title,
                class_name="h-1.5 w-40 max-w-full",
            ),
        ),
        rx.el.div(
            rx.cond(
                job.may_cancel,
                rx.el.button(
                    messages.CANCEL_JOB,
                    type="button",
                    on_click=BulkJobs.cancel(job.id),
                    class_name=button,
                ),
            ),
            rx.cond(
                job.may_undo,
                UndoButton.create(
                    text=messages.UNDO_JOB,
                    on_undo=BulkChanges.preview_undo(job.id),
                    class_name=button,
                ),
            ),
            page_link(messages.SHOW_DETAILS, to=job.address, class_name=button),
            rx.cond(
                job.is_over,
                rx.el.button(
                    messages.DISMISS,
                    type="button",
                    on_click=BulkJobs.dismiss(job.id),
                    data_focus_last="main h1",
                    class_name=button,
                ),
            ),
            class_name="flex flex-wrap gap-2",
        ),
        custom_attrs={"data-job": job.id},
        class_name="flex flex-wrap items-center gap-x-4 gap-y-2",
        key=job.id,
    )


def bulk_jobs(*, reported: Any = "") -> rx.Component:
    """Return the jobs with their progress and reports; nothing where there are none.

    Args:
        reported: the job whose report the page itself shows.
    """
    shown: Any = rx.Var(
        f"{BulkJobs.jobs}.filter((job) => !job.is_over || job.id !== {rx.Var.create(reported)})",
        _var_type=list[JobView],
        _var_data=VarData.merge(
            BulkJobs.jobs._get_all_var_data(), rx.Var.create(reported)._get_all_var_data()
        ),
    ).to(list[JobView])
    return rx.fragment(
        ThrottledStatus.create(
            rx.el.div(
                rx.cond(
                    (shown.length() > 0) | (BulkJobs.refusal != ""),
                    rx.el.section(
                        rx.el.h2(messages.BULK_CHANGES, class_name="sr-only"),
                        rx.el.p(
                            BulkJobs.refusal,
                            role="alert",
                            class_name="mb-2 font-medium text-bad empty:hidden",
                        ),
                        rx.el.ul(
                            rx.foreach(shown, _job),
                            class_name="grid gap-3",
                        ),
                        aria_label=messages.BULK_CHANGES,
                        class_name=f"{PANEL} no-print mb-3 !py-3",
                    ),
                ),
                class_name="contents",
            )
        ),
    )
