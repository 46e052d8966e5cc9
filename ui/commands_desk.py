"""Commands of the desk: take the assignment table out, take a file over, explain a grid."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from exports.certificates import listed
from ui.commands import (
    RULES_BROKEN,
    SYSTEM_LANGUAGE,
    Author,
    Crs,
    Json,
    Language,
    Project,
    Scenario,
    login_name,
    print_json,
    reported,
)
from ui.console import fault_document, print_faults, print_line
from ui.texts.catalog import Texts

if TYPE_CHECKING:  # the command line starts without them
    from scenarios.adoption.difference import Adoption
    from scenarios.desk.desk import Desk
    from scenarios.desk.measure import BrokenRule

commands = typer.Typer()


@commands.command()
def assignment(
    project: Project,
    to: Annotated[Path, typer.Option("--to", help="file to write, .xlsx or .csv")],
    scenario: Scenario = "base",
    lang: Language = SYSTEM_LANGUAGE,
) -> None:
    """Write the table of cells and grid codes, to be changed in a spreadsheet and taken over by `adopt`."""
    from exports.assignment import write_assignment  # noqa: PLC0415 - keeps `--help` fast
    from scenarios.adoption.difference import stand  # noqa: PLC0415 - same
    from scenarios.desk.desk import open_desk  # noqa: PLC0415 - same

    texts = Texts(lang)
    with reported(texts, as_json=False):
        standing = stand(open_desk(project, scenario))
        write_assignment(standing, to, texts)
    print_line(texts("exchange.written", file=to.name, n=len(standing.grid_of_cell)))


@commands.command()
def adopt(  # noqa: PLR0913, PLR0917 - a command has as many arguments as it has options
    project: Project,
    file: Annotated[
        Path, typer.Argument(help="an assignment table (.xlsx, .csv), or polygons in any format")
    ],
    scenario: Scenario = "base",
    crs: Crs = None,
    new_grids: Annotated[bool, typer.Option("--new-grids", help="unknown codes become new grids")] = False,
    allow_blank: Annotated[
        bool, typer.Option("--allow-blank", help="cells with an empty code leave their grid")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="only say what would change")] = False,
    author: Author = "",
    note: Annotated[str, typer.Option(help="why")] = "",
    as_json: Json = False,
    lang: Language = SYSTEM_LANGUAGE,
) -> None:
    """Take over a table or polygons drawn elsewhere: only what differs, as one edit."""
    from scenarios.adoption.adopt import apply, look_ahead, preview  # noqa: PLC0415 - keeps `--help` fast
    from scenarios.adoption.difference import Allow  # noqa: PLC0415 - same
    from scenarios.desk.desk import open_desk  # noqa: PLC0415 - same

    texts = Texts(lang)
    with reported(texts, as_json=as_json):
        desk = open_desk(project, scenario)
        found = preview(desk, file, crs=crs, allow=Allow(new_grids=new_grids, unassigned=allow_blank))
        if not dry_run:
            desk = apply(desk, found, author=author or login_name(), note=note)
        broken = look_ahead(desk, found) if dry_run else desk.measures.broken
    if as_json:
        print_json(_document(desk, found, broken, applied=not dry_run))
    else:
        _print_adoption(texts, found)
        _print_broken(texts, desk, broken)
        if dry_run and not found.is_empty:
            print_line(texts("exchange.dry_run"))
    if broken:
        raise typer.Exit(RULES_BROKEN)


@commands.command()
def explain(
    project: Project,
    code: Annotated[str, typer.Argument(help="code of the grid")],
    scenario: Scenario = "base",
    as_json: Json = False,
    lang: Language = SYSTEM_LANGUAGE,
) -> None:
    """Say why a grid is as it is: its border, its numbers, who moves, why it is no larger or smaller."""
    from scenarios.desk.desk import open_desk  # noqa: PLC0415 - keeps `--help` fast
    from scenarios.explain.grid import explain_on_desk, explanation_document  # noqa: PLC0415 - same
    from ui.explain_words import explain_in_words  # noqa: PLC0415 - same

    texts = Texts(lang)
    with reported(texts, as_json=as_json):
        item = explain_on_desk(open_desk(project, scenario), code)
    if as_json:
        print_json(explanation_document(item))
        return
    for section in explain_in_words(texts, item):
        typer.echo(section.title)
        for line in section.lines:
            typer.echo(f"  · {line.text}")


def _print_adoption(texts: Texts, found: "Adoption") -> None:
    print_faults(found.findings, texts)
    if found.is_empty:
        print_line(texts("exchange.nothing", file=found.source))
        return
    if found.moves:
        facts = {"file": found.source, "n_cells": len(found.moves), "households": found.households}
        print_line(texts("exchange.would_change", **facts))
    else:
        print_line(texts("exchange.would_rename", file=found.source, n=len(found.renamed)))
    nowhere = texts("exchange.no_grid")
    for flow in found.flows:
        print_line(
            f"  {flow.before or nowhere} → {flow.after or nowhere}"
            f"  {texts('common.n_households', n=flow.households)}"
        )
    for name, grids in (("new_grids", found.new_grids), ("renamed", found.renamed)):
        if grids:
            shown = [f"{code} {title}" for code, title in grids.items()]
            print_line(texts(f"exchange.{name}", grids=listed(shown, texts)))
    if found.emptied:
        print_line(texts("exchange.emptied", grids=listed(found.emptied, texts)))


def _print_broken(texts: Texts, desk: "Desk", broken: "tuple[BrokenRule, ...]") -> None:
    """Say which hard rules are broken, as the exit code tells only that some are."""
    if not broken:
        return
    print_line(texts("desk.broken.title", n=len(broken)))
    for rule in broken:
        place = desk.ground.community_names.get(rule.community_code, rule.community_code)
        facts = {**rule.facts, "grid": rule.grid, "cells": len(rule.cells), "community": place}
        print_line("  " + texts(f"desk.broken.{rule.code}", **facts))


def _document(
    desk: "Desk", found: "Adoption", broken: "tuple[BrokenRule, ...]", *, applied: bool
) -> Mapping[str, object]:
    households = desk.ground.households
    return {
        "scenario": desk.scenario,
        "file": found.source,
        "kind": found.kind,
        "applied": applied and not found.is_empty,
        "version": desk.version,
        "cells": len(found.moves),
        "households": found.households,
        "moves": [
            {
                "cell_id": move.cell_id,
                "from": move.before,
                "to": move.after,
                "households": int(households[desk.ground.place[move.cell_id]]),
            }
            for move in found.moves
        ],
        "flows": [
            {
                "from": flow.before,
                "to": flow.after,
                "community_code": flow.community_code,
                "cells": flow.n_cells,
                "households": flow.households,
            }
            for flow in found.flows
        ],
        "new_grids": dict(found.new_grids),
        "renamed": dict(found.renamed),
        "emptied": list(found.emptied),
        "findings": [fault_document(item) for item in found.findings],
        "broken": [
            {"rule": rule.code, "community_code": rule.community_code, "grid": rule.grid, **rule.facts}
            for rule in broken
        ],
    }
