"""The export link of the ledger."""

from __future__ import annotations

from typing import Any

import reflex as rx

from enrollment_portal.components.forms.remembered_select import RememberedSelect
from enrollment_portal.components.ui.pieces import BUTTON, PlainLink, icon
from enrollment_portal.components.ui.wording import plural_of, short_label
from enrollment_portal.domain.ledger import messages
from enrollment_portal.domain.ledger.ledger_export import FORMAT_COOKIE, format_choices
from enrollment_portal.state.ledger.ledger import Ledger

_CHOICES = [[*choice] for choice in format_choices()]
# As wide as its arrow: the list shows which one is chosen.
_SELECT = (
    "h-8 w-6 cursor-pointer rounded-e-lg border border-s-0 border-line bg-panel px-1 text-ink "
    "indent-8 hover:bg-hover"
)


def export_link(*, count: Any) -> rx.Component:
    """Return the link that downloads all rows, with the choice of the file format.

    Args:
        count: how many rows there are, as text.
    """
    day = Ledger.as_of_text
    # Before they are counted, the page shows no number.
    label = rx.cond(
        count == "",
        rx.cond(day == "", messages.EXPORT, messages.export_of_day(day)),
        rx.cond(
            day == "",
            plural_of(count, one=messages.EXPORT_ONE, other=messages.EXPORT_SEVERAL),
            plural_of(
                count, one=messages.EXPORT_DAY_ONE, other=messages.EXPORT_DAY_SEVERAL, day=day
            ),
        ),
    ).to(str)
    return rx.el.div(
        PlainLink.create(
            icon("download", 15),
            # On a phone there is room for its icon.
            short_label(messages.EXPORT, label, class_name="max-sm:hidden"),
            id="export",
            href=Ledger.file,
            title=label,
            # The server sends the file's name.
            custom_attrs={"download": ""},
            class_name=f"{BUTTON} !rounded-e-none max-sm:w-8 max-sm:!px-0",
        ),
        RememberedSelect.create(
            cookie=FORMAT_COOKIE,
            label=messages.FILE_FORMAT,
            choices=_CHOICES,
            class_name=_SELECT,
        ),
        class_name=[
            "ms-auto flex",
            # Without anything to export it keeps its place, so that nothing moves.
            rx.cond((Ledger.phase == "ready") & (count != "0") & (count != ""), "", "invisible"),
        ],
    )
