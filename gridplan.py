"""The command line: `gridplan …`. The app calls the same functions.

Progress and log go to stderr; `--json` prints one JSON document on stdout. Exit 0: done; 1: solved but rules
are broken or no plan exists (the JSON says which); 2: bad input, every fault listed.
"""

import errno
import logging
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from scenarios.errors import StoreError
from ui import (
    commands_branches,
    commands_compare,
    commands_desk,
    commands_export,
    commands_scenario,
    commands_services,
    commands_venues,
)
from ui.commands import (
    BAD_INPUT,
    RULES_BROKEN,
    SYSTEM_LANGUAGE,
    Author,
    Crs,
    Json,
    Language,
    Project,
    login_name,
    pairs,
    print_json,
    reported,
)
from ui.console import print_faults, print_outcome, print_progress
from ui.texts.catalog import Texts

main = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__)

main.add_typer(commands_desk.commands)
main.add_typer(commands_export.commands)
main.add_typer(commands_venues.commands)
main.add_typer(commands_branches.commands)
main.add_typer(commands_services.commands)
main.add_typer(commands_scenario.commands)
main.add_typer(commands_compare.commands)

Replace = Annotated[
    bool, typer.Option("--replace", help="replace an existing file, with every scenario and plan in it")
]


def _known_engine(name: str) -> str:
    from optimize.engines import ENGINES  # noqa: PLC0415 - keeps `--help` fast

    if name not in ENGINES:
        raise typer.BadParameter(", ".join(ENGINES))
    return name


@main.command()
def app(
    project: Annotated[Path | None, typer.Argument(help="a project to open; the demo when left out")] = None,
    port: Annotated[int, typer.Option(help="port of the page")] = 8501,
    host: Annotated[str, typer.Option(help="0.0.0.0 lets other desks of the intranet in")] = "127.0.0.1",
    browser: Annotated[bool, typer.Option(help="open the browser")] = True,
    lang: Language = SYSTEM_LANGUAGE,
) -> None:
    """Open the planning desk in the browser."""
    from ui.launch import launch  # noqa: PLC0415 - keeps the other commands free of the web server

    texts = Texts(lang)
    with reported(texts, as_json=False):
        launch(
            project, port=port, host=host, browser=browser, on_line=lambda line: typer.echo(line, err=True)
        )


@main.command()
def demo(
    out: Annotated[Path, typer.Argument(help="file to write")],
    replace: Replace = False,
    lang: Language = SYSTEM_LANGUAGE,
) -> None:
    """Write the synthetic sub-district."""
    from data.generate import DEMO_SOURCE, build_demo  # noqa: PLC0415 - keeps `--help` fast
    from scenarios.store import create_project  # noqa: PLC0415 - same

    with reported(Texts(lang), as_json=False):
        create_project(out, build_demo(), attribution=DEMO_SOURCE, replace=replace)
    typer.echo(str(out), err=True)


@main.command(name="import")
def import_(
    sources: Annotated[list[Path], typer.Argument(help="files layer.ext, or folders of them")],
    out: Annotated[Path, typer.Option("--out", help="project to write")],
    crs: Crs = None,
    attribution: Annotated[str, typer.Option(help="whose data it is; printed on every map")] = "",
    replace: Replace = False,
    as_json: Json = False,
    lang: Language = SYSTEM_LANGUAGE,
) -> None:
    """Read layers into a project; faults are listed all at once, and then nothing is written."""
    from geo.read import read_layers  # noqa: PLC0415 - keeps `--help` fast
    from scenarios.store import create_project, describe  # noqa: PLC0415 - same

    texts = Texts(lang)
    with reported(texts, as_json=as_json):
        if out.exists() and any(source.exists() and source.samefile(out) for source in _files(sources)):
            # A read source must stay as it was.
            raise StoreError("cannot_write", file=out.name, why=os.strerror(errno.EEXIST))
        layers = read_layers(sources, crs=crs)
        create_project(out, layers, attribution=attribution, replace=replace)
        print_faults(layers.faults, texts)
        if as_json:
            print_json(describe(out, layers.faults))


@main.command()
def check(project: Project, as_json: Json = False, lang: Language = SYSTEM_LANGUAGE) -> None:
    """List faults, repairs and what each layer holds."""
    from geo.validate import check_layers  # noqa: PLC0415 - keeps `--help` fast
    from scenarios.store import describe, read_layers  # noqa: PLC0415 - same

    texts = Texts(lang)
    with reported(texts, as_json=as_json):
        layers = read_layers(project)
        faults = check_layers(layers)
        print_faults(faults, texts)
        document = describe(project, faults)
        if as_json:
            print_json(document)
        else:
            for name, layer in document["layers"].items():
                typer.echo(f"{texts(f'layers.{name}.name')}: {texts.number(layer['rows'])}")
    if any(fault.severity == "fault" for fault in faults):
        raise typer.Exit(BAD_INPUT)


@main.command()
def grids(
    project: Project,
    scenario: Annotated[str, typer.Option(help="name under which the plan is stored")] = "base",
    min_households: Annotated[int | None, typer.Option(help="households a grid must have")] = None,
    max_households: Annotated[int | None, typer.Option(help="households a grid may have")] = None,
    community: Annotated[list[str] | None, typer.Option(help="only this community; may be repeated")] = None,
    weight: Annotated[list[str] | None, typer.Option(help="NAME=X; may be repeated")] = None,
    rule: Annotated[list[str] | None, typer.Option(help="NAME=X; may be repeated")] = None,
    together: Annotated[list[str] | None, typer.Option(help="CELL,CELL: must share a grid")] = None,
    apart: Annotated[list[str] | None, typer.Option(help="CELL,CELL: a border stays between them")] = None,
    keep_grid: Annotated[list[str] | None, typer.Option(help="CODE: this grid stays as it is")] = None,
    in_grid: Annotated[list[str] | None, typer.Option(help="CELL=CODE: cell into that grid")] = None,
    n_grids: Annotated[list[str] | None, typer.Option(help="COMMUNITY=K: so many grids")] = None,
    engine: Annotated[
        str, typer.Option(callback=_known_engine, help="auto, exact, columns, search, ward")
    ] = "auto",
    time_limit: Annotated[float, typer.Option(min=0, help="seconds for one community")] = 60.0,
    seed: Annotated[int, typer.Option(min=0, max=2**32 - 1, help="same seed, same plan")] = 1,
    author: Author = "",
    as_json: Json = False,
    lang: Language = SYSTEM_LANGUAGE,
) -> None:
    """Propose grids and store the plan."""
    from scenarios.document import grids_document, rules_hold  # noqa: PLC0415 - keeps `--help` fast
    from scenarios.locks.typed import read_locks  # noqa: PLC0415 - same
    from scenarios.propose import DEFAULT_WEIGHTS, Settings, propose  # noqa: PLC0415 - same
    from scenarios.rules import GridRules  # noqa: PLC0415 - same
    from scenarios.store import read_layers  # noqa: PLC0415 - same
    from scenarios.workers import Workers  # noqa: PLC0415 - same

    texts = Texts(lang)
    with reported(texts, as_json=as_json), _interruptible() as stop, Workers() as workers:
        rules = GridRules().with_band(min_households, max_households).with_values(pairs(rule))
        settings = Settings(
            scenario=scenario,
            rules=rules,
            weights={**DEFAULT_WEIGHTS, **pairs(weight)},
            communities=tuple(community or ()),
            engine=engine,
            time_limit_s=time_limit,
            seed=seed,
            locks=read_locks(
                project,
                scenario,
                together=together or (),
                apart=apart or (),
                keep_grid=keep_grid or (),
                in_grid=in_grid or (),
                n_grids=n_grids or (),
            ),
        )
        outcome = propose(
            project,
            settings,
            stop=stop,
            on_progress=lambda step: print_progress(step, texts),
            workers=workers,
            author=author or login_name(),
        )
        if as_json:
            print_json(grids_document(outcome))
        else:
            print_outcome(outcome, texts, read_layers(project).frames.get("compounds"))
    if not rules_hold(outcome):
        raise typer.Exit(RULES_BROKEN)


@main.command()
def bench(
    suites: Annotated[list[str] | None, typer.Argument(help="names of suites; all when left out")] = None,
    instances: Annotated[Path | None, typer.Option(help="folder of published instances")] = None,
    seconds: Annotated[float | None, typer.Option(help="grids: processor seconds for each map")] = None,
    seed: Annotated[int, typer.Option(help="grids: chance of every tool")] = 1,
    out: Annotated[Path | None, typer.Option(help="grids: folder for our labellings")] = None,
    as_json: Json = False,
) -> None:
    """Run the benchmarks and print the figures with the machine they were measured on."""
    from bench.suites import SUITES, describe_machine, row_document, run_suites  # noqa: PLC0415 - keeps `--help` fast

    unknown = [name for name in suites or () if name not in SUITES]
    if unknown:
        typer.echo(f"unknown suite: {', '.join(unknown)}; known: {', '.join(SUITES)}", err=True)
        raise typer.Exit(BAD_INPUT)
    rows = [row_document(row) for row in run_suites(suites or (), instances, seconds, seed, out)]
    typer.echo(describe_machine(), err=True)
    if as_json:
        print_json({"machine": describe_machine(), "rows": rows})
    else:
        for row in rows:
            typer.echo("  ".join(f"{name}={value}" for name, value in row.items() if value is not None))


def _files(sources: list[Path]) -> Iterator[Path]:
    """Give the sources and, of folders, what lies in them."""
    for source in sources:
        yield from source.iterdir() if source.is_dir() else (source,)


@contextmanager
def _interruptible() -> Iterator[Callable[[], bool]]:
    """Give a stop that Ctrl-C turns on: what is finished is kept, a second Ctrl-C ends at once."""
    import signal  # noqa: PLC0415 - only the long command needs it

    pressed: list[int] = []

    def press(number: int, _frame: object) -> None:
        pressed.append(number)
        signal.signal(signal.SIGINT, signal.default_int_handler)

    before = signal.signal(signal.SIGINT, press)
    try:
        yield lambda: bool(pressed)
    finally:
        signal.signal(signal.SIGINT, before)


if __name__ == "__main__":
    logging.basicConfig(stream=sys.stderr)
    main()
