"""Commands of scenarios: the tree, levers, answers, files, comparisons."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from exports.texts import scenario_title
from scenarios.errors import ScenarioError
from ui.commands import (
    SYSTEM_LANGUAGE,
    Author,
    Json,
    Language,
    Project,
    login_name,
    print_json,
    reported,
)
from ui.commands_scenario_answer import finish, node_document
from ui.console import print_line
from ui.texts.catalog import Texts

commands = typer.Typer()
scenario = typer.Typer(no_args_is_help=True, help="Scenarios: fork, set levers, answer, keep in files.")
commands.add_typer(scenario, name="scenario")

Name = Annotated[str, typer.Argument(help="name of the scenario")]
Later = Annotated[bool, typer.Option("--later", help="do not work the plan out now")]
Limit = Annotated[float, typer.Option("--time-limit", min=0, help="seconds for one community")]


@scenario.command(name="list")
def list_(project: Project, as_json: Json = False, lang: Language = SYSTEM_LANGUAGE) -> None:
    """List the scenarios as a tree, with their levers and whether they are out of date."""
    from scenarios.tree import read_tree  # noqa: PLC0415 - keeps `--help` fast

    texts = Texts(lang)
    with reported(texts, as_json=as_json):
        nodes = read_tree(project)
        if as_json:
            print_json({"scenarios": [node_document(node) for node in nodes]})
            return
        for node in nodes:
            word = "stale" if node.stale else "first_state" if node.pending else "current"
            state = texts(f"scenarios_page.{word}")
            marks = [
                texts(f"scenarios_page.{name}") for name in ("preferred", "archived") if getattr(node, name)
            ]
            typer.echo("  " * node.depth + "  ".join([node.name, state, *marks, node.note]).rstrip())


@scenario.command()
def fork(
    project: Project,
    parent: Annotated[str, typer.Argument(help="scenario to start from")],
    new: Annotated[str, typer.Argument(help="name of the new one")],
    note: Annotated[str, typer.Option(help="what it is for")] = "",
    author: Author = "",
    as_json: Json = False,
    lang: Language = SYSTEM_LANGUAGE,
) -> None:
    """Make a scenario from another: the same plan, to be changed by levers."""
    from scenarios.tree import fork_scenario, set_note  # noqa: PLC0415 - keeps `--help` fast

    texts = Texts(lang)
    with reported(texts, as_json=as_json):
        fork_scenario(project, parent, new, author=author or login_name(), note=note)
        if note:
            set_note(project, new.strip(), note)
        if as_json:
            print_json({"scenario": new.strip(), "parent": parent})
    print_line(texts("scenarios_page.console.forked", parent=scenario_title(texts, parent), name=new.strip()))


@scenario.command(name="set")
def set_(  # noqa: PLR0913, PLR0917 - a command has as many arguments as it has options
    project: Project,
    name: Name,
    levers: Annotated[list[str] | None, typer.Argument(help="LEVER=VALUE …; see `scenario levers`")] = None,
    drop: Annotated[
        list[str] | None, typer.Option(help="KEY of a lever to take away; may be repeated")
    ] = None,
    later: Later = False,
    time_limit: Limit = 60.0,
    author: Author = "",
    as_json: Json = False,
    lang: Language = SYSTEM_LANGUAGE,
) -> None:
    """Set levers of a scenario and work its plan out, only where the levers reach."""
    from scenarios.levers.workers import read_levers  # noqa: PLC0415 - keeps `--help` fast
    from scenarios.tree import set_levers  # noqa: PLC0415 - same

    texts = Texts(lang)
    with reported(texts, as_json=as_json):
        if not levers and not drop:
            raise ScenarioError("lever_not_written", given="")
        given = [lever for text in levers or () for lever in read_levers(project, name, text)]
        own = set_levers(project, name, given, drop=drop or ())
        print_line(texts("scenarios_page.console.set", name=name, n=len(own)))
    finish(
        project,
        [] if later else [name],
        texts,
        time_limit,
        as_json=as_json,
        told=[name],
        author=author or login_name(),
    )


@scenario.command()
def solve(
    project: Project,
    names: Annotated[
        list[str] | None, typer.Argument(help="scenarios; all out of date when left out")
    ] = None,
    time_limit: Limit = 60.0,
    author: Author = "",
    as_json: Json = False,
    lang: Language = SYSTEM_LANGUAGE,
) -> None:
    """Work out the plans of scenarios that are out of date."""
    from scenarios.tree import read_tree  # noqa: PLC0415 - keeps `--help` fast

    texts = Texts(lang)
    with reported(texts, as_json=as_json):
        waiting = [node.name for node in read_tree(project) if (node.stale or node.pending) and node.parent]
        chosen = list(names or waiting)
    finish(project, chosen, texts, time_limit, as_json=as_json, told=chosen, author=author or login_name())


@scenario.command()
def levers(as_json: Json = False, lang: Language = SYSTEM_LANGUAGE) -> None:
    """List the levers there are, with their fields."""
    from scenarios.levers.lever import is_required, specs_of  # noqa: PLC0415 - keeps `--help` fast
    from scenarios.levers.registry import LEVERS  # noqa: PLC0415 - same

    texts = Texts(lang)
    if as_json:
        print_json(
            {
                name: {
                    field: {
                        "kind": spec.kind,
                        "required": is_required(kind, field),
                        "low": spec.low,
                        "high": spec.high,
                    }
                    for field, spec in specs_of(kind).items()
                }
                for name, kind in LEVERS.items()
            }
        )
        return
    typer.echo(f"workers=add  {texts('levers.workers.title')}: {texts('levers.workers.help')}")
    for name, kind in LEVERS.items():
        fields = [field if is_required(kind, field) else f"[{field}]" for field in specs_of(kind)]
        typer.echo(
            f"{name}={','.join(fields)}  {texts(f'levers.{name}.title')}: {texts(f'levers.{name}.help')}"
        )


@scenario.command()
def rename(
    project: Project,
    name: Name,
    new: Annotated[str, typer.Argument(help="its new name")],
    as_json: Json = False,
    lang: Language = SYSTEM_LANGUAGE,
) -> None:
    """Give a scenario another name."""
    from scenarios import tree  # noqa: PLC0415 - keeps `--help` fast

    _do(lambda: tree.rename_scenario(project, name, new), new.strip(), lang, as_json=as_json)


@scenario.command()
def delete(project: Project, name: Name, as_json: Json = False, lang: Language = SYSTEM_LANGUAGE) -> None:
    """Let go of a scenario; those made from it stay and keep its levers."""
    from scenarios import tree  # noqa: PLC0415 - keeps `--help` fast

    _do(lambda: tree.delete_scenario(project, name), name, lang, as_json=as_json)


@scenario.command()
def note(
    project: Project,
    name: Name,
    text: Annotated[str, typer.Argument(help="the note; empty takes it away")],
    as_json: Json = False,
    lang: Language = SYSTEM_LANGUAGE,
) -> None:
    """Write a note to a scenario."""
    from scenarios import tree  # noqa: PLC0415 - keeps `--help` fast

    _do(lambda: tree.set_note(project, name, text), name, lang, as_json=as_json)


@scenario.command()
def archive(
    project: Project,
    name: Name,
    back: Annotated[bool, typer.Option("--back", help="take it out again")] = False,
    as_json: Json = False,
    lang: Language = SYSTEM_LANGUAGE,
) -> None:
    """Put a scenario aside; nothing of it is lost."""
    from scenarios import tree  # noqa: PLC0415 - keeps `--help` fast

    _do(lambda: tree.archive(project, name, archived=not back), name, lang, as_json=as_json)


@scenario.command()
def prefer(project: Project, name: Name, as_json: Json = False, lang: Language = SYSTEM_LANGUAGE) -> None:
    """Mark a scenario as the preferred one."""
    from scenarios import tree  # noqa: PLC0415 - keeps `--help` fast

    _do(lambda: tree.prefer(project, name), name, lang, as_json=as_json)


@scenario.command(name="export")
def export_(
    project: Project,
    name: Name,
    to: Annotated[Path, typer.Option("--to", help="file to write, .json")],
    lang: Language = SYSTEM_LANGUAGE,
) -> None:
    """Write a scenario to one JSON file."""
    from scenarios.scenario_file import export_scenario, write_document  # noqa: PLC0415 - keeps `--help` fast

    texts = Texts(lang)
    with reported(texts, as_json=False):
        write_document(export_scenario(project, name), to, project)
    print_line(texts("scenarios_page.console.written", file=to.name))


@scenario.command(name="import")
def import_(  # noqa: PLR0913, PLR0917 - same
    project: Project,
    file: Annotated[Path, typer.Argument(help="a file written by `scenario export`")],
    name: Annotated[str | None, typer.Option(help="another name")] = None,
    later: Later = False,
    time_limit: Limit = 60.0,
    author: Author = "",
    as_json: Json = False,
    lang: Language = SYSTEM_LANGUAGE,
) -> None:
    """Make a scenario from a file, and work its plan out."""
    from scenarios.scenario_file import import_scenario, read_file  # noqa: PLC0415 - keeps `--help` fast

    texts = Texts(lang)
    with reported(texts, as_json=as_json):
        signed = author or login_name()
        found = import_scenario(project, read_file(file), name, author=signed)
    finish(
        project,
        [] if later else [found.name],
        texts,
        time_limit,
        as_json=as_json,
        told=[found.name],
        author=signed,
        wanted=found.plan_digest,
    )


def _do(act: Callable[[], object], name: str, lang: str, *, as_json: bool) -> None:
    """Do something to a scenario that takes no time, and say that it is done."""
    texts = Texts(lang)
    with reported(texts, as_json=as_json):
        act()
        if as_json:
            print_json({"scenario": name})
        print_line(texts("scenarios_page.console.done", name=name))
