"""The SQL of a search for parts of a learner's name or email, for each engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

Parameters = Mapping[str, Any]


class SearchSql(Protocol):
    """The SQL of a search on one engine, with `:name` parameters."""

    def contains(self, column: str, parameter: str) -> str:
        """Return the condition that a text contains a search term."""
        ...

    def matches(self, terms: int) -> str:
        """Return the query of the learners (`id`) whose search text contains every term."""
        ...

    def sums_of_matches(self, columns: str, terms: int) -> tuple[str, ...]:
        """Return statements that sum columns over the matching learners `l`, to try in order.

        The last column of each is true if it stopped early; then the next one is to be run.
        """
        ...

    def match_parameters(self, terms: Sequence[str]) -> Parameters:
        """Return the parameters of `matches` and `sums_of_matches`."""
        ...

    def before_search(self) -> str:
        """Return a statement to run before those of a search, "" for none."""
        ...


class SqliteSearch:
    """SQLite: a trigram FTS5 table."""

    def contains(self, column: str, parameter: str) -> str:
        return f"instr({column}, {parameter}) > 0"

    def matches(self, terms: int) -> str:
        return "SELECT rowid AS id FROM learner_search WHERE learner_search MATCH :match"

    def sums_of_matches(self, columns: str, terms: int) -> tuple[str, ...]:
        # The index is slow for long terms that very many people share, such as the domain of the
        # organization's emails: if it finds more than a share of all, reading all is faster.
        matches_search = " AND ".join(self.contains("l.search", f":term{i}") for i in range(terms))
        # Without learners max(id) is NULL, which is not allowed as a limit.
        share = "(SELECT COALESCE(max(id), 0) / :share FROM learner)"
        return (
            f"SELECT {columns}, count(*) > {share}"
            f" FROM ({self.matches(terms)} LIMIT {share} + 1) d"
            " CROSS JOIN learner l WHERE l.id = d.id",
            f"SELECT {columns}, 0 FROM learner l WHERE {matches_search}",
        )

    def match_parameters(self, terms: Sequence[str]) -> Parameters:
        is_short = all(len(term) <= 3 for term in terms)
        return {
            "match": " AND ".join('"' + term.replace('"', '""') + '"' for term in terms),
            "share": 1 if is_short else 20,
        }

    def before_search(self) -> str:
        return ""


class PostgresqlSearch:
    """PostgreSQL: a trigram GIN index."""

    def contains(self, column: str, parameter: str) -> str:
        return f"strpos({column}, {parameter}) > 0"

    def matches(self, terms: int) -> str:
        return f"SELECT id FROM learner l WHERE {self._matches_all(terms)}"

    def sums_of_matches(self, columns: str, terms: int) -> tuple[str, ...]:
        return (f"SELECT {columns}, false FROM learner l WHERE {self._matches_all(terms)}",)

    def _matches_all(self, terms: int) -> str:
        # The index reads its entries for every three letters of a term, even if a few of them
        # would already narrow it to few learners: only the first letters of a long term are used.
        return " AND ".join(
            f"l.search LIKE :like{i} AND {self.contains('l.search', f':term{i}')}"
            for i in range(terms)
        )

    def match_parameters(self, terms: Sequence[str]) -> Parameters:
        return {f"like{i}": f"%{_escape(term[:12])}%" for i, term in enumerate(terms)}

    def before_search(self) -> str:
        # A cached plan would be the same for a term that all people share and for a rare one.
        return "SELECT set_config('plan_cache_mode', 'force_custom_plan', true)"


def _escape(term: str) -> str:
    return term.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
