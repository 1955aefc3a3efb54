"""What people read of accounts and admins: refusals, confirmations and mails.

Also what the command line says of the organization.
"""

from __future__ import annotations

from collections.abc import Sequence

from enrollment_portal.domain.shared.wording import (
    PageTexts,
    plural,
    show_number,
    some_of,
    with_commas,
)

# Signing in.

LINK_UNUSABLE = "This link cannot be used. It may have expired or been used. Ask for a new one."
DEMO_CLOSED = "The demo is not open here. Sign in with your email and password."
DEMO_ROLE_EMPTY = "The demo has no account with this role. Choose another."
DEMO_SUSPENDED = "This demo account is suspended. Choose another."
SUSPENDED = "Their access is suspended. Reinstate it first."


UNREADABLE = "The form could not be read. Fill it in and send it again."
WRONG_ADDRESS_HEADING = "Open the portal at its own address"
OWN_PAGES_ONLY = "This address is for the portal's own pages."
SIGNED_OUT_HERE = "You are signed out in this browser"


def not_sent_from(address: str) -> str:
    """Refuse a form of another site."""
    return f"This form was not sent from {address}, where the portal is."


def open_address(address: str) -> str:
    """Label the link that leads to the portal's own address."""
    return f"Open {address}"


def session_not_ended(hours: int) -> str:
    """Confirm a sign-out that only this browser knows of."""
    return (
        "The portal could not end your session in its database, so it stays valid there until it "
        f"expires, {hours} hours after it was last used. This browser no longer has it."
    )


def wait_in_seconds(n: int) -> str:
    """Tell how long to wait, in seconds."""
    return plural(n, one="{n} second", other="{n} seconds")


def wait_in_minutes(n: int) -> str:
    """Tell how long to wait, in minutes."""
    return plural(n, one="{n} minute", other="{n} minutes")


def too_many_attempts(wait: str) -> str:
    """Refuse a sign-in for a while: "5 minutes"."""
    return f"Too many failed attempts. Try again in {wait}."


def too_many_requests(wait: str) -> str:
    """Refuse to mail one more link for a while."""
    return f"Too many requests. Try again in {wait}."


def signed_out(n_sessions: int) -> str:
    """Confirm that somebody was signed out everywhere."""
    return plural(n_sessions, one="{n} session ended.", other="{n} sessions ended.")


# Passwords and the links for them.

WRONG_PASSWORD = "That is not your current password. Check it and try again."  # noqa: S105
NO_PASSWORD = "You signed in without a password, so there is none to change."  # noqa: S105
SAME_PASSWORD = "This is your current password. Choose another one."  # noqa: S105
PASSWORDS_DIFFER = "The two passwords differ. Type both again."
PASSWORD_CHANGED = "Your password is changed. You are signed out everywhere but here."  # noqa: S105
CHANGE_PASSWORD = "You stay signed in here and are signed out everywhere else."  # noqa: S105
LINK_REQUESTED = (
    "If an account has this address, an email with a link is on its way to it. The link works "
    "once, for an hour. Check the spam folder, too."
)
NO_MAIL_HELP = (
    "The portal sends no mail here. Ask an admin of your organization: they can give you a link "
    "to choose a new password. A Super Admin who is locked out asks whoever runs the server."
)
OWN_ACCOUNT = "This is your own account. Change its password in the account menu."
NOT_INVITED = "They have no password yet. Invite them."
NO_MAIL = "The portal sends no mail here. Ask an admin for a sign-in link."
EMAIL_NEEDED = "Enter the email address that you sign in with."
MANY_REQUESTS = "Many people are asking for a link right now. Try again in a minute."
COPY_INVITATION = "Send them this link. It is shown only now. It works once, for 7 days."


def password_length(least: int, most: int) -> str:
    """Refuse a password by its length."""
    return f"Choose a password of {least} to {show_number(most)} characters."


def no_account(email: str) -> str:
    """Refuse a link, on the command line."""
    return f"No account has the email {email}."


def account_suspended(name: str) -> str:
    """Refuse a link for somebody suspended, on the command line."""
    return f"{name} is suspended. An admin can reinstate them in Users."


def invitation_mailed(email: str) -> str:
    """Confirm an invitation."""
    return f"An email with this link is on its way to {email}. It works for 7 days."


def invitation_not_mailed(email: str) -> str:
    """Hand over the link of an invitation that could not be mailed."""
    return (
        f"The email to {email} could not be sent. Send them this link yourself. It is shown only "
        "now. It works once, for 7 days."
    )


def link_mailed(email: str) -> str:
    """Confirm a sign-in link."""
    return f"An email with a link is on its way to {email}. It works once, for 24 hours."


def copy_link(name: str) -> str:
    """Hand over a sign-in link where no mail is sent."""
    return (
        f"Give {name} this link to choose a new password. It is shown only now. It works once, "
        "for 24 hours."
    )


def link_not_mailed(email: str) -> str:
    """Hand over a sign-in link that could not be mailed."""
    return (
        f"The email to {email} could not be sent. Give them this link yourself. It is shown only "
        "now. It works once, for 24 hours."
    )


def invitation_subject(organization: str) -> str:
    """Head the mail of an invitation."""
    return f"Your invitation to {organization}"


def invitation_mail(name: str, by: str, organization: str, link: str) -> str:
    """Write the mail of an invitation."""
    return (
        f"Hello {name},\n\n{by} invites you to {organization}'s learning portal."
        f" Choose a password here:\n\n{link}\n\nThe link works once, for 7 days.\n"
    )


def sent_link_subject(organization: str) -> str:
    """Head the mail with a link that an admin sends."""
    return f"Your new password at {organization}"


def sent_link_mail(name: str, by: str, organization: str, link: str) -> str:
    """Write the mail with a link that an admin sends."""
    return (
        f"Hello {name},\n\n{by} sends you this link to choose a new password for"
        f" {organization}'s learning portal:\n\n{link}\n\nThe link works once, for 24 hours."
        " Using it signs you out everywhere else.\n"
    )


def requested_link_subject(organization: str) -> str:
    """Head the mail with a link that somebody asked for."""
    return f"A new password for {organization}"


def requested_link_mail(name: str, organization: str, link: str) -> str:
    """Write the mail with a link that somebody asked for."""
    return (
        f"Hello {name},\n\nsomeone, probably you, asked for a new password for"
        f" {organization}'s learning portal. Choose it here:\n\n{link}\n\nThe link works once,"
        " for an hour, and signs you out everywhere else. If it was not you, do nothing:"
        " your password stays the same.\n"
    )


# Admins.

LAST_SUPER_ADMIN = "This is the last Super Admin who can sign in. Make someone else one first."
ONLY_SUPER_ADMIN_ENDS = "Only a Super Admin can end the sessions of an admin."
ONLY_SUPER_ADMIN_INVITES = "Only a Super Admin can invite an admin."
ONLY_SUPER_ADMIN_MAKES = "Only a Super Admin can make someone an admin."
TEACHER_INVITED_BY = "They teach courses. Only an admin with People and Learning can invite them."
EMAIL_TAKEN = "This email already belongs to another account. Use a different one."
ADMIN_OUTSIDE = (
    "This email belongs to an admin who is not in the directory. Only a Super Admin can add them."
)
HAS_PASSWORD = "They have set a password and can sign in with it."  # noqa: S105
REMOVE_ADMIN_HEADING = "Remove this admin?"
KEEP_ADMIN, REMOVE = "Keep as admin", "Remove"


def already_admin(name: str) -> str:
    """Refuse to make an admin an admin."""
    return f"{name} is already an admin."


def reinstate_first(name: str) -> str:
    """Refuse to make somebody suspended an admin."""
    return f"{name} is suspended. Reinstate them first."


def is_super_admin(name: str) -> str:
    """Confirm a Super Admin."""
    return f"{name} is now a Super Admin."


def is_new_admin(name: str) -> str:
    """Confirm a new admin."""
    return f"{name} is now an admin. Switch on their sections."


def is_admin(name: str) -> str:
    """Confirm that a Super Admin is an admin from now on."""
    return f"{name} is now an admin."


def is_no_admin(name: str) -> str:
    """Confirm that somebody was removed from the admins."""
    return f"{name} is no longer an admin."


def section_on(section: str, name: str) -> str:
    """Confirm that a section was switched on."""
    return f"{section} is on for {name}."


def section_off(section: str, name: str) -> str:
    """Confirm that a section was switched off."""
    return f"{section} is off for {name}."


def remove_admin(name: str) -> str:
    """Tell what removing an admin does."""
    return (
        f"{name} loses every section of the Admin Portal at once. The account stays: as a Group "
        "Lead if people report to them, as a Learner otherwise."
    )


def stops_teaching(courses: Sequence[str], n_shown: int) -> str:
    """Tell which courses somebody gives up with another access."""
    return plural(
        len(courses),
        one="They will no longer teach {n} course: {courses}.",
        other="They will no longer teach {n} courses: {courses}.",
        courses=some_of(courses, n_shown),
    )


def stops_leading(groups: Sequence[str], n_shown: int) -> str:
    """Tell which groups somebody gives up with another access."""
    return plural(
        len(groups),
        one="They will no longer lead {n} group: {groups}.",
        other="They will no longer lead {n} groups: {groups}.",
        groups=some_of(groups, n_shown),
    )


def account_linked(name: str) -> str:
    """Confirm that somebody came into the directory whose account was there already."""
    return f"{name} is in the directory. The account with this email is theirs and is unchanged."


# What the access log says of an act.


def logged_account_linked(email: str, role: str) -> str:
    """Tell which account belongs to a person of the directory from now on."""
    return f"Linked to the account {email}, {role}"


def sessions_ended(n: int) -> str:
    """Count the sessions that an act ended."""
    return plural(n, one="{n} session ended", other="{n} sessions ended")


def other_sessions_ended(n: int) -> str:
    """Say in the access log how many other sessions an action ended."""
    return plural(n, one="{n} other session ended", other="{n} other sessions ended")


def from_address(client: str) -> str:
    """Tell from where somebody signed in."""
    return f"from {client}"


def in_another_browser(client: str) -> str:
    """Say in the access log which session somebody ended from another browser."""
    return f"in another browser, signed in from {client}" if client else "in another browser"


def role_changed(before: str, after: str) -> str:
    """Tell which access an admin had, and has."""
    return f"{before} before, {after} now"


def teaches_no_longer(courses: Sequence[str]) -> str:
    """Tell which courses somebody gave up with another access."""
    return f"no longer teaches {with_commas(courses)}"


def leads_no_longer(groups: Sequence[str]) -> str:
    """Tell which groups somebody gave up with another access."""
    return f"no longer leads {with_commas(groups)}"


def name_changed(before: str, after: str) -> str:
    """Tell how the organization was called, and is."""
    return f"Name from {before} to {after}"


def time_zone_changed(before: str, after: str) -> str:
    """Tell which time zone the organization had, and has."""
    return f"Time zone from {before} to {after}"


# The organization, on the command line.


def demo_made(n: int, seconds: str) -> str:
    """Say on the command line which demo company was created."""
    return plural(
        n,
        one="Northwind Academy with {n} enrollment, made in {seconds} s.",
        other="Northwind Academy with {n} enrollments, made in {seconds} s.",
        seconds=seconds,
    )


HAS_SUPER_ADMIN = "This organization already has a Super Admin. Ask them to add you as an admin."
NO_ORGANIZATION = "This database has no organization yet. Create one with create-admin."
NOTHING_TO_CHANGE = "Nothing to change. Give --name, --time-zone, or both."
THE_ORGANIZATION = "The organization"
SETTINGS_SAVED = "Saved. The pages follow within a minute."
ORGANIZATION_SUBTITLE = "Its name on every page, and the time zone of its deadlines"
ORGANIZATION_NAME, TIME_ZONE = "Name", "Time zone"
TIME_ZONE_HINT = (
    "A deadline ends with its day in this zone. Times of the day are shown in the zone of "
    "whoever reads them."
)
UNKNOWN_TIME_ZONE = "Enter a time zone by its IANA name, such as Europe/Stockholm."


# The access log.

ENTRIES = PageTexts(
    one="{first}–{last} of {n} entry",
    other="{first}–{last} of {n} entries",
    none="No entries",
    no_match="No entries match",
)


def browser_on(browser: str, system: str) -> str:
    """Name a browser and its system."""
    return f"{browser} on {system}"


SIGN_OUT_THERE = "Sign out there"
SIGNED_OUT_THERE = "Signed out there."
SESSION_IS_OVER = "That session is over already."
OWN_SESSIONS = "The browsers in which you are signed in. End a session that you do not know."


def sign_out_of(browser: str) -> str:
    """Name the button that ends a session in another browser."""
    return f"Sign out of {browser}"


THIS_SESSION = " · this session"
"""After the browser of a session: it is the one that is used."""


def show_only(who: str) -> str:
    """Name the button that filters the log by a person."""
    return f"{who}: show only their acts"


def session_facts(client: str, since: str, until: str) -> str:
    """Describe an open session."""
    return f"{client} · since {since} · ends {until}"


# The list of admins.

MAKE_ADMIN, MAKE_SUPER_ADMIN = "Make admin", "Make Super Admin"
SEND_LINK = "Send a sign-in link"
INVITE_FIRST = "Invite first"


def section_for(section: str, name: str) -> str:
    """Name the switch of a section of an admin."""
    return f"{section} for {name}"


def sections_of(name: str) -> str:
    """Name the switches of an admin."""
    return f"Sections of {name}"


def make_admin(name: str) -> str:
    """Label the button that revokes somebody's Super Admin access."""
    return f"Make admin {name}"


def make_super_admin(name: str) -> str:
    """Name the button that makes an admin a Super Admin."""
    return f"Make Super Admin {name}"


def send_link_to(name: str) -> str:
    """Name the button that sends a link."""
    return f"Send a sign-in link to {name}"


def add_admin(name: str) -> str:
    """Name the button that makes somebody an admin."""
    return f"Admin {name}"


def add_super_admin(name: str) -> str:
    """Name the button that makes somebody a Super Admin."""
    return f"Super Admin {name}"


def invite_first(name: str) -> str:
    """Name the link to the page of somebody without an account."""
    return f"Invite first {name}"


def continue_as(role: str) -> str:
    """Label the button that opens the demo with a role."""
    return f"Continue as {role}"


def again(label: str) -> str:
    """Label the field in which a new password is typed a second time."""
    return f"{label} again"


def password_hint(least: int) -> str:
    """Say how long a password has to be."""
    return f"Choose a password of at least {show_number(least)} characters."


# The command line.


def can_sign_in(email: str) -> str:
    """Confirm the first Super Admin."""
    return f"{email} can sign in now."


def chooses_password(name: str) -> str:
    """Hand over a link, which follows."""
    return f"{name} chooses a new password here, once, within an hour:"


def organization_is(name: str, time_zone: str) -> str:
    """Name the organization."""
    return f"The organization is {name}, in the time zone {time_zone}."
