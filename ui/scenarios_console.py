"""A comparison as plain lines on the console."""

from collections.abc import Sequence
from pathlib import Path

import typer

from exports.texts import scenario_title
from scenarios.comparison.compare import compare
from scenarios.comparison.indicators import measure
from scenarios.comparison.services import read_indicators
from scenarios.levers.causes import find_causes, list_sentences, place_names
from scenarios.levers.stand import stand_of
from scenarios.outcome import Outcome
from ui.scenarios_words import indicator_name, indicator_value, sentence_text
from ui.texts.catalog import Texts


def print_comparison(project: Path, outcomes: Sequence[Outcome], texts: Texts) -> None:
    """Print the indicators side by side, and then what differs from the first and why."""
    typer.echo("\t".join(["", *(scenario_title(texts, outcome.scenario) for outcome in outcomes)]))
    services = read_indicators(project, [outcome.scenario for outcome in outcomes])
    moved = [compare(outcomes[0], other).households_moved for other in outcomes]
    for item in measure(outcomes, services, moved):
        values = [indicator_value(value, item.unit, texts) for value in item.amounts]
        judged = [values[0]] + [
            f"{value} ({texts(f'compare.verdict.{verdict}')})"
            for value, verdict in zip(values[1:], item.verdicts[1:], strict=True)
        ]
        typer.echo("\t".join([indicator_name(item, texts), *judged]))
    first = outcomes[0]
    names = place_names(stand_of(project, first.scenario))
    for other in outcomes[1:]:
        found = compare(first, other)
        titles = {
            "first": scenario_title(texts, first.scenario),
            "second": scenario_title(texts, other.scenario),
        }
        facts = {**titles, "n": found.households_moved}
        typer.echo(texts("scenarios_page.moved_total", **facts))
        for sentence in list_sentences(found, find_causes(project, first, other), first, other):
            typer.echo(f"  · {sentence_text(sentence, texts, names)}")
