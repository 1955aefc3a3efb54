"""The jobs that an open ledger shows: those that run, and the reports of one's own."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from typing import ClassVar

import reflex as rx

from enrollment_portal.domain.access.permissions import may_see_ledger
from enrollment_portal.domain.bulk.actions import may_change_many
from enrollment_portal.domain.people.people import Actor
from enrollment_portal.domain.shared.errors import NotFound, PortalError
from enrollment_portal.live.subscriptions import JOBS
from enrollment_portal.services.bulk.jobs import Job, cancel_job, read_job, read_open_jobs
from enrollment_portal.services.runtime import database
from enrollment_portal.state.bulk.bulk_views import JobView, job_view
from enrollment_portal.state.bulk.shown_preview import ShownPreview
from enrollment_portal.state.shared import open_pages
from enrollment_portal.state.shared.changed_vars import set_changed
from enrollment_portal.state.shared.session import acting, guarded


class BulkJobs(rx.State):
    """The jobs beside an open ledger; the change feed has it read how far they are."""

    jobs: list[JobView] = []
    refusal: str = ""

    _parts: ClassVar = (ShownPreview,)
    _own: tuple[str, ...] = ()
    """The jobs started or seen here whose reports are shown once they have ended."""

    @rx.event
    @guarded(may_see_ledger)
    async def load(self):
        """Show the jobs that run, and what this person may do to many."""
        shown = await self.get_state(ShownPreview)
        shown._close()
        shown._show_actions(acting())
        self.refusal = ""
        # Before they are read: what changes meanwhile is shown next.
        open_pages.watch(self, *((JOBS,) if may_change_many(acting()) else ()))
        await self._show()

    @rx.event
    @guarded(may_change_many)
    async def refresh(self):
        """Show how far the jobs are."""
        await self._show()

    @rx.event
    @guarded(may_change_many)
    async def cancel(self, job_id: str):
        """Stop a job, and have what it did taken back."""
        self.refusal = ""
        try:
            await asyncio.to_thread(cancel_job, database(), acting(), job_id)
        except PortalError as refusal:
            self.refusal = refusal.message
        await self._show()

    @rx.event
    @guarded(may_change_many)
    async def dismiss(self, job_id: str):
        """Show the report of a job no longer."""
        self._own = tuple(id_ for id_ in self._own if id_ != job_id)
        self.refusal = ""
        await self._show()

    async def _follow(self, job_id: str) -> None:
        """Show a job until its report is dismissed."""
        self.refusal = ""
        self._own = (*(id_ for id_ in self._own if id_ != job_id), job_id)
        await self._show()

    async def _show(self) -> None:
        actor = acting()
        found: list[Job] = []
        if may_change_many(actor):
            found = await asyncio.to_thread(_read, actor, self._own)
        ids = {job.id for job in found}
        own = (*self._own, *(job.id for job in found if job.is_own and job.id not in self._own))
        self._own = tuple(id_ for id_ in own if id_ in ids)
        set_changed(self, jobs=[job_view(job) for job in found])


def _read(actor: Actor, own: Collection[str]) -> list[Job]:
    """Return the jobs that run, and those of `own` that have ended."""
    found = {job.id: job for job in read_open_jobs(database(), actor)}
    for id_ in own:
        if id_ not in found:
            try:
                found[id_] = read_job(database(), actor, id_)
            except NotFound:
                continue
    return sorted(found.values(), key=lambda job: (job.accepted_at, job.id))
