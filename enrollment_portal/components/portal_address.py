"""What stands around every page: it shows the page only at an address that the portal answers."""

from __future__ import annotations

import reflex as rx

from enrollment_portal.settings import settings

_PORTAL_ADDRESS = rx.asset("portal_address.jsx", shared=True)


class _PortalAddress(rx.Component):
    library = _PORTAL_ADDRESS.importable_path
    tag = "PortalAddress"

    origins: rx.Var[list[str]]
    address: rx.Var[str]


def portal_address() -> rx.Component:
    """Return the wrapper that warns when a page is opened under an unknown address."""
    return _PortalAddress.create(origins=list(settings().origins), address=settings().origins[0])
