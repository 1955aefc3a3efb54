"""The hidden field that holds the token of an invitation's link."""

from __future__ import annotations

import reflex as rx

_SCRIPT = rx.asset("user_token.jsx", shared=True)


class LinkToken(rx.Component):
    """Takes the token from behind the # of the address, where only the browser sees it."""

    library = _SCRIPT.importable_path
    tag = "LinkToken"
