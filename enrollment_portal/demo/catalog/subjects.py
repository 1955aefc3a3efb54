"""The subjects of the academy with their themes, from which courses are generated."""

from __future__ import annotations

from dataclasses import dataclass

from enrollment_portal.domain.catalog.grades import GradingScheme

REGIONS = (
    "",
    " (Nordics)",
    " (DACH)",
    " (UK and Ireland)",
    " (Benelux)",
    " (Iberia)",
    " (North America)",
    " (APAC)",
    " (Latin America)",
)
LEVELS = (
    ", Level 2",
    ", Level 1",
    ", Level 3",
    ", Refresher",
    ", Level 1 (Nordics)",
    ", Level 1 (DACH)",
    ", Level 2 (Nordics)",
    ", Level 2 (DACH)",
    ", Trainer Certificate",
)
AUDIENCES = (
    "",
    " for Team Leads",
    " for New Joiners",
    " for Executives",
    " for Field Teams",
    " for Contractors",
    " for Sales Teams",
    " for Works Councils",
    " for Partners",
)
STEPS = (
    "",
    ": Foundations",
    ": Advanced Practice",
    ": Case Clinic",
    ": Capstone Project",
    ": Certification",
    ": Tools and Templates",
    ": Update 2026",
    ": Peer Workshop",
)


@dataclass(frozen=True)
class Subject:
    """A subject: its title, how it is graded, its themes, and the endings of its courses."""

    title: str
    scheme: GradingScheme
    endings: tuple[str, ...]
    themes: tuple[str, ...]


def _subject(title: str, scheme: GradingScheme, endings: tuple[str, ...], themes: str) -> Subject:
    return Subject(title, scheme, endings, tuple(themes.split("; ")))


_FREE, _PASS = GradingScheme.FREE, GradingScheme.PASS_FAIL
_LETTERS, _PERCENT, _POINTS = GradingScheme.LETTERS, GradingScheme.PERCENT, GradingScheme.POINTS

# A small company has the first two dozen; the mandatory ones come first.
SUBJECTS: tuple[Subject, ...] = (
    _subject(
        "Data Protection Essentials",
        _PASS,
        REGIONS,
        "Personal data; Lawful grounds; Requests from people; Retention; Breaches; Suppliers",
    ),
    _subject(
        "Onboarding: First 30 Days",
        _PASS,
        REGIONS,
        "Your team; Your tools; How we decide; Expenses and travel; Feedback; Your first project",
    ),
    _subject(
        "Information Security Basics",
        _PASS,
        AUDIENCES,
        "Passwords and passkeys; Phishing; Devices; Working away; Reporting; Sharing files",
    ),
    _subject(
        "Forklift Safety",
        _POINTS,
        LEVELS,
        "Daily checks; Loads and balance; Ramps; Pedestrians; Charging and refuelling; Near misses",
    ),
    _subject(
        "Coaching for Managers",
        _LETTERS,
        REGIONS,
        "Listening; Questions that open; Goals; Difficult feedback; One-to-ones; Letting go",
    ),
    _subject(
        "Incident Response Drill",
        _FREE,
        STEPS,
        "Raising the alarm; Roles; Timelines; Talking to customers; Evidence; Review without blame",
    ),
    _subject(
        "SQL for Analysts",
        _PERCENT,
        STEPS,
        "Selecting; Joins; Grouping; Window functions; Dates; Reading a query plan",
    ),
    _subject(
        "Code of Conduct",
        _PASS,
        REGIONS,
        "Gifts; Conflicts of interest; Speaking up; Fair competition; Respect; Records",
    ),
    _subject(
        "First Aid at Work",
        _PASS,
        LEVELS,
        "Approach and safety; Breathing; Bleeding; Burns; Defibrillator; Handing over",
    ),
    _subject(
        "Project Management in Practice",
        _LETTERS,
        STEPS,
        "Scope; Stakeholders; Estimates; Risks; Status reports; Closing",
    ),
    _subject(
        "Business Writing",
        _LETTERS,
        AUDIENCES,
        "Purpose and reader; Short sentences; Structure; Numbers; Emails; Editing",
    ),
    _subject(
        "Spreadsheet Skills",
        _PERCENT,
        LEVELS,
        "Clean tables; References; Lookups; Pivot tables; Charts; Checking your work",
    ),
    _subject(
        "Consultative Selling",
        _POINTS,
        REGIONS,
        "Discovery; Value; Objections; Pricing; Closing; Handover",
    ),
    _subject(
        "Fire Safety and Evacuation",
        _PASS,
        REGIONS,
        "Prevention; Alarms; Extinguishers; Routes; Wardens; Assembly points",
    ),
    _subject(
        "Financial Literacy for Non-Financial Managers",
        _PERCENT,
        REGIONS,
        "Profit and loss; Balance sheet; Cash; Budgets; Investments; Margins",
    ),
    _subject(
        "Negotiation Lab",
        _LETTERS,
        STEPS,
        "Interests; Alternatives; Anchors; Concessions; Several parties; Deadlock",
    ),
    _subject(
        "Public Speaking",
        _FREE,
        STEPS,
        "Opening; Story; Voice; Slides; Questions; Nerves",
    ),
    _subject(
        "Customer Service Excellence",
        _PERCENT,
        AUDIENCES,
        "First reply; Tone; Complaints; Escalation; Follow-up; Measuring",
    ),
    _subject(
        "Lean Manufacturing",
        _POINTS,
        LEVELS,
        "Waste; Flow; Standard work; Pull; Visual management; Improvement",
    ),
    _subject(
        "Inclusive Hiring",
        _FREE,
        AUDIENCES,
        "Job adverts; Sourcing; Structured interviews; Bias; Deciding; Candidate experience",
    ),
    _subject(
        "Python for Automation",
        _POINTS,
        STEPS,
        "Scripts; Files; Functions; Web requests; Testing; Scheduling",
    ),
    _subject(
        "Working at Height",
        _PASS,
        LEVELS,
        "Planning; Ladders; Scaffolds; Harnesses; Weather; Rescue",
    ),
    _subject(
        "Change Leadership",
        _LETTERS,
        AUDIENCES,
        "Why change; Sponsors; Messages; Resistance; Habits; Sustaining",
    ),
    _subject(
        "Anti-Money Laundering",
        _PERCENT,
        REGIONS,
        "Know your customer; Red flags; Sanctions; Reporting; Records; Case law",
    ),
    _subject("Export Control", _PASS, REGIONS, "Goods; Licences; End users; Re-export; Screening"),
    _subject("Cold Chain Handling", _POINTS, LEVELS, "Temperature; Packing; Sensors; Deviations"),
    _subject("Hazardous Goods", _POINTS, LEVELS, "Classes; Labels; Storage; Spills; Transport"),
    _subject("Machine Safety", _PASS, LEVELS, "Guards; Lock-out; Tools; Maintenance; Noise"),
    _subject("Quality Auditing", _PERCENT, STEPS, "Scope; Sampling; Interviews; Findings; Actions"),
    _subject("Data Storytelling", _LETTERS, STEPS, "Question; Chart choice; Colour; Captions"),
    _subject("Statistics Refresher", _PERCENT, STEPS, "Averages; Spread; Samples; Tests; Trends"),
    _subject("Cloud Foundations", _POINTS, LEVELS, "Networks; Storage; Identity; Costs; Limits"),
    _subject("Secure Coding", _PERCENT, LEVELS, "Input; Sessions; Secrets; Dependencies; Review"),
    _subject("Accessibility in Design", _LETTERS, STEPS, "Contrast; Keyboard; Words; Testing"),
    _subject("Product Discovery", _FREE, STEPS, "Interviews; Problems; Prototypes; Bets; Metrics"),
    _subject("Agile Ways of Working", _PASS, AUDIENCES, "Backlog; Planning; Daily; Review; Retro"),
    _subject("Conflict Resolution", _FREE, AUDIENCES, "Signals; Listening; Needs; Agreements"),
    _subject("Time and Energy", _FREE, AUDIENCES, "Priorities; Focus; Breaks; Meetings; Saying no"),
    _subject("Remote Collaboration", _FREE, AUDIENCES, "Writing; Time zones; Calls; Decisions"),
    _subject("Performance Reviews", _PASS, AUDIENCES, "Evidence; Ratings; Conversation; Plans"),
    _subject("Labour Law Update", _PERCENT, REGIONS, "Hours; Leave; Contracts; Notice; Equality"),
    _subject("VAT and Invoicing", _PERCENT, REGIONS, "Rates; Invoices; Cross-border; Corrections"),
    _subject("Contract Basics", _LETTERS, REGIONS, "Offer; Terms; Liability; Signature; Renewal"),
    _subject("Key Account Management", _POINTS, REGIONS, "Mapping; Plans; Reviews; Growth; Risk"),
    _subject("Digital Marketing", _PERCENT, STEPS, "Audience; Search; Social; Email; Measuring"),
    _subject("Brand Voice", _FREE, REGIONS, "Values; Words we use; Words we avoid; Examples"),
    _subject("Warehouse Operations", _POINTS, LEVELS, "Receiving; Put-away; Picking; Packing"),
    _subject("Route Planning", _PERCENT, REGIONS, "Windows; Capacity; Maps; Exceptions; Fuel"),
    _subject("Environmental Management", _PASS, REGIONS, "Waste; Water; Energy; Permits; Audits"),
    _subject("Ergonomics at the Desk", _PASS, AUDIENCES, "Chair; Screen; Light; Movement; Eyes"),
    _subject("Mental Health First Aid", _PASS, LEVELS, "Noticing; Asking; Listening; Referring"),
    _subject("Swedish for Work", _LETTERS, STEPS, "Greetings; Meetings; Email; Numbers; Idioms"),
    _subject("Business English", _LETTERS, LEVELS, "Calls; Reports; Small talk; Negotiating"),
    _subject("Supplier Management", _PERCENT, STEPS, "Selection; Onboarding; Scorecards; Exit"),
    _subject("Design Systems", _POINTS, STEPS, "Tokens; Components; Documentation; Adoption"),
    _subject("Machine Learning Literacy", _PERCENT, AUDIENCES, "Data; Models; Errors; Ethics; Use"),
)
