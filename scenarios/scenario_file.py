"""A scenario as one JSON file: levers, terms, seed, note, and digests that tell whether it came out alike."""

import errno
import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from scenarios.desk.forks import fork_scenario
from scenarios.desk.terms import rules_of
from scenarios.errors import StoreError
from scenarios.levers.errors import TreeError
from scenarios.levers.lever import Lever, to_plain
from scenarios.levers.pose import read_filed
from scenarios.levers.registry import in_order, lever_from_plain
from scenarios.levers.terms import Band, RuleLever, SeedLever, WeightLever
from scenarios.outcome import Outcome
from scenarios.project.codec import plain, to_json
from scenarios.project.layers import layers_digest, read_layers
from scenarios.project.schema import BASE_SCENARIO
from scenarios.rules import GridRules
from scenarios.scenario_services import keep, kept_document, read_kept, read_kept_document
from scenarios.settings import check_weights
from scenarios.tree import set_levers, set_note, try_levers

FORMAT = "gridplan-scenario/2"
_BEFORE = "gridplan-scenario/1"  # without services; its plan digest told the codes of grids, too
_TERMS = frozenset({"band", "rule", "weight", "seed"})
_BESIDE = frozenset({"name", "note", "plan_digest", "digest"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """A scenario taken out of a file.

    Attributes
    ----------
    same_layers
        Whether this project's layers are those that the file was written from.
    plan_digest
        Digest of the plan that the file speaks of, empty where it does not.
    """

    name: str
    same_layers: bool
    plan_digest: str


def export_scenario(path: Path, name: str) -> dict[str, Any]:
    """Give a scenario as plain values: everything its outcome follows from but the layers, which are named.

    The inherited levers are among them, and rules, weights, seed, unit costs, checklist and tasks are those
    in force, so that the file stands alone. `digest` is of the question, `plan_digest` of its answer.

    Raises
    ------
    UnknownScenario
        `unknown_scenario`, `no_plan_yet`.
    """
    filed = read_filed(path, name)
    levers = [lever for lever in filed.levers if lever.name not in _TERMS or _is_of_work(lever)]
    terms = filed.stored.terms
    content = {
        "format": FORMAT,
        "name": name,
        "note": filed.row.note,
        "levers": [to_plain(lever) for lever in in_order(levers)],
        "rules": asdict(rules_of(terms)),
        "weights": {key: value for key, value in sorted(terms.weights.items()) if value},
        "seed": terms.seed,
        "services": kept_document(read_kept(path, name)),
        "layers_digest": layers_digest(read_layers(path)),
        "plan_digest": digest_plan(filed.stored.plan.grid_of_cell),
    }
    return {**plain(content), "digest": _digest(content)}


def import_scenario(
    path: Path, document: Mapping[str, Any], name: str | None = None, *, author: str = ""
) -> Imported:
    """Make a scenario from a file, on top of the base scenario; its plan is still to be answered.

    Raises
    ------
    TreeError
        `scenario_file_unknown`, `scenario_file_changed` where the digest does not fit the content,
        `scenario_file_damaged`.
    ScenarioTaken
        `scenario_exists`.
    LeverError, RuleError
        A lever that is unknown or finds nothing to change here; a value out of range.
    """
    if document.get("format") not in (FORMAT, _BEFORE) or not isinstance(document.get("levers"), list):
        raise TreeError("scenario_file_unknown", format=str(document.get("format")), known=FORMAT)
    content = {key: value for key, value in document.items() if key != "digest"}
    if document.get("digest") not in (None, _digest(content)):
        raise TreeError("scenario_file_changed", scenario=str(document.get("name")))
    now = read_filed(path, BASE_SCENARIO).stored.terms
    try:
        levers, rules, weights, seed = _read_terms(document, now.seed)
    except (TypeError, ValueError, AttributeError, KeyError):
        raise TreeError("scenario_file_damaged", part="levers") from None
    check_weights(weights)
    levers += _rule_levers(rules_of(now), rules)
    levers += [
        WeightLever(cost=cost, value=float(weights.get(cost, 0.0)))
        for cost in sorted(weights.keys() | now.weights.keys())
        if weights.get(cost, 0.0) != now.weights.get(cost, 0.0)
    ]
    if seed != now.seed:
        levers.append(SeedLever(seed=seed))
    return _make(path, document, name or str(document.get("name") or ""), levers, author)


def _read_terms(
    document: Mapping[str, Any], seed: int
) -> tuple[list[Lever], GridRules, dict[str, float], int]:
    """Read levers, rules, weights and seed; `seed` where the file names none."""
    return (
        [lever_from_plain(item) for item in document["levers"]],
        GridRules().with_values(document.get("rules", {})),
        {str(key): float(value) for key, value in document.get("weights", {}).items()},
        int(document.get("seed", seed)),
    )


def digest_plan(grid_of_cell: Mapping[str, str | None]) -> str:
    """Give a digest of which cells are in one grid, whatever codes the grids bear.

    Codes follow the plan that a scenario was made from; the same file may be read in on top of another one.
    """
    first: dict[str, str] = {}
    for cell in sorted(grid_of_cell):
        first.setdefault(grid_of_cell[cell] or "", cell)
    named = {cell: first[code] if code is not None else None for cell, code in grid_of_cell.items()}
    return hashlib.sha256(to_json(named).encode()).hexdigest()


def digest_outcome(outcome: Outcome) -> str:
    """Give the digest of an outcome's plan."""
    codes = [code if isinstance(code, str) else None for code in outcome.cells["grid_code"].astype(object)]
    return digest_plan(dict(zip(outcome.cells["cell_id"].astype(str), codes, strict=True)))


def _is_of_work(lever: Lever) -> bool:
    return isinstance(lever, RuleLever) and lever.is_of_work


def _rule_levers(now: GridRules, wanted: GridRules) -> list[Any]:
    """Give the levers from some rules to others; the band moves as one, so that it is never upside down."""
    levers: list[Lever] = []
    band = (wanted.min_households, wanted.max_households)
    between = now.with_band(*band)
    if band != (now.min_households, now.max_households):
        levers.append(Band(low=band[0], high=band[1]))
    levers += [
        RuleLever(rule=rule, value=float(value))
        for rule, value in asdict(wanted).items()
        if value != getattr(between, rule)
    ]
    return levers


def _make(path: Path, document: Mapping[str, Any], name: str, levers: list[Any], author: str) -> Imported:
    """Fork and set in a way that leaves nothing behind where the levers are refused."""
    try_levers(path, levers)
    services = read_kept_document(path, document["services"]) if document.get("services") else None
    fork_scenario(path, BASE_SCENARIO, name, author=author)
    set_levers(path, name.strip(), levers)
    if document.get("note"):
        set_note(path, name.strip(), str(document["note"]))
    if services is not None:
        keep(path, name.strip(), services)
    return Imported(
        name=name.strip(),
        same_layers=document.get("layers_digest") == layers_digest(read_layers(path)),
        plan_digest=str(document.get("plan_digest") or "") if document["format"] == FORMAT else "",
    )


def _digest(content: Mapping[str, Any]) -> str:
    """Give a digest of the question: what it is called and what came out do not count."""
    content = {key: value for key, value in content.items() if key not in _BESIDE}
    return hashlib.sha256(to_json(content).encode()).hexdigest()


def read_document(text: str, file: str) -> dict[str, Any]:
    """Read the text of a file.

    Raises
    ------
    TreeError
        `scenario_file_unreadable`.
    """
    try:
        found = json.loads(text)
    except ValueError:
        raise TreeError("scenario_file_unreadable", file=file) from None
    if not isinstance(found, dict):
        raise TreeError("scenario_file_unreadable", file=file)
    return found


def read_file(file: Path) -> dict[str, Any]:
    """Read a scenario file.

    Raises
    ------
    TreeError
        `scenario_file_unreadable`.
    """
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise TreeError("scenario_file_unreadable", file=file.name) from None
    return read_document(text, file.name)


def write_document(document: Mapping[str, Any], to: Path, project: Path) -> None:
    """Write a scenario file, whole or not at all.

    Raises
    ------
    StoreError
        `cannot_write`.
    """
    draft = to.with_name(f".{to.name}.part")
    if to.exists() and to.samefile(project):  # it must stay as it is
        raise StoreError("cannot_write", file=to.name, why=os.strerror(errno.EEXIST))
    try:
        draft.write_text(json.dumps(document, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
        draft.replace(to)
    except OSError as error:
        raise StoreError("cannot_write", file=to.name, why=error.strerror or "") from error
