"""The fixtures of the filters' tests, for these."""

from tests.integration.ledger.filtering.conftest import make_module_database

__all__ = ["make_module_database"]
