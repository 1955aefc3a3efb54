"""The wrapper around every page that only shows it at an address that the portal answers."""

from __future__ import annotations

import reflex as rx

from enrollment_portal.components.browser_modules import browser_module
from enrollment_portal.settings import settings

_PORTAL_ADDRESS = browser_module(__file__, "portal_address.jsx")


class _PortalAddress(rx.Component):
    library = _PORTAL_ADDRESS
    tag = "PortalAddress"

    origins: rx.Var[list[str]]
    address: rx.Var[str]


def portal_address() -> rx.Component:
    """Return the wrapper that warns if a page is opened at an unknown address."""
    return _PortalAddress.create(origins=list(settings().origins), address=settings().origins[0])
