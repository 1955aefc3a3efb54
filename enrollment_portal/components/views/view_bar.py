"""The bar of the view that the ledger shows, and the dialog that saves one."""

from __future__ import annotations

from typing import Any

import reflex as rx

from enrollment_portal.components.forms.fields import (
    announcement,
    select_box,
    text_input,
    uncontrolled_form,
)
from enrollment_portal.components.ui.dialogs import modal
from enrollment_portal.components.ui.pieces import BUTTON, icon
from enrollment_portal.domain.views import messages
from enrollment_portal.domain.views.addresses import ALL
from enrollment_portal.domain.views.views import NAME_LENGTH, Audience
from enrollment_portal.state.ledger.shown_view import ShownView
from enrollment_portal.state.views.acts import ViewActs
from enrollment_portal.state.views.saved_views import SavedViews
from enrollment_portal.state.views.view_form import ViewForm

_FORM = "view-form"
_BUTTON = f"{BUTTON} !h-7 shrink-0 !px-2.5 text-small whitespace-nowrap"
# In one line on a narrow screen, as the chips, which leaves room for the rows.
_LINE = (
    "flex items-center gap-2 pb-3 max-sm:-mx-4 max-sm:overflow-x-auto max-sm:px-4 max-sm:py-1 "
    "max-sm:pb-3 sm:flex-wrap"
)


def _button(label: Any, on_click: Any, **props: Any) -> rx.Component:
    return rx.el.button(label, type="button", on_click=on_click, class_name=_BUTTON, **props)


def _name() -> rx.Component:
    return rx.el.span(
        icon("bookmark", 14),
        rx.el.span(messages.VIEW, class_name="sr-only"),
        rx.el.span(ShownView.name, title=ShownView.name, class_name="min-w-0 truncate font-medium"),
        rx.cond(
            ShownView.note != "",
            rx.el.span(
                ShownView.note,
                title=ShownView.note,
                class_name="max-w-48 truncate text-fine text-ink3 max-sm:hidden",
            ),
        ),
        rx.cond(
            ShownView.is_outdated,
            rx.el.span(messages.CHANGED_BY_OTHER, class_name="text-fine text-ink2"),
            rx.cond(
                ShownView.is_changed,
                rx.el.span(messages.CHANGED, class_name="text-fine text-ink2"),
            ),
        ),
        id="shown-view",
        tab_index=-1,
        class_name="flex max-w-[70vw] min-w-0 shrink-0 items-center gap-2 text-small outline-none "
        "sm:max-w-120",
    )


def _of_view() -> rx.Component:
    """Return the current view with what can be done to it."""
    return rx.el.div(
        _name(),
        rx.cond(
            ShownView.is_changed,
            rx.fragment(
                rx.cond(
                    ShownView.may_change,
                    _button(
                        messages.SAVE_CHANGES,
                        ViewActs.update_shown,
                        data_focus_next="#shown-view",
                    ),
                ),
                _button(
                    messages.SAVE_AS_NEW,
                    ViewForm.open_new,
                    id="save-view",
                    aria_haspopup="dialog",
                ),
            ),
            _button(messages.COPY_VIEW, ViewForm.open_copy, aria_haspopup="dialog"),
        ),
        rx.cond(
            ShownView.is_changed | ShownView.is_outdated,
            _button(messages.SHOW_AS_SAVED, ViewActs.show_saved, data_focus_next="#shown-view"),
        ),
        rx.cond(
            ShownView.is_default,
            _button(messages.CLEAR_DEFAULT, ViewActs.clear_default),
            _button(messages.MAKE_DEFAULT, ViewActs.make_default(ShownView.key)),
        ),
        rx.cond(
            ShownView.may_change,
            rx.fragment(
                _button(
                    messages.EDIT_VIEW, ViewForm.open_edit(ShownView.key), aria_haspopup="dialog"
                ),
                _button(
                    messages.DELETE_VIEW,
                    ViewActs.delete(ShownView.key),
                    data_focus_next="#undo-view",
                ),
            ),
        ),
        role="group",
        aria_label=messages.VIEW,
        class_name=_LINE,
    )


def view_bar() -> rx.Component:
    """Return the current view, or the button that saves what the ledger shows as a view."""
    is_view = (ShownView.key != "") & (ShownView.key != ALL)
    return rx.cond(
        is_view,
        _of_view(),
        rx.cond(
            ShownView.can_save,
            rx.el.div(
                rx.el.button(
                    icon("bookmark", 14),
                    messages.SAVE_VIEW,
                    type="button",
                    id="save-view",
                    aria_haspopup="dialog",
                    on_click=ViewForm.open_new,
                    class_name=_BUTTON,
                ),
                class_name=_LINE,
            ),
        ),
    )


def view_results() -> rx.Component:
    """Return what the last act on a view did, with its undo, and the dialog of a view."""
    return rx.fragment(
        announcement(
            message=SavedViews.message,
            refusal=rx.cond(SavedViews.refusal != "", SavedViews.refusal, ShownView.notice),
            answers=SavedViews.answers,
            action=rx.cond(
                SavedViews.undo != "",
                rx.el.button(
                    messages.UNDO,
                    type="button",
                    id="undo-view",
                    on_click=ViewActs.undo_delete(SavedViews.undo),
                    data_focus_next="#shown-view",
                    class_name=BUTTON,
                ),
            ),
        ),
        _dialog(),
    )


def _dialog() -> rx.Component:
    audiences = [(one.value, one.label) for one in Audience]
    return modal(
        rx.el.div(
            uncontrolled_form(
                ViewForm,
                text_input(ViewForm, "name", messages.NAME, prefix="view", max_length=NAME_LENGTH),
                rx.cond(
                    ShownView.may_share,
                    select_box(
                        ViewForm,
                        "audience",
                        messages.SHARED_WITH,
                        audiences,
                        prefix="view",
                        hints=(rx.el.p(messages.SHARE_HINT),),
                    ),
                    rx.el.p(messages.ONLY_ADMINS_SHARE, class_name="text-small text-ink3"),
                ),
                id=_FORM,
                on_submit=ViewForm.save,
                submit_label=messages.SAVE,
                cancel=rx.el.button(
                    messages.CANCEL, type="button", on_click=ViewForm.close, class_name=BUTTON
                ),
                is_guarded=False,
            ),
            class_name="mt-3",
        ),
        heading=ViewForm.heading,
        id="view-title",
        is_open=ViewForm.is_open,
        on_close=ViewForm.close,
        class_name="w-110 !max-w-[calc(100vw-2rem)]",
    )
