"""Generate the people of the company: learners from many cultures, and the staff's accounts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from random import Random

from enrollment_portal.demo.catalog.courses import DemoCourse
from enrollment_portal.demo.people.names import Culture, Part
from enrollment_portal.demo.people.names_latin import LATIN
from enrollment_portal.demo.people.names_scripts import SCRIPTS
from enrollment_portal.domain.people.people import NO_SECTIONS, Role, Section
from enrollment_portal.domain.shared.calendar import MS_PER_DAY
from enrollment_portal.domain.shared.text_search import search_text, sort_text

DOMAIN = "northwind.example"
COMPANY_DAYS = 731
"""How long the company has used the portal."""
_HOUR = 3_600_000
DEPARTMENTS = (
    "Engineering",
    "Sales",
    "Logistics",
    "Manufacturing",
    "Customer Success",
    "Finance",
    "People and Culture",
    "Legal and Compliance",
    "Marketing",
    "IT and Security",
    "Product",
    "Quality",
)
LEARNER_COLUMNS = (
    "id name email department sort_name search n_active n_completed n_cancelled"
    " job_title manager_id joined_at"
)
ACCOUNT_COLUMNS = "id email name role sections learner_id is_suspended created_at last_sign_in_at"

AARAV, INGRID, KWAME = 1, 2, 3
"""Learner ids of the well-known people who take courses themselves."""
N_LED = 12
N_WELL_KNOWN = 6
_TAUGHT_BY_INGRID = ("SQL for Analysts", "Coaching for Managers", "Forklift Safety, Level 2")
_KNOWN_LEARNERS = (
    ("Aarav Menon", "Engineering"),
    ("Ingrid Solberg", "People and Culture"),
    ("Kwame Mensah", "Logistics"),
    # Without accounts: names with letters that test search and sorting.
    ("İpek Işık", "Finance"),
    ("Klaus Weißmüller", "Quality"),
    ("Łukasz Żółć", "Product"),
)
_INSTRUCTORS = (
    "Elif Aydın",
    "Jörg Großmann",
    "Chiara De Luca",
    "Ngozi Okafor",
    "Hiroshi Tanaka",
    "Łucja Wiśniewska",
    "Samuel Hughes",
    "Noa Peretz",
    "Beatriz Guimarães",
    "Olena Kravchuk",
    "Rasmus Kjær",
    "Leila Haddad",
    "Sơn Đặng",
    "Maëlle Fournier",
    "Priya Iyer",
    "Pekka Virtanen",
)


@dataclass(frozen=True)
class Staff:
    """An account, as the author of changes."""

    id: int
    name: str


@dataclass(frozen=True)
class Team:
    """The staff: their accounts, the instructors of courses, and whom Kwame leads."""

    accounts: list[tuple[object, ...]]
    people: list[tuple[object, ...]]
    """Learner rows of staff who take no courses, with ids after all others."""
    known: dict[str, Staff]
    """The well-known accounts, by name."""
    admin: Staff
    """An admin with Learning, who overrides and enrolls."""
    takes_courses: dict[int, Staff]
    """Staff who take courses themselves, by learner id."""
    teachers: dict[int, Staff]
    """The first teacher of each course, by course id."""
    teaches: list[tuple[int, int]]
    """Account id and course id."""
    led: tuple[int, ...]
    """Learner ids of the people whom Kwame leads; some report to him, others are in his group."""


@dataclass
class Addresses:
    """Generate unique email addresses: first.last, then first.last2 and so on."""

    given: Counter[str] = field(default_factory=Counter)

    def __call__(self, first: str, last: str) -> str:
        """Return a new address for romanized names."""
        base = f"{first}.{last}"
        self.given[base] += 1
        count = self.given[base]
        return f"{base}{count if count > 1 else ''}@{DOMAIN}"


def _known_address(addresses: Addresses, name: str) -> str:
    first, *rest = sort_text(name).split()
    return addresses(first, "".join(rest))


def team(courses: list[DemoCourse], n_learners: int, now: int, addresses: Addresses) -> Team:
    """Return the accounts; the well-known one of each role has the lowest id of that role.

    Args:
        courses: every course, each of which gets a teacher.
        n_learners: how many people take courses; the staff's own rows follow theirs.
        now: the current time of the company, in ms.
        addresses: to reserve the accounts' addresses.
    """
    created_at = now - COMPANY_DAYS * MS_PER_DAY
    known = (
        ("Maya Lindqvist", Role.SUPER_ADMIN, NO_SECTIONS, None),
        ("Dana Ruiz", Role.ADMIN, Section.LEARNING | Section.PEOPLE, None),
        ("Tom Becker", Role.ADMIN, Section.SUPPORT | Section.BILLING, None),
        ("Ingrid Solberg", Role.INSTRUCTOR, NO_SECTIONS, INGRID),
        ("Kwame Mensah", Role.GROUP_LEAD, NO_SECTIONS, KWAME),
        ("Aarav Menon", Role.LEARNER, NO_SECTIONS, AARAV),
    )
    others = _INSTRUCTORS[: min(len(_INSTRUCTORS), 3 + len(courses) // 16)]
    members = (*known, *((name, Role.INSTRUCTOR, NO_SECTIONS, None) for name in others))
    accounts: list[tuple[object, ...]] = []
    people: list[tuple[object, ...]] = []
    for id_, (name, role, sections, learner) in enumerate(members, 1):
        email = _known_address(addresses, name)
        if learner is None:
            learner = n_learners + len(people) + 1
            department = "Finance" if name == "Tom Becker" else "People and Culture"
            people.append(_row(learner, name, email, department))
        seen_at = now - (id_ * 5 % 7 * 20 + id_ * 7) * _HOUR // 4
        accounts.append(
            (id_, email, name, role.value, int(sections), learner, 0, created_at, seen_at)
        )
    staff = [Staff(id_, name) for id_, (name, *_) in enumerate(members, 1)]
    ingrid, kwame, rest = staff[3], staff[4], staff[len(known) :]
    teachers = {
        course.id: ingrid if course.title in _TAUGHT_BY_INGRID else rest[course.id % len(rest)]
        for course in courses
    }
    teaches = [(teacher.id, course) for course, teacher in teachers.items()]
    # Some courses have a second teacher.
    teaches += [
        (rest[(course.id + 1) % len(rest)].id, course.id)
        for course in courses
        if course.id % 7 == 0 and teachers[course.id] is not ingrid
    ]
    return Team(
        accounts=accounts,
        people=people,
        known={member.name: member for member in staff[: len(known)]},
        admin=staff[1],
        takes_courses={INGRID: ingrid, KWAME: kwame, AARAV: staff[5]},
        teachers=teachers,
        teaches=teaches,
        led=(AARAV, *range(KWAME + 1, KWAME + N_LED)),
    )


def learners(count: int, addresses: Addresses, random: Random) -> Iterator[tuple[object, ...]]:
    """Yield learner rows with ids from 1, the well-known ones first, up to the counts.

    `Directory` adds the remaining values of `LEARNER_COLUMNS`.

    Every culture appears once before any appears twice.

    Args:
        count: how many, at least the well-known.
        addresses: with the accounts' addresses reserved already.
        random: for the names.
    """
    for id_, (name, department) in enumerate(_KNOWN_LEARNERS, 1):
        has_account = id_ <= KWAME
        email = (
            f"{sort_text(name).replace(' ', '.')}@{DOMAIN}"
            if has_account
            else _known_address(addresses, name)
        )
        yield _row(id_, name, email, department)
    pool = [culture for culture in (*LATIN, *SCRIPTS) for _ in range(culture.weight)]
    first_round = random.sample((*LATIN, *SCRIPTS), len(LATIN) + len(SCRIPTS))
    seen: set[tuple[Part, Part]] = set()
    for number, id_ in enumerate(range(len(_KNOWN_LEARNERS) + 1, count + 1)):
        culture = first_round[number] if number < len(first_round) else random.choice(pool)
        name, email = _person(culture, seen, addresses, random)
        yield _row(id_, name, email, random.choice(DEPARTMENTS))


def _person(
    culture: Culture, seen: set[tuple[Part, Part]], addresses: Addresses, random: Random
) -> tuple[str, str]:
    given, family = random.choice(culture.given), random.choice(culture.family)
    written = given[0]
    if (given, family) not in seen:
        seen.add((given, family))
    elif culture.middle:
        written = f"{written} {random.choice(culture.given)[0]}"
    return culture.full_name(written, family[0]), addresses(given[1], family[1])


def _row(id_: int, name: str, email: str, department: str) -> tuple[object, ...]:
    # Word by word, with the same result as `sort_text` and `search_text`: faster, as words repeat.
    words = name.split()
    sort_name = " ".join(_sort_word(word) for word in words)
    search = "".join(_search_word(word) for word in words) + search_text("", email)
    return (id_, name, email, department, sort_name, search, 0, 0, 0)


@cache
def _sort_word(word: str) -> str:
    return sort_text(word)


@cache
def _search_word(word: str) -> str:
    return search_text(word)
