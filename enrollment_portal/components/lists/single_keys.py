"""The setting that switches keys without Ctrl off, for those whom they get in the way of."""

from __future__ import annotations

import reflex as rx

from enrollment_portal.components.browser_modules import browser_module

_SINGLE_KEYS = browser_module(__file__, "single_keys.jsx")

CLASS_NAME = "flex items-start gap-2 text-small text-ink2 [&>input]:mt-0.75"
LABEL = (
    "Keys without Ctrl: /, ?, j and k. Off where they get in the way, for example of speech input."
)


class _SingleKeys(rx.Component):
    library = _SINGLE_KEYS
    tag = "SingleKeys"

    label: rx.Var[str]


def single_keys() -> rx.Component:
    """Return the checkbox that switches these keys on and off, in this browser."""
    return _SingleKeys.create(label=LABEL, class_name=CLASS_NAME)
