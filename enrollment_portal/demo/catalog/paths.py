"""Generate the learning paths from the first courses of the subjects."""

from __future__ import annotations

from dataclasses import dataclass

from enrollment_portal.demo.catalog.courses import DemoCourse, size_of
from enrollment_portal.demo.catalog.subjects import SUBJECTS
from enrollment_portal.domain.catalog.courses import CourseState

_FEWEST, _MOST = 4, 24
_FIRST_COURSES = {subject.title: subject.title + subject.endings[0] for subject in SUBJECTS}


@dataclass(frozen=True)
class DemoPath:
    """One learning path and its courses in order."""

    id: int
    title: str
    description: str
    deadline_days: int | None
    state: CourseState
    courses: tuple[DemoCourse, ...]
    waits: tuple[bool, ...]
    """Whether each course opens only after the previous one is completed."""

    @property
    def n_lessons(self) -> int:
        """The total number of lessons of its courses."""
        return sum(len(course.lessons) for course in self.courses)


@dataclass(frozen=True)
class _Plan:
    title: str
    description: str
    deadline_days: int | None
    in_order: bool
    subjects: tuple[str, ...]


def _plan(
    title: str, description: str, days: int | None, subjects: str, *, in_order: bool = False
) -> _Plan:
    return _Plan(title, description, days, in_order, tuple(subjects.split("; ")))


# The first is Aarav's: it has three courses that he takes. A small company has the first four.
_PLANS = (
    _plan(
        "Leading a Team",
        "For everyone who leads people for the first time: how we work, how to listen and coach,"
        " and what to do when something goes wrong.",
        180,
        "Onboarding: First 30 Days; Coaching for Managers; Incident Response Drill",
    ),
    _plan(
        "Safe on Site",
        "What everyone who works in a warehouse or plant must be able to do, one step after the"
        " other.",
        60,
        "Forklift Safety; First Aid at Work; Fire Safety and Evacuation",
        in_order=True,
    ),
    _plan(
        "Customer Conversations",
        "From the first reply to the signed offer: writing, selling and looking after customers.",
        120,
        "Business Writing; Consultative Selling; Customer Service Excellence",
    ),
    _plan(
        "Numbers for Decisions",
        "Reading, checking and presenting numbers, for managers who decide with them.",
        None,
        "Spreadsheet Skills; SQL for Analysts; Financial Literacy for Non-Financial Managers",
        in_order=True,
    ),
    _plan(
        "Trust and Integrity",
        "The rules that hold for all of us: personal data, information security and conduct.",
        30,
        "Data Protection Essentials; Information Security Basics; Code of Conduct",
    ),
    _plan(
        "Project Delivery",
        "Plan, negotiate, present and close a project.",
        150,
        "Project Management in Practice; Negotiation Lab; Public Speaking; Lean Manufacturing",
        in_order=True,
    ),
    _plan(
        "Cold Chain Specialist",
        "For people who pack, store and ship temperature-controlled goods.",
        90,
        "Cold Chain Handling; Hazardous Goods; Warehouse Operations",
        in_order=True,
    ),
    _plan(
        "Data Analyst",
        "From a clean table to a story that convinces.",
        None,
        "SQL for Analysts; Statistics Refresher; Data Storytelling; Machine Learning Literacy",
        in_order=True,
    ),
    _plan(
        "Secure Developer",
        "Building software that withstands attacks and runs in the cloud.",
        120,
        "Python for Automation; Secure Coding; Cloud Foundations",
    ),
    _plan(
        "Fair Hiring Manager",
        "Everything before you hire: interviews, contracts and the law.",
        60,
        "Inclusive Hiring; Labour Law Update; Contract Basics",
    ),
    _plan(
        "Product Maker",
        "Finding out what to build, and building it together.",
        None,
        "Product Discovery; Accessibility in Design; Design Systems; Agile Ways of Working",
        in_order=True,
    ),
    _plan(
        "Finance Compliance",
        "Invoices, money laundering and exports, with the checks that auditors ask for.",
        45,
        "Anti-Money Laundering; VAT and Invoicing; Export Control",
    ),
    _plan(
        "Healthy at Work",
        "Looking after yourself and each other.",
        None,
        "Ergonomics at the Desk; Time and Energy; Mental Health First Aid",
    ),
    _plan(
        "Plant Operator",
        "Machines, height and quality: the certificate for operators.",
        90,
        "Machine Safety; Working at Height; Quality Auditing",
        in_order=True,
    ),
    _plan(
        "Account Executive",
        "Winning and growing large customers.",
        180,
        "Consultative Selling; Negotiation Lab; Key Account Management",
        in_order=True,
    ),
    _plan(
        "Working in Sweden",
        "The language, the meetings and the small talk.",
        None,
        "Swedish for Work; Business English; Remote Collaboration",
    ),
    _plan(
        "Marketing Foundations",
        "One voice on every channel, and how to measure it.",
        90,
        "Brand Voice; Digital Marketing; Data Storytelling",
    ),
    _plan(
        "Purchasing Professional",
        "Choosing suppliers, agreeing on terms and following up.",
        120,
        "Supplier Management; Contract Basics; Negotiation Lab",
        in_order=True,
    ),
    _plan(
        "Green Operations",
        "Less waste, shorter routes, fewer permits missed.",
        None,
        "Environmental Management; Route Planning; Lean Manufacturing",
    ),
    _plan(
        "People Partner",
        "Reviews, conflicts and labour law for those who support managers.",
        120,
        "Performance Reviews; Conflict Resolution; Labour Law Update",
        in_order=True,
    ),
    _plan(
        "Through Change Together",
        "Leading a change from the first message until it has become a habit.",
        90,
        "Change Leadership; Conflict Resolution; Public Speaking",
    ),
    _plan(
        "First Year at Northwind",
        "What you learn in your first year with us.",
        365,
        "Onboarding: First 30 Days; Business Writing; Remote Collaboration; Spreadsheet Skills",
        in_order=True,
    ),
    _plan(
        "Emergency Crew",
        "For wardens and first aiders, renewed every two years.",
        60,
        "First Aid at Work; Fire Safety and Evacuation; Mental Health First Aid",
        in_order=True,
    ),
    _plan(
        "Automation Champion",
        "Small programs that save a team hours every week.",
        None,
        "Spreadsheet Skills; Python for Automation; Agile Ways of Working",
    ),
)


def number_of_paths(enrollments: int) -> int:
    """Return the number of paths: 4 up to 1,000 enrollments, 24 from 500,000."""
    return _FEWEST + int((_MOST - _FEWEST) * size_of(enrollments))


def demo_paths(count: int, courses: list[DemoCourse]) -> list[DemoPath]:
    """Return that many paths, the last one a draft, with ids that follow those of the courses."""
    by_title = {course.title: course for course in courses}
    return [
        DemoPath(
            id=len(courses) + number,
            title=plan.title,
            description=plan.description,
            deadline_days=plan.deadline_days,
            state=CourseState.DRAFT if number == count else CourseState.PUBLISHED,
            courses=tuple(by_title[_FIRST_COURSES[subject]] for subject in plan.subjects),
            waits=tuple(plan.in_order and step > 0 for step in range(len(plan.subjects))),
        )
        for number, plan in enumerate(_PLANS[:count], 1)
    ]
