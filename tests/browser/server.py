"""The production build, made once, and servers started from it: each with its own database."""

from __future__ import annotations

import compileall
import shutil
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from enrollment_portal.settings import PROJECT_ROOT
from enrollment_portal.storage.shared.database import Database
from tests.browser.server_process import (
    ServerProcess,
    start_server,
    unconfigured_environment,
)
from tests.ports import free_port

_NEEDED = ("rxconfig.py", "enrollment_portal", "assets", "reflex.lock", "requirements.txt")
_PLACEHOLDER = 3999
"""The port that the build is made for; each server's copy names its own instead."""
_BUILD_SECONDS, _START_SECONDS, _STOP_SECONDS, _COMMAND_SECONDS = 900, 60, 15, 120


def _environment(**values: str) -> dict[str, str]:
    """Return this process's environment without anything that configures a portal, and values."""
    return {**unconfigured_environment(), **values}


def build(folder: Path) -> Path:
    """Build the portal for production in a copy of the project, and return the copy.

    Args:
        folder: an empty folder for the copy.
    """
    for name in _NEEDED:
        source = PROJECT_ROOT / name
        if source.is_dir():
            skipped = shutil.ignore_patterns("__pycache__", "external")
            shutil.copytree(source, folder / name, ignore=skipped)
        else:
            shutil.copy(source, folder / name)
    # Each of its many servers would compile the modules again where an environment forbids
    # Python to keep what it compiled.
    compileall.compile_dir(folder / "enrollment_portal", quiet=1)
    done = subprocess.run(
        (sys.executable, "-m", "reflex", "export", "--frontend-only", "--no-zip"),
        cwd=folder,
        env=_environment(REFLEX_BACKEND_PORT=str(_PLACEHOLDER)),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=_BUILD_SECONDS,
        check=False,
    )
    if done.returncode or not (folder / ".web/build/client/login.html").exists():
        raise RuntimeError(f"The production build failed:\n{done.stdout}")
    return folder


def _copy_for_port(project: Path, web: Path, port: int) -> None:
    """Copy the built pages and put a server's port where the build names its own."""
    shutil.copytree(project / ".web/build", web / "build")
    shutil.copytree(project / ".web/backend", web / "backend")
    for name in ("reflex.json", "env.json"):
        shutil.copy(project / ".web" / name, web / name)
    baked, own = f":{_PLACEHOLDER}", f":{port}"
    for path in (*web.glob("*.json"), *(web / "build/client").rglob("*.*")):
        if path.suffix not in (".js", ".json", ".html"):
            continue
        content = path.read_text(encoding="utf-8")
        if baked in content:
            path.write_text(content.replace(baked, own), encoding="utf-8")
            path.with_name(path.name + ".gz").unlink(missing_ok=True)


class Server:
    """One portal, started from the build, over one database.

    Args:
        project: the folder that `build` returned.
        folder: an empty folder for what belongs to this server.
        database_url: of a migrated database; the server and the test use the same.
        environment: settings of this portal, and of Granian.
    """

    def __init__(self, project: Path, folder: Path, database_url: str, **environment: str) -> None:
        self.port = free_port()
        self.url = f"http://localhost:{self.port}"
        self.database = Database(database_url)
        self.log = folder / "server.log"
        self._project = project
        self._process: ServerProcess | None = None
        web = folder / "web"
        web.mkdir()
        _copy_for_port(project, web, self.port)
        self._environment = _environment(
            REFLEX_WEB_WORKDIR=str(web),
            REFLEX_STATES_WORKDIR=str(folder / "states"),
            REFLEX_BACKEND_PORT=str(self.port),
            REFLEX_ENV_MODE="prod",
            __REFLEX_SKIP_COMPILE="true",
            __REFLEX_MOUNT_FRONTEND_COMPILED_APP="true",
            DATABASE_URL=database_url,
            PORTAL_URL=self.url,
            **environment,
        )

    @property
    def pid(self) -> int:
        """The id of the running process, whose children are its workers."""
        assert self._process
        return self._process.pid

    @property
    def states(self) -> Path:
        """The folder with the states of open pages."""
        return Path(self._environment["REFLEX_STATES_WORKDIR"])

    def start(self) -> None:
        """Start the server, without states of open pages, and wait until it answers."""
        shutil.rmtree(self.states, ignore_errors=True)
        self._process = start_server(
            self._project,
            ("--interface", "asgi", "--factory", "--host", "127.0.0.1", "--port", str(self.port)),
            self._environment,
            self.log,
        )
        for path in ("/ping", "/api/health"):
            self._wait_for(path)

    def _wait_for(self, path: str) -> None:
        assert self._process
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline:
            if not self._process.is_running:
                break
            try:
                with urlopen(self.url + path, timeout=5) as response:
                    if response.status == 200:
                        return
            except (URLError, OSError):
                time.sleep(0.05)
        self.kill()
        log = self.log.read_text(errors="replace")[-5000:]
        raise RuntimeError(f"{self.url}{path} did not answer. The server's log:\n{log}")

    def stop(self) -> None:
        """Stop the server."""
        if self._process:
            self._process.terminate()
            if not self._process.wait(_STOP_SECONDS):
                self.kill()
        self._process = None

    def kill(self) -> None:
        """End the server as a power cut would: with its workers, at once."""
        if self._process:
            self._process.kill()
            self._process.wait(_STOP_SECONDS)
        self._process = None

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run the portal's command line over the same database, and return how it ended."""
        return subprocess.run(
            (sys.executable, "-m", "enrollment_portal", *arguments),
            cwd=self._project,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=_COMMAND_SECONDS,
            check=False,
        )

    def restart(self) -> None:
        """Start the server again, on the same port and the same database."""
        self.stop()
        self.start()

    def close(self) -> None:
        """Stop the server and close its database."""
        self.kill()
        self.database.close()
