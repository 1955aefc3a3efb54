"""`python -m tests.benchmarks [storage|browser] [options]`; without a name, both."""

from __future__ import annotations

import sys
from importlib import import_module

_BENCHMARKS = ("storage", "browser")

if __name__ == "__main__":
    named = [sys.argv[1]] if sys.argv[1:] and sys.argv[1] in _BENCHMARKS else list(_BENCHMARKS)
    options = sys.argv[2:] if len(named) == 1 else sys.argv[1:]
    for name in named:
        import_module(f"tests.benchmarks.{name}").main(options)
