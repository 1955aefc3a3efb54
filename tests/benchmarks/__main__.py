"""`python -m tests.benchmarks [name] [options]`: one of them, or by default storage and browser."""

from __future__ import annotations

import sys
from importlib import import_module

_DEFAULT = ("storage", "browser")
_BENCHMARKS = (
    *_DEFAULT,
    "access",
    "courses",
    "export",
    "history",
    "learning",
    "past",
    "live",
    "people",
    "teaching",
)

if __name__ == "__main__":
    named = [sys.argv[1]] if sys.argv[1:] and sys.argv[1] in _BENCHMARKS else list(_DEFAULT)
    options = sys.argv[2:] if len(named) == 1 else sys.argv[1:]
    for name in named:
        import_module(f"tests.benchmarks.{name}").main(options)
