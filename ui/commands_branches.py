"""The command that proposes where branches can be set up."""

import datetime as dt
from typing import Annotated

import typer

from ui.commands import (
    SYSTEM_LANGUAGE,
    Json,
    Language,
    Project,
    Scenario,
    pairs,
    print_json,
    reported,
)
from ui.console import print_line
from ui.texts.catalog import Texts

commands = typer.Typer()


@commands.command()
def branches(  # noqa: PLR0913, PLR0917 - a command has as many arguments as it has options
    project: Project,
    scenario: Scenario = "base",
    rule: Annotated[list[str] | None, typer.Option(help="NAME=X; may be repeated")] = None,
    date: Annotated[
        dt.datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="day that recent activity is counted back from"),
    ] = None,
    time_limit: Annotated[float, typer.Option(min=0, help="seconds")] = 60.0,
    seed: Annotated[int, typer.Option(min=0, max=2**32 - 1, help="same seed, same plan")] = 1,
    hide_small_counts: Annotated[
        bool, typer.Option("--hide-small-counts", help="leave counts of members below 3 out of the document")
    ] = False,
    as_json: Json = False,
    lang: Language = SYSTEM_LANGUAGE,
) -> None:
    """Propose where branches can be set up and which places share one, and store the answer."""
    from dataclasses import replace  # noqa: PLC0415 - keeps `--help` fast

    from exports.branches_hidden import hidden_members, hide_in_document  # noqa: PLC0415 - same
    from optimize.stop import TimeLimit  # noqa: PLC0415 - same
    from scenarios.branches.document import branches_document  # noqa: PLC0415 - same
    from scenarios.branches.propose import propose_branches  # noqa: PLC0415 - same
    from scenarios.branches.table import read_branches  # noqa: PLC0415 - same
    from scenarios.store import read_outcome  # noqa: PLC0415 - same
    from ui.branches_words import certificate, count_decisions, distances_said  # noqa: PLC0415 - same

    texts = Texts(lang)
    with reported(texts, as_json=as_json):
        known, _ = read_branches(project, scenario)
        settings = replace(known, rules=known.rules.with_values(pairs(rule)))
        if date is not None:
            settings = replace(settings, as_of=date.date())
        outcome = read_outcome(project, scenario)
        if outcome is not None and outcome.stale:
            print_line(texts("branches.stale_grids"))
        plan = propose_branches(project, settings, scenario=scenario, stop=TimeLimit(time_limit), seed=seed)
        if as_json:
            hidden = hidden_members(plan, hide=hide_small_counts)
            print_json(hide_in_document(branches_document(plan), plan, hidden))
            return
        share = plan.coverage[0].organisational
        shown = texts("branches.no_data") if share is None else texts.percent(share)
        print_line(texts("branches.console.summary", share=shown, **count_decisions(plan.places)))
        print_line(certificate(texts, plan))
        if not plan.coverage[0].recorded:
            print_line(texts("branches.no_organisations"))
        print_line(distances_said(texts, plan))
