"""A server of the app on a free port, and a headless Chromium to look at it; for benchmarks and tests."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Frame, Page

_APP = Path(__file__).resolve().parent.parent / "app.py"
_START_S = 60.0
_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


def find_chromium() -> str | None:
    """Give the path of an installed Chromium, or None."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@contextmanager
def serving(
    home: Path, project: Path | None = None, *, port: int = 0, stop: int = signal.SIGTERM
) -> Iterator[str]:
    """Run the app over a workspace folder and give its address; the server ends with the block.

    `project` is what the command line would have asked to open; `stop` is the signal that ends the server,
    which answers at a free port where none is given.
    """
    port = port or _free_port()
    environment = {**os.environ, "GRIDPLAN_HOME": str(home)}
    environment.pop("GRIDPLAN_PROJECT", None)
    if project is not None:
        environment["GRIDPLAN_PROJECT"] = str(project)
    options = [f"--server.port={port}", "--server.address=127.0.0.1", "--server.headless=true"]
    command = [sys.executable, "-m", "streamlit", "run", str(_APP), *options]
    log = home / "server.log"
    with log.open("wb") as sink:
        server = subprocess.Popen(  # noqa: S603 - our own command
            command, env=environment, cwd=_APP.parent, stdout=sink, stderr=subprocess.STDOUT
        )
    try:
        _wait_until_up(f"http://127.0.0.1:{port}/_stcore/health", server, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.send_signal(stop)
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            server.kill()


@contextmanager
def browsing(chromium: str) -> Iterator["Browser"]:
    """Run a Chromium that asks nobody anything by itself."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - only needed by those who have it

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(_FLAGS))
        try:
            yield browser
        finally:
            browser.close()


def map_frame(page: "Page", *, layer: str = "communities", timeout_s: float = 60.0) -> "Frame":
    """Wait until the page's map shows a layer in its legend; give the map's frame."""
    inside = page.frame_locator('iframe[title^="streamlit_folium"]')
    inside.locator(f'#gp-legend input[data-layer="{layer}"]').wait_for(timeout=timeout_s * 1000)
    return next(frame for frame in page.frames if "streamlit_folium" in frame.url)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_up(address: str, server: "subprocess.Popen[bytes]", log: Path) -> None:
    end = time.monotonic() + _START_S
    while time.monotonic() < end:
        if server.poll() is not None:
            raise RuntimeError(log.read_text(encoding="utf-8", errors="replace"))
        try:
            with urllib.request.urlopen(address, timeout=1):  # noqa: S310 - our own address
                return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError(log.read_text(encoding="utf-8", errors="replace"))
