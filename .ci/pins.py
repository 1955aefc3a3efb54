"""Write every pin from the direct dependencies in pyproject.toml.

Run it after a change there: `uv run --no-project .ci/pins.py`; with `--upgrade`, what they depend
on moves to its newest versions. It writes requirements.txt, tests/requirements.txt and the
constraints by which `uv run` installs the same versions.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PROJECT, RUN, TESTS = ROOT / "pyproject.toml", ROOT / "requirements.txt", ROOT / "tests"
HEADER = "# Written by .ci/pins.py from the direct dependencies in pyproject.toml.\n"
COMPILE = [
    *("uv", "pip", "compile", "pyproject.toml", "--quiet", "--universal"),
    *("--python-version", "3.11", "--no-config", "--no-header", "--no-annotate"),
]


def resolve(*options: str) -> list[str]:
    """Return the resolved requirements; the present pins stay unless --upgrade was given."""
    kept = [*RUN.read_text().splitlines(), *(TESTS / "requirements.txt").read_text().splitlines()]
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "pins.txt"
        output.write_text("".join(f"{pin}\n" for pin in kept if "==" in pin))
        command = [*COMPILE, *options, *sys.argv[1:], "--output-file", str(output)]
        subprocess.run(command, cwd=ROOT, check=True)
        return output.read_text().splitlines()


def main() -> None:
    """Write the pins of what runs, then those of the tests, which agree with them."""
    run = resolve()
    RUN.write_text(HEADER + "".join(f"{pin}\n" for pin in run))
    both = resolve("--group", "dev", "--constraints", "requirements.txt")
    tests = [pin for pin in both if pin not in run]
    (TESTS / "requirements.txt").write_text(
        HEADER + "-r ../requirements.txt\n" + "".join(f"{pin}\n" for pin in tests)
    )
    pins = "".join(f'    "{pin}",\n' for pin in sorted({*run, *tests}))
    text = PROJECT.read_text()
    block = re.compile(r"(?<=^constraint-dependencies = \[\n).*?(?=^\]$)", re.MULTILINE | re.DOTALL)
    PROJECT.write_text(block.sub(lambda _found: pins, text, count=1))


if __name__ == "__main__":
    main()
