"""Messages between the portal's processes: within one process, or over Redis if configured.

A message is a small JSON object that names what changed; it never contains what somebody wrote.
Every process receives all messages, its own included, so that one code path serves both.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable
from typing import Any, Protocol

from redis.asyncio import Redis
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

Message = dict[str, Any]
Receive = Callable[[Message], None]

_CHANNEL = "portal:live"
_AGAIN_SECONDS = 1.0
_PING_SECONDS = 3.0


class Bus(Protocol):
    """Carries messages to every process of the portal."""

    async def send(self, message: Message) -> None:
        """Send a message to every process, this one included."""
        ...

    async def listen(self, receive: Receive) -> None:
        """Call `receive` with each message, until cancelled."""
        ...

    async def is_reachable(self) -> bool:
        """Tell whether the server that carries the messages answers, if there is one."""
        ...


class InProcess:
    """The bus of a portal with a single process."""

    def __init__(self) -> None:
        self._receive: list[Receive] = []

    async def send(self, message: Message) -> None:
        """Deliver a message to this process."""
        for receive in self._receive:
            receive(message)

    async def listen(self, receive: Receive) -> None:
        """Call `receive` with each message, until cancelled."""
        self._receive.append(receive)
        try:
            await asyncio.Event().wait()
        finally:
            self._receive.remove(receive)

    async def is_reachable(self) -> bool:
        """Return `True`: there is no server to reach."""
        return True


class OverRedis:
    """The bus of several processes: one Redis channel.

    Messages are lost while Redis cannot be reached; the feed also polls the history once a second,
    so that a change is then seen later, but never missed.
    """

    def __init__(self, url: str) -> None:
        self._redis = Redis.from_url(url, socket_connect_timeout=2, health_check_interval=15)

    async def send(self, message: Message) -> None:
        """Send a message to every process; while Redis is away, only log it."""
        try:
            await self._redis.publish(_CHANNEL, json.dumps(message))
        except (RedisError, OSError) as error:
            logger.warning("The change feed cannot reach Redis: %s", type(error).__name__)

    async def listen(self, receive: Receive) -> None:
        """Call `receive` with each message until cancelled; reconnect after Redis was away."""
        while True:
            try:
                async with self._redis.pubsub(ignore_subscribe_messages=True) as channel:
                    await channel.subscribe(_CHANNEL)
                    async for raw in channel.listen():
                        receive(json.loads(raw["data"]))
            except (RedisError, OSError) as error:
                logger.warning("The change feed has lost Redis: %s", type(error).__name__)
                await asyncio.sleep(_AGAIN_SECONDS)

    async def is_reachable(self) -> bool:
        """Tell whether Redis answers."""
        try:
            async with asyncio.timeout(_PING_SECONDS):
                return bool(await self._redis.ping())  # type: ignore[misc]
        except (RedisError, OSError):
            return False


def bus_of(redis_url: str) -> Bus:
    """Return the bus that the settings ask for."""
    return OverRedis(redis_url) if redis_url else InProcess()
