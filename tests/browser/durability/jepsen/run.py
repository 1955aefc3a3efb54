"""A run: everybody writes while the server is killed, and the result is recorded."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from enrollment_portal.services.shared.organization import organization_of
from tests.browser.durability.jepsen.story import Story, read_history, read_rows
from tests.browser.durability.jepsen.watchers import QUERIES, Watcher
from tests.browser.durability.jepsen.world import World, make_world
from tests.browser.durability.jepsen.writers import Record, Writer
from tests.browser.server import Server

_ANSWERS_BETWEEN = (10, 80)
"""From one end of the server to the next, everybody gets about so many answers."""
_FEWEST_KILLS, _MORE_SECONDS = 2, 300
_MOMENT_SECONDS = 0.05
"""Then it lives on for up to so long, so that it ends at any point of what it does."""


def run(portal: Server, seconds: float, seed: str) -> tuple[Story, Counter[str]]:
    """Fill a portal's empty database, let everybody write, and end the server often.

    Returns:
        The story, and how often what was done; the server is running again.
    """
    world = make_world(portal.database, random.Random(seed))
    story, record = Story(read_rows(portal.database)), Record()
    portal.start()
    # The browser's loop may run in this thread.
    with ThreadPoolExecutor(1) as apart:
        playing = apart.submit(asyncio.run, _play(portal, world, record, seconds, seed))
        story.shown_wrong = playing.result()
    story.operations = record.operations
    story.after, story.history = read_rows(portal.database), read_history(portal.database)
    outcomes = Counter(str(op.outcome) for op in story.operations)
    return story, Counter(operations=len(story.operations)) + outcomes + record.did


async def _play(
    portal: Server, world: World, record: Record, seconds: float, seed: str
) -> list[str]:
    """Let everybody write, and return the wrong rows of the watchers after that."""
    watchers = [
        Watcher(portal, person, query)
        for person in (world.people[0], world.people[-1])
        for query in QUERIES
    ]
    began = organization_of(portal.database).today()
    watching = [asyncio.create_task(watcher.watch()) for watcher in watchers]
    killer = asyncio.create_task(_kill_repeatedly(portal, record, random.Random(f"{seed}/nemesis")))
    loop = asyncio.get_running_loop()
    until = loop.time() + seconds

    def is_over() -> bool:
        # On a busy machine a short run is as long as it must be to be one.
        is_run = record.did["killed"] >= _FEWEST_KILLS or loop.time() > until + _MORE_SECONDS
        return killer.done() or (loop.time() > until and is_run)

    try:
        await asyncio.gather(
            *(
                Writer(number, person, world, portal, record, seed).work(is_over)
                for number, person in enumerate(world.people)
            )
        )
    finally:
        record.close()
        await killer
    # A row tells how far its deadline is as of when it was read: of another day, around midnight.
    days = {began, organization_of(portal.database).today()}
    wrong = await asyncio.gather(*(w.settled(portal.database, days) for w in watchers))
    record.did["told to watchers"] = sum(watcher.told for watcher in watchers)
    for task in watching:
        task.cancel()
    await asyncio.wait(watching)
    return [what for found in wrong for what in found]


async def _kill_repeatedly(portal: Server, record: Record, chance: random.Random) -> None:
    """End the server repeatedly, mostly by killing it, and start it again."""
    while await record.wait_for_answers(chance.randint(*_ANSWERS_BETWEEN)):
        # The moment is what is tested, so it is drawn, not waited for.
        await asyncio.sleep(chance.uniform(0, _MOMENT_SECONDS))
        is_kill = not record.did["killed"] or chance.random() < 0.75
        record.did["killed" if is_kill else "stopped"] += 1
        await asyncio.to_thread(_end_and_start, portal, is_kill=is_kill)


def _end_and_start(portal: Server, *, is_kill: bool) -> None:
    if is_kill:
        portal.kill()
    else:
        portal.stop()
    portal.start()
