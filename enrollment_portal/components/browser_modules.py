"""Adds every `.js` and `.jsx` file beside the components to the build.

They keep their folders in the build, so the relative imports between them are the same in the
build, in an editor and in tests.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import reflex as rx
from reflex_base import constants
from reflex_base.environment import EnvironmentVariables

_FOLDER = Path(__file__).parent
_BUILT = Path(
    constants.Dirs.APP_ASSETS, constants.Dirs.EXTERNAL_APP_ASSETS, *__name__.split(".")
)  # where Reflex puts the assets of this module


def _register(path: Path) -> str:
    """Add a file to the build; return the path by which generated modules import it."""
    name = path.relative_to(_FOLDER)
    if not EnvironmentVariables.REFLEX_BACKEND_ONLY.get():
        (Path.cwd() / _BUILT / name).parent.mkdir(parents=True, exist_ok=True)
    return rx.asset(name.as_posix(), shared=True).importable_path


def _register_all() -> dict[Path, str]:
    return {path: _register(path) for path in sorted(_FOLDER.rglob("*.js*"))}


# In a thread of its own: `rx.asset` reads the source of every caller on the stack, for each file,
# and under the imports of the whole portal these took a third of its start.
with ThreadPoolExecutor(1) as _thread:
    _MODULES = _thread.submit(_register_all).result()


def browser_module(python_file: str, name: str) -> str:
    """Return the `library` of components that a browser module exports.

    Args:
        python_file: `__file__` of the module that uses it.
        name: of the browser module, which is in the same folder.
    """
    return _MODULES[Path(python_file).with_name(name)]
