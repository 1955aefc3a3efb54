"""Who else has the open enrollment, or one of the rows, open."""

from __future__ import annotations

import reflex as rx

from enrollment_portal.components.ui.pieces import avatar
from enrollment_portal.components.ui.short_notices import ThrottledStatus
from enrollment_portal.domain.enrollment.messages import is_editing, is_here
from enrollment_portal.state.enrollment.facts import EnrollmentFacts
from enrollment_portal.state.shared.live import HereView, Live
from enrollment_portal.state.shared.session import Shell


def _person(one: rx.Var[HereView]) -> rx.Component:
    return rx.cond(
        # Until the first push for this page, it may hold people of the page before.
        (one.account_id != Shell.account_id) & (one.enrollment_id == EnrollmentFacts.facts.id),
        rx.el.li(
            avatar(
                initials=one.initials,
                tone=one.tone,
                class_name="!size-6 !text-[0.625rem] !leading-6",
            ),
            rx.el.span(
                rx.cond(one.is_editing, is_editing(one.name), is_here(one.name)),
                data_spoken="",
                title=one.name,
                class_name="truncate",
            ),
            class_name=[
                "appears flex min-w-0 max-w-60 items-center gap-1.5 rounded-full border py-0.5 "
                "pe-2.5 ps-0.5 text-fine leading-5",
                rx.cond(
                    one.is_editing,
                    "border-warn bg-warn-soft text-ink",
                    "border-line bg-panel text-ink2",
                ),
            ],
        ),
    )


def people_here() -> rx.Component:
    """Return who else has the enrollment open; its space is reserved, so that nothing moves."""
    return ThrottledStatus.create(
        rx.el.div(
            rx.el.ul(
                rx.foreach(Live.here, _person),
                class_name="flex min-w-0 flex-wrap justify-end gap-1.5 empty:hidden",
            ),
            role="group",
            aria_label="Also here",
            class_name="no-print flex min-h-8 min-w-0 items-center justify-end",
        )
    )
