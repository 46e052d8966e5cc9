"""Commands that look at several scenarios at once: compare them, and vary one lever over a range."""

from typing import Annotated

import typer

from ui.commands import SYSTEM_LANGUAGE, Json, Language, Project, print_json, reported
from ui.commands_scenario import Limit, Name
from ui.console import print_progress
from ui.texts.catalog import Texts

commands = typer.Typer()


@commands.command()
def compare(
    project: Project,
    names: Annotated[
        list[str], typer.Argument(help="scenarios; the first is what the others are judged against")
    ],
    as_json: Json = False,
    lang: Language = SYSTEM_LANGUAGE,
) -> None:
    """Compare scenarios: indicators, who changes grid, and why."""
    from scenarios.comparison.document import compare_document, read_outcomes  # noqa: PLC0415 - keeps `--help` fast
    from ui.scenarios_console import print_comparison  # noqa: PLC0415 - same

    texts = Texts(lang)
    with reported(texts, as_json=as_json):
        outcomes = read_outcomes(project, names)
        if as_json:
            print_json(compare_document(project, outcomes))
        else:
            print_comparison(project, outcomes, texts)


@commands.command()
def sensitivity(
    project: Project,
    name: Name,
    lever: Annotated[str, typer.Argument(help="LEVER={x}, for example weight.moved={x}")],
    over: Annotated[str, typer.Argument(help="FROM..TO/STEP")],
    time_limit: Limit = 20.0,
    as_json: Json = False,
    lang: Language = SYSTEM_LANGUAGE,
) -> None:
    """Work out what a scenario would be with a lever at each value of a range; nothing of it changes."""
    from scenarios.comparison.indicators import measure  # noqa: PLC0415 - same
    from scenarios.comparison.sensitivity import read_range, vary  # noqa: PLC0415 - same
    from scenarios.project.codec import plain  # noqa: PLC0415 - keeps `--help` fast
    from scenarios.scenario_file import digest_outcome  # noqa: PLC0415 - same
    from scenarios.workers import Workers  # noqa: PLC0415 - same
    from ui.scenarios_words import indicator_name, indicator_value  # noqa: PLC0415 - same

    texts = Texts(lang)
    with reported(texts, as_json=as_json), Workers() as workers:
        points = vary(
            project,
            name,
            lever,
            read_range(over),
            stop=lambda: False,
            on_progress=lambda step: print_progress(step, texts),
            workers=workers,
            time_limit_s=time_limit,
        )
        table = measure([point.outcome for point in points], [point.services for point in points])
        if as_json:
            rows = [
                {
                    "value": point.value,
                    "plan_digest": digest_outcome(point.outcome),
                    "indicators": {item.name: item.amounts[at] for item in table},
                }
                for at, point in enumerate(points)
            ]
            print_json(plain({"scenario": name, "lever": lever, "points": rows}))
            return
        typer.echo("\t".join(["", *(f"{point.value:g}" for point in points)]))
        for item in table:
            shown = [indicator_value(value, item.unit, texts) for value in item.amounts]
            typer.echo("\t".join([indicator_name(item, texts), *shown]))
