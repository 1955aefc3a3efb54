"""How long a page of the directory and a change of a large group take at 100,000 people.

Run it with `python -m tests.benchmarks.people`; times are milliseconds.
"""

from __future__ import annotations

import random
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from sqlalchemy import insert, text

from enrollment_portal.domain.ledger.ledger_query import Place
from enrollment_portal.domain.ledger.listing import ListQuery
from enrollment_portal.domain.people.people import Actor, Role
from enrollment_portal.domain.shared.text_search import search_text, sort_text
from enrollment_portal.services.people import groups, users
from enrollment_portal.storage.migrate import migrate
from enrollment_portal.storage.shared.database import Database
from enrollment_portal.storage.shared.tables import Account, GroupMember, Learner
from tests.builders import make_course, make_group, make_organization

PEOPLE = 100_000
MEMBERS = 10_000
_FIRST = ("Ada", "Anna", "Bo", "Cem", "Dea", "Elin", "Fay", "Gus", "Ivo", "Kim", "Mia", "Zoe")
_LAST = ("Ander", "Berg", "Chen", "Dahl", "Ek", "Falk", "Gran", "Holm", "Ito", "Moen", "Zorn")
DANA = Actor(1, "Dana Ruiz", "dana@northwind.example", Role.SUPER_ADMIN)


def fill(database: Database) -> None:
    """Write the people, half of them with an account, and one group of 10,000."""
    make_organization(database)
    chance = random.Random(1)
    people, accounts = [], []
    for n in range(1, PEOPLE + 1):
        name = f"{chance.choice(_FIRST)} {chance.choice(_LAST)}{chance.randrange(1000)}"
        email = f"p{n}@northwind.example"
        people.append(
            {
                "id": n,
                "name": name,
                "email": email,
                "sort_name": sort_text(name),
                "search": search_text(name, email),
            }
        )
        if n % 2:
            role = chance.choices(("learner", "instructor", "group_lead"), (97, 2, 1))[0]
            accounts.append(
                {
                    "learner_id": n,
                    "name": name,
                    "email": email,
                    "role": role,
                    "created_at": 1,
                    "password_hash": "x" * 97,
                    "is_suspended": int(n % 1001 == 0),
                }
            )
    with database.write() as session:
        session.execute(insert(Learner), people)
        session.execute(insert(Account), accounts)
    group = make_group(database, "Everybody new")
    with database.write() as session:
        members = [{"group_id": group, "learner_id": n * 7 % PEOPLE + 1} for n in range(MEMBERS)]
        session.execute(insert(GroupMember), members)
        session.execute(text("ANALYZE"))


def timed(act: Callable[[], object], times: int = 7) -> float:
    """Return the median of several runs, after one to warm up."""
    act()
    spent = []
    for _ in range(times):
        started = time.perf_counter()
        act()
        spent.append((time.perf_counter() - started) * 1000)
    return statistics.median(spent)


def main(_argv: Sequence[str] = ()) -> None:
    """Fill a database and print each time; there is nothing to choose."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'people.db'}")
        migrate(database)
        fill(database)
        last = Place("last")
        queries = {
            "first page": ListQuery(),
            "last page": ListQuery(place=last),
            "an": ListQuery("an"),
            "an, last page": ListQuery("an", place=last),
            "z": ListQuery("z"),
            "zo": ListQuery("zo"),
            "ada ander": ListQuery("ada ander"),
            "northwind": ListQuery("northwind"),
            "northwind, last page": ListQuery("northwind", place=last),
            "nobody": ListQuery("xyzzy"),
            "instructors": ListQuery("", {"access": "instructor"}),
            "learners": ListQuery("", {"access": "learner"}),
            "learners, an": ListQuery("an", {"access": "learner"}),
            "without access": ListQuery("", {"access": "none"}),
            "status none": ListQuery("", {"status": "none"}),
            "suspended": ListQuery("", {"status": "suspended"}),
            "active, last page": ListQuery("", {"status": "active"}, last),
        }
        for name, query in queries.items():
            spent = timed(lambda query=query: users.list_users(database, DANA, query))
            print(f"users, {name}: {spent:.1f}")
        for name, query in (("", ListQuery()), (", last page", ListQuery(place=last))):
            spent = timed(lambda query=query: groups.list_members(database, DANA, 1, query))
            print(f"members of 10,000{name}: {spent:.1f}")
        course = make_course(database, "SQL")
        started = time.perf_counter()
        applied = groups.assign(database, DANA, 1, course)
        spent = (time.perf_counter() - started) * 1000
        print(f"assigning a course to 10,000 ({applied.n_enrolled:,} enrolled): {spent:.0f}")
        database.close()


if __name__ == "__main__":
    main()
