"""Store which columns each person sees in the ledger."""

from __future__ import annotations

from sqlalchemy import bindparam
from sqlmodel import Session, select

from enrollment_portal.storage.shared.records import insert_or_update
from enrollment_portal.storage.shared.tables import LedgerLayout, table_of

_t = table_of(LedgerLayout).c
_LAYOUT = select(_t.layout).where(_t.account_id == bindparam("account"))


def read_layout(session: Session, account_id: int) -> str:
    """Return the text of the layout of an account; "" for the standard one."""
    return session.exec(_LAYOUT, params={"account": account_id}).first() or ""


def write_layout(session: Session, account_id: int, layout: str) -> None:
    """Store the text of the layout of an account."""
    row = {"account_id": account_id, "layout": layout}
    insert_or_update(session, LedgerLayout, ("account_id",), row)
