"""How long a page of the directory and a change of a large group take.

Target at 100,000 people: no page takes more than 50 ms.
"""

from __future__ import annotations

import argparse
import random
import time

from sqlalchemy import insert, text

from enrollment_portal.domain.people.people import Actor, Role
from enrollment_portal.domain.shared.listing import ListQuery, Place
from enrollment_portal.domain.shared.text_search import search_text, sort_text
from enrollment_portal.services.people import groups, users
from enrollment_portal.storage.shared.database import Database
from enrollment_portal.storage.shared.tables import Account, GroupMember, Learner
from tests.benchmarks.measuring.company import empty_database
from tests.benchmarks.measuring.options import add_engine_option, add_rows_option, engines
from tests.benchmarks.measuring.timing import report
from tests.builders import make_course, make_group, make_organization

_FIRST = ("Ada", "Anna", "Bo", "Cem", "Dea", "Elin", "Fay", "Gus", "Ivo", "Kim", "Mia", "Zoe")
_LAST = ("Ander", "Berg", "Chen", "Dahl", "Ek", "Falk", "Gran", "Holm", "Ito", "Moen", "Zorn")
DANA = Actor(1, "Dana Ruiz", "dana@northwind.example", Role.SUPER_ADMIN)


def _fill(database: Database, people_count: int) -> None:
    """Write the people, half of them with an account, and a group of a tenth of them."""
    make_organization(database)
    chance = random.Random(1)
    people, accounts = [], []
    for n in range(1, people_count + 1):
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
        members = [{"group_id": group, "learner_id": n * 10 + 1} for n in range(people_count // 10)]
        session.execute(insert(GroupMember), members)
        session.execute(text("ANALYZE"))


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of this part."""
    add_engine_option(parser)
    add_rows_option(parser, 100_000, of="people, a tenth of whom are in one group")


def main(options: argparse.Namespace) -> None:
    """Fill a database and print each time, on one engine or both."""
    for engine in engines(options):
        with empty_database(engine) as database:
            _fill(database, options.rows)
            print(f"\n{engine}, {options.rows:,} people, in ms")
            _measure_lists(database)
            _measure_assigning(database)


def _measure_lists(database: Database) -> None:
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
        report(f"users, {name}", lambda: users.list_users(database, DANA, query))  # noqa: B023 - called at once
    for name, query in (("", ListQuery()), (", last page", ListQuery(place=last))):
        report(
            f"members of the group{name}",
            lambda: groups.list_members(database, DANA, 1, query),  # noqa: B023 - called at once
        )


def _measure_assigning(database: Database) -> None:
    course = make_course(database, "SQL")
    started = time.perf_counter()
    applied = groups.assign(database, DANA, 1, course)
    spent = (time.perf_counter() - started) * 1000
    print(f"{f'assigning a course, {applied.n_enrolled:,} enrolled':58}{spent:8.1f}")
