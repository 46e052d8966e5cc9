"""What commands of scenarios do at the end: work plans out, tell what became of them, print documents."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from ui.commands import RULES_BROKEN, print_json, reported
from ui.console import print_line, print_progress, print_unmet
from ui.texts.catalog import Texts

if TYPE_CHECKING:  # the command line starts without them
    from scenarios.levers.answer import Answered
    from scenarios.tree import Node


def finish(  # noqa: PLR0913 - what a command was given, handed on by name
    project: Path,
    names: list[str],
    texts: Texts,
    time_limit: float,
    *,
    as_json: bool,
    told: list[str],
    author: str = "",
    wanted: str = "",
) -> None:
    """Work out plans, tell what became of them, and exit as every command that solves does."""
    from scenarios.document import rules_hold  # noqa: PLC0415 - keeps `--help` fast
    from scenarios.levers.answer import answer  # noqa: PLC0415 - same
    from scenarios.levers.stand import stand_of  # noqa: PLC0415 - same
    from scenarios.scenario_file import digest_outcome  # noqa: PLC0415 - same
    from scenarios.tree import read_tree  # noqa: PLC0415 - same
    from scenarios.workers import Workers  # noqa: PLC0415 - same

    answers: dict[str, Answered] = {}
    with reported(texts, as_json=as_json), Workers() as workers:
        for name in names:
            answers[name] = answer(
                project,
                name,
                stop=lambda: False,
                on_progress=lambda step: print_progress(step, texts),
                workers=workers,
                time_limit_s=time_limit,
                author=author,
            )
        nodes = {node.name: node for node in read_tree(project)}
        digests = {name: digest_outcome(found.outcome) for name, found in answers.items()}
        for name, found in answers.items():
            facts = {"kept": len(found.kept), "known": len(found.known), "solved": len(found.solved)}
            print_line(f"{name}: {texts('scenarios_page.reach_kept', **facts)}")
            print_unmet(found.outcome, texts, stand_of(project, name).ground.layers.frames.get("compounds"))
        if wanted and answers:
            same = wanted in digests.values()
            print_line(texts(f"scenarios_page.console.{'same' if same else 'differs'}"))
        if as_json:
            shown = [
                node_document(nodes[name]) | answered_document(answers.get(name), digests.get(name))
                for name in told
            ]
            print_json(shown[0] if len(shown) == 1 else {"scenarios": shown})
    if any(not rules_hold(found.outcome) for found in answers.values()):
        raise typer.Exit(RULES_BROKEN)


def answered_document(found: "Answered | None", digest: str | None) -> dict[str, Any]:
    """Write how an answer came about as plain values; nothing where there is none."""
    if found is None:
        return {}
    return {
        "kept": found.kept,
        "known": found.known,
        "solved": found.solved,
        "plan_digest": digest,
        "summary": dict(found.outcome.summary),
    }


def node_document(node: "Node") -> dict[str, Any]:
    """Write a scenario of the tree as plain values."""
    from scenarios.levers.lever import key_of, to_plain  # noqa: PLC0415 - keeps `--help` fast

    return {
        "scenario": node.name,
        "parent": node.parent,
        "depth": node.depth,
        "levers": [{"key": key_of(lever), **to_plain(lever)} for lever in node.levers],
        "inherited": [{"key": key_of(lever), **to_plain(lever)} for lever in node.inherited],
        "note": node.note,
        "archived": node.archived,
        "preferred": node.preferred,
        "stale": node.stale,
        "pending": node.pending,
        "n_grids": node.n_grids,
        "in_band_share": node.in_band_share,
        "proven_share": node.proven_share,
        "households_moved": node.households_moved,
    }
