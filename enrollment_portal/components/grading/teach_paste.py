"""The dialog with the preview of a paste."""

from __future__ import annotations

import reflex as rx

from enrollment_portal.components.forms.fields import current_refusal
from enrollment_portal.components.history.history_card import batch_undo_button
from enrollment_portal.components.ui.dialogs import modal
from enrollment_portal.components.ui.pieces import BUTTON, PRIMARY, icon
from enrollment_portal.components.ui.wording import sentence
from enrollment_portal.domain.grading import messages
from enrollment_portal.state.grading.grading_views import PastedCellView, PastedRowView
from enrollment_portal.state.grading.pasting import Pasting


def _cell(cell: rx.Var[PastedCellView]) -> rx.Component:
    def shown(text: str) -> tuple[rx.Component, ...]:
        return sentence(
            text,
            words="text-ink3",
            field=rx.el.span(cell.label, class_name="text-ink3"),
            value=rx.el.span(cell.after, class_name="break-words"),
            before=rx.el.del_(cell.before, class_name="line-clamp-2 inline text-ink3"),
            after=rx.el.ins(
                cell.after, class_name="font-medium break-words whitespace-pre-wrap no-underline"
            ),
        )

    return rx.el.div(
        rx.cond(
            cell.refusal != "",
            rx.el.span(
                *shown(messages.FIELD_IS),
                rx.el.span(cell.refusal, class_name="block font-medium text-bad"),
            ),
            rx.cond(
                cell.is_same,
                rx.el.span(*shown(messages.FIELD_IS_SAME)),
                rx.el.span(*shown(messages.FIELD_BECOMES)),
            ),
        ),
        class_name="text-small leading-5",
    )


def _row(row: rx.Var[PastedRowView]) -> rx.Component:
    return rx.el.tr(
        rx.el.td(
            rx.cond(
                row.is_change,
                rx.el.input(
                    # The browser ticks it at once; it is recreated when the rows are read again.
                    key=Pasting.preview_number,
                    type="checkbox",
                    default_checked=row.is_chosen,
                    on_change=Pasting.choose(row.id),
                    aria_label=messages.grade_named(row.name),
                    class_name="size-4",
                ),
            ),
            class_name="py-2.5 align-top leading-none",
        ),
        rx.el.th(
            row.name,
            scope="row",
            class_name="py-2 pe-3 text-start align-top text-small leading-5 font-medium "
            "break-words",
        ),
        rx.el.td(
            rx.foreach(row.cells, _cell),
            rx.cond(
                (row.cells.length() == 0) & (row.refusal == ""),
                rx.el.p(messages.BLANK, class_name="text-small leading-5 text-ink3"),
            ),
            rx.cond(
                row.refusal != "",
                rx.el.p(row.refusal, class_name="text-small leading-5 font-medium text-bad"),
            ),
            rx.cond(
                row.warning != "",
                rx.el.p(
                    messages.changed_by(row.warning),
                    class_name="text-small leading-5 font-medium text-warn",
                ),
            ),
            class_name="min-w-0 py-2 align-top",
        ),
        class_name="border-t border-line2",
    )


def paste_preview() -> rx.Component:
    """Return the dialog, and its result after it closed."""
    return rx.fragment(
        modal(
            rx.el.p(
                messages.NOT_WRITTEN_YET,
                class_name="mt-1 text-small text-ink2",
            ),
            rx.cond(
                current_refusal(Pasting.refusal) != "",
                rx.el.p(
                    icon("circle_alert", 15),
                    rx.el.span(Pasting.refusal, class_name="min-w-0 break-words"),
                    role="alert",
                    class_name="mt-3 flex items-center gap-2 rounded-lg bg-bad-soft px-3 py-2 "
                    "text-small text-bad",
                ),
            ),
            rx.cond(
                Pasting.rows.length() > 0,
                rx.el.div(
                    rx.el.table(
                        rx.el.caption("Pasted grades", class_name="sr-only"),
                        rx.el.colgroup(
                            rx.el.col(style={"width": "2rem"}),
                            rx.el.col(style={"width": "38%"}),
                            rx.el.col(),
                        ),
                        rx.el.tbody(rx.foreach(Pasting.rows, _row)),
                        class_name="w-full table-fixed",
                    ),
                    tab_index=0,
                    role="group",
                    aria_label="Pasted grades",
                    class_name="mt-3 max-h-[50vh] overflow-y-auto border-b border-line2",
                ),
            ),
            rx.cond(
                Pasting.refused != "",
                rx.el.p(Pasting.refused, class_name="mt-3 text-small font-medium text-bad"),
            ),
            rx.el.div(
                rx.el.button(
                    messages.CANCEL, type="button", on_click=Pasting.cancel, class_name=BUTTON
                ),
                rx.cond(
                    Pasting.confirm != "",
                    rx.el.button(
                        Pasting.confirm,
                        type="button",
                        aria_disabled=rx.cond(Pasting.can_confirm, "false", "true"),
                        on_click=Pasting.apply,
                        class_name=PRIMARY,
                    ),
                ),
                class_name="mt-4 flex flex-wrap justify-end gap-2",
            ),
            heading=messages.PASTE_HEADING,
            id="paste-title",
            is_open=Pasting.is_open,
            on_close=Pasting.cancel,
            class_name="w-160 !max-w-[calc(100vw-2rem)]",
        ),
        rx.el.div(
            rx.el.p(
                Pasting.done,
                role="status",
                class_name="text-small font-medium text-ok empty:hidden",
            ),
            batch_undo_button(Pasting, or_key="Ctrl+Z"),
            class_name="flex items-center gap-3",
        ),
        rx.el.p(
            current_refusal(Pasting.not_undone),
            role="alert",
            class_name="text-small font-medium break-words text-bad empty:hidden",
        ),
    )
