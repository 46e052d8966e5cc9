"""What every command of the command line shares: its usual options, its exit codes, its way of failing."""

import getpass
import json
import os
from collections.abc import Iterator
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from geo.errors import GeoError
from optimize.errors import OptimizeError
from scenarios.errors import ScenarioError
from ui.console import error_document, print_error
from ui.texts.catalog import LANGUAGES, Texts, choose_language

DONE, RULES_BROKEN, BAD_INPUT = 0, 1, 2
SYSTEM_LANGUAGE = choose_language(os.environ.get("LANG"))

Project = Annotated[Path, typer.Argument(help="the project, NAME.gpkg")]
Scenario = Annotated[str, typer.Option(help="whose plan")]
Json = Annotated[bool, typer.Option("--json", help="print one JSON document on stdout")]
Language = Annotated[str, typer.Option("--lang", help=" | ".join(LANGUAGES), envvar="GRIDPLAN_LANG")]
Author = Annotated[str, typer.Option(help="who does it, for the history; without it, the login name")]
Crs = Annotated[str | None, typer.Option(help="WGS84, CGCS2000, GCJ-02, BD-09 or EPSG:n")]


@contextmanager
def reported(texts: Texts, *, as_json: bool) -> Iterator[None]:
    """Turn an error into a sentence on stderr (and a document on stdout) and exit code 2."""
    try:
        yield
    except (GeoError, OptimizeError, ScenarioError, BrokenProcessPool, _export_error()) as error:
        print_error(error, texts)
        if as_json:
            print_json(error_document(error))
        raise typer.Exit(BAD_INPUT) from None


def pairs(given: list[str] | None) -> dict[str, float]:
    """Read options written NAME=X.

    Raises
    ------
    ScenarioError
        `not_name_equals_number`.
    """
    read: dict[str, float] = {}
    for item in given or ():
        name, _, value = item.partition("=")
        try:
            read[name.strip()] = float(value)
        except ValueError:
            raise ScenarioError("not_name_equals_number", given=item) from None
    return read


def login_name() -> str:
    """Give the name under which the person is logged in; empty where the system does not say."""
    try:
        return getpass.getuser()
    except (ImportError, KeyError, OSError):  # a Windows without the variables, an account without an entry
        return ""


def print_json(document: object) -> None:
    """Print the one document that `--json` promises."""
    print(json.dumps(document, ensure_ascii=False, indent=2))  # noqa: T201 - this is the answer


def _export_error() -> type[Exception]:
    from exports.errors import ExportError  # noqa: PLC0415 - keeps `--help` fast

    return ExportError
