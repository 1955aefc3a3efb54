"""Processor time of processes and of the whole machine, from Linux's /proc."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

_PROC = Path("/proc")
_TICK_MS = 1000 / os.sysconf("SC_CLK_TCK")
_BUSY = 0.15
"""With more than this share of all processors at other work, times are those of a busy machine."""


def _stat_of(pid: int) -> list[str]:
    """Return a process's numbers from its state on; the name before it may contain anything."""
    return (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()


def tree_of(pid: int) -> list[int]:
    """Return a process and all its descendants."""
    children: dict[int, list[int]] = {}
    for folder in _PROC.iterdir():
        if folder.name.isdecimal():
            try:
                parent = int(_stat_of(int(folder.name))[1])
            except (FileNotFoundError, ProcessLookupError):
                continue
            children.setdefault(parent, []).append(int(folder.name))
    found = [pid]
    for known in found:
        found += children.get(known, ())
    return found


def cpu_ms(pids: Iterable[int]) -> float:
    """Return the processor time that processes have used so far, with all their threads, in ms.

    It is exact to one tick of Linux, 10 ms, for each process.
    """
    ticks = 0
    for pid in pids:
        try:
            user, system = _stat_of(pid)[11:13]
        except (FileNotFoundError, ProcessLookupError):
            continue
        ticks += int(user) + int(system)
    return ticks * _TICK_MS


def cpu_ms_with_ended(pids: Iterable[int]) -> float:
    """Return the processor time of processes and of those they started that have ended, in ms."""
    return sum(sum(map(int, _stat_of(pid)[11:15])) for pid in pids) * _TICK_MS


def parent_of(pid: int) -> int:
    """Return the process that started a process."""
    return int(_stat_of(pid)[1])


class MeasuredTime:
    """A measured period, with the load of the rest of the machine."""

    def __init__(self) -> None:
        self._load = os.getloadavg()[0]
        self._busy, self._all = _machine_ms()
        self._own = cpu_ms(tree_of(os.getpid()))

    def report(self) -> None:
        """Print the load, and the processor time of other processes."""
        busy, everything = _machine_ms()
        own = cpu_ms(tree_of(os.getpid())) - self._own
        spent = everything - self._all
        others = max(0.0, busy - self._busy - own) / spent
        note = "; the machine was busy: the times are too long" if others > _BUSY else ""
        print(
            f"load average {self._load:.1f} before and {os.getloadavg()[0]:.1f} after, on"
            f" {os.cpu_count()} processors; of them this took {own / spent:.0%} and others"
            f" {others:.0%}{note}",
            flush=True,
        )


def _machine_ms() -> tuple[float, float]:
    """Return the busy time and the total time of all processors together."""
    ticks = [int(n) for n in (_PROC / "stat").read_text().split("\n", 1)[0].split()[1:9]]
    idle = ticks[3] + ticks[4]
    return (sum(ticks) - idle) * _TICK_MS, sum(ticks) * _TICK_MS
