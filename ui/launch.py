"""Start the web server for the desk; on the first start the demo project is copied, solved and opened."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from importlib.resources import as_file, files
from pathlib import Path

from scenarios.errors import StoreError
from scenarios.store import list_scenarios
from ui.workspace import home

DEMO_NAME = "demo.gpkg"


def launch(
    project: Path | None, *, port: int, host: str, browser: bool, on_line: Callable[[str], None]
) -> None:
    """Open the desk and stay until it is closed.

    Raises
    ------
    StoreError
        `no_such_file` or `not_a_project` for the project named.
    """
    opened = demo_project() if project is None else project
    list_scenarios(opened)  # refuses what is no project before a server is up
    script = Path(__file__).resolve().parent.parent / "app.py"
    options = [
        f"--server.port={port}",
        f"--server.address={host}",
        f"--server.headless={'false' if browser else 'true'}",
    ]
    environment = {**os.environ, "GRIDPLAN_PROJECT": str(opened.resolve())}
    on_line(f"http://{host}:{port}")
    command = [sys.executable, "-m", "streamlit", "run", str(script), *options]
    subprocess.run(command, env=environment, cwd=script.parent, check=False)  # noqa: S603 - our own command


def demo_project() -> Path:
    """Give the demo project in the person's own folder, copied there the first time.

    Raises
    ------
    StoreError
        `demo_missing` when the demo did not come with the program.
    """
    target = home() / DEMO_NAME
    if not target.exists():
        with as_file(files("data") / DEMO_NAME) as source:
            if not source.is_file():
                raise StoreError("demo_missing", file=DEMO_NAME)
            shutil.copyfile(source, target)
    return target
