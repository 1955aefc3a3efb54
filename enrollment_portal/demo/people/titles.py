"""The job titles of each department."""

from __future__ import annotations

JOB_TITLES: dict[str, tuple[str, ...]] = {
    "Engineering": (
        "Software Engineer",
        "Senior Software Engineer",
        "Data Engineer",
        "Mechanical Engineer",
        "Test Engineer",
        "Site Reliability Engineer",
    ),
    "Sales": (
        "Account Executive",
        "Sales Development Representative",
        "Inside Sales Specialist",
        "Field Sales Representative",
        "Sales Engineer",
        "Bid Writer",
    ),
    "Logistics": (
        "Warehouse Associate",
        "Forklift Operator",
        "Dispatcher",
        "Route Planner",
        "Customs Specialist",
        "Inventory Analyst",
    ),
    "Manufacturing": (
        "Machine Operator",
        "Assembly Technician",
        "Maintenance Technician",
        "Production Planner",
        "Process Engineer",
        "Shift Coordinator",
    ),
    "Customer Success": (
        "Customer Success Manager",
        "Support Specialist",
        "Onboarding Specialist",
        "Technical Support Engineer",
        "Renewals Specialist",
        "Service Coordinator",
    ),
    "Finance": (
        "Accountant",
        "Financial Analyst",
        "Controller",
        "Payroll Specialist",
        "Accounts Payable Clerk",
        "Treasury Analyst",
    ),
    "People and Culture": (
        "People Partner",
        "Recruiter",
        "Learning Designer",
        "Trainer",
        "Compensation Analyst",
        "People Operations Specialist",
    ),
    "Legal and Compliance": (
        "Legal Counsel",
        "Compliance Analyst",
        "Contract Manager",
        "Data Protection Specialist",
        "Paralegal",
        "Export Control Specialist",
    ),
    "Marketing": (
        "Content Marketer",
        "Brand Designer",
        "Campaign Manager",
        "Marketing Analyst",
        "Event Manager",
        "Copywriter",
    ),
    "IT and Security": (
        "Systems Administrator",
        "Security Analyst",
        "IT Support Specialist",
        "Network Engineer",
        "Identity Engineer",
        "Workplace Engineer",
    ),
    "Product": (
        "Product Manager",
        "Product Designer",
        "User Researcher",
        "Product Analyst",
        "Technical Writer",
        "Associate Product Manager",
    ),
    "Quality": (
        "Quality Inspector",
        "Quality Engineer",
        "Lab Technician",
        "Internal Auditor",
        "Calibration Technician",
        "Document Controller",
    ),
}
WELL_KNOWN_TITLES = {
    "Aarav Menon": "Data Engineer",
    "Ingrid Solberg": "Senior Trainer",
    "Kwame Mensah": "Harbour Site Lead",
    "İpek Işık": "Financial Analyst",
    "Klaus Weißmüller": "Internal Auditor",
    "Łukasz Żółć": "Product Designer",
    "Maya Lindqvist": "Chief People Officer",
    "Dana Ruiz": "Learning Operations Manager",
    "Tom Becker": "Billing and Support Manager",
}
STAFF_TITLE = "Trainer"


def lead_title(department: str, level: int, depth: int) -> str:
    """Return the title of a manager.

    Args:
        department: their department.
        level: 0 for the head of the department, one more for each level below.
        depth: the number of levels of managers.
    """
    if level == 0:
        return f"Head of {department}"
    if level == depth - 1:
        return f"Team Manager, {department}"
    return f"Director, {department}" if level == 1 else f"Senior Manager, {department}"
