"""Propose branches for a project: read, judge, decide, group, count, store."""

import hashlib
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd

from geo.layers import Layers
from optimize.branches import JointResult, solve_joint
from optimize.stop import AnyOf, TimeLimit
from scenarios import store
from scenarios.branches.coverage import count_coverage
from scenarios.branches.decide import decide_alone, gather, place_key, share, standing_key
from scenarios.branches.places import Land, homes, list_places, place_ids
from scenarios.branches.settle import settle_rest
from scenarios.branches.standing import latest_activity, read_standing
from scenarios.branches.table import save_plan
from scenarios.branches.values import Body, BranchPlan, BranchSettings, Place, StageBound, Standing
from scenarios.branches.ways import FAR, Ways, measure_between
from scenarios.ground import Ground
from scenarios.levers.stand import ground_key, ground_of
from scenarios.outcome import Outcome
from scenarios.project.plans import require_scenario
from scenarios.project.schema import BASE_SCENARIO

if TYPE_CHECKING:  # the command line starts without the engines of grids
    from scenarios.run import Lifeline

Stop = Callable[[], bool]
OnPart = Callable[[int, int], None]
"""Told how many places of how many are settled."""

_READ_SHARE = 0.2  # of the work, for reading the layers and cutting the cells


def propose_branches(
    path: Path, settings: BranchSettings, *, scenario: str = BASE_SCENARIO, stop: Stop, seed: int = 1
) -> BranchPlan:
    """Propose where branches can be set up, keep the answer with the scenario and give it.

    Raises
    ------
    UnknownScenario
        The scenario is not in the project.
    LayerError, StoreError
        The project cannot be read, cut into cells, or written.
    """
    plan = plan_project(path, settings, scenario=scenario, stop=stop, seed=seed)
    save_plan(path, plan)
    return plan


def plan_project(
    path: Path,
    settings: BranchSettings,
    *,
    scenario: str,
    stop: Stop,
    seed: int = 1,
    on_part: OnPart | None = None,
) -> BranchPlan:
    """Answer the question for a scenario of a project, without keeping the answer; raises the same."""
    require_scenario(path, scenario)
    started = time.perf_counter()
    layers = store.read_layers(path)
    ground = ground_of(path, scenario, layers)
    outcome = store.read_outcome(path, scenario)
    plan = plan_branches(ground, settings, outcome, scenario=scenario, stop=stop, seed=seed, on_part=on_part)
    token = ground_token(ground_key(path, scenario, store.layers_digest(layers)), outcome)
    return replace(plan, runtime_s=round(time.perf_counter() - started, 3), ground=token)


def plan_in_worker(
    path: Path, settings: BranchSettings, scenario: str, limit_s: float, lifeline: "Lifeline"
) -> BranchPlan:
    """Answer the question in a process that `scenarios.run.run_one` has started."""
    lifeline.tell(_READ_SHARE / 2)

    def tell(done: int, of: int) -> None:
        lifeline.tell(_READ_SHARE + (1 - _READ_SHARE) * done / max(1, of))

    stop = AnyOf(lifeline.is_cut, TimeLimit(limit_s))
    return plan_project(path, settings, scenario=scenario, stop=stop, on_part=tell)


def plan_branches(
    ground: Ground,
    settings: BranchSettings,
    outcome: Outcome | None,
    *,
    scenario: str = BASE_SCENARIO,
    stop: Stop,
    seed: int = 1,
    on_part: OnPart | None = None,
) -> BranchPlan:
    """Answer the question for a ground that is read; without a plan of grids those of today count."""
    rules = settings.rules
    land = land_of(ground, outcome)
    places = list_places(ground, land)
    as_of = settings.as_of or latest_activity(ground.layers)
    standing = _place_standing(ground.layers, places, land, settings, as_of)
    ways = measure_between(ground.layers, land.cells.crs, _spots_of(places, standing), rules)
    decided = decide_alone(places, standing, rules)
    candidates = gather(decided, standing, ways, rules)
    result = solve_joint(candidates.problem, stop=stop, seed=seed, on_part=on_part)
    decided, joint = share(decided, candidates, result, rules)
    final = tuple(settle_rest(decided, standing, candidates, ways, rules))
    return BranchPlan(
        scenario=scenario,
        settings=settings,
        as_of=as_of,
        places=final,
        bodies=(*_existing(standing, final, ways), *_founded(final), *joint),
        coverage=count_coverage(
            final, standing, recorded=ground.layers.frames.get("organisations") is not None
        ),
        stages=_stages(result),
        runtime_s=0.0,
        measured=ways.by,
        reached=dict(ways.counts),  # to be sent to another process
    )


def ground_token(key: str, outcome: Outcome | None) -> str:
    """Give a short text that differs for other layers, told apart by `key`, and for another plan of grids."""
    digest = hashlib.sha256(key.encode())
    if outcome is not None:
        pairs = zip(outcome.cells["cell_id"], outcome.cells["grid_code"], strict=True)
        digest.update(repr(sorted((str(cell), str(code)) for cell, code in pairs)).encode())
    return digest.hexdigest()[:16]


def land_of(ground: Ground, outcome: Outcome | None) -> Land:
    """Give the cells with their grids: those of the plan, or of today where there is none."""
    cells = ground.metres.cells
    if outcome is None:
        frame = ground.layers.frames.get("grids")
        known = frame is not None and "name" in frame
        names = dict(zip(frame["code"], frame["name"], strict=True)) if known else {}  # type: ignore[index]
        return Land(cells=cells, grid_of_cell=ground.today, names=_texts(names))
    grid_of = dict(zip(outcome.cells["cell_id"], outcome.cells["grid_code"], strict=True))
    codes = [grid_of.get(cell) for cell in cells["cell_id"]]
    grids = pd.Series(
        [code if isinstance(code, str) else None for code in codes], index=cells.index, dtype=object
    )
    names = dict(zip(outcome.grids["code"], outcome.grids["name"], strict=True))
    return Land(cells=cells, grid_of_cell=grids, names=_texts(names))


def _texts(names: dict[object, object]) -> dict[str, str]:
    return {str(code): str(name) for code, name in names.items() if isinstance(name, str) and name}


def _place_standing(
    layers: Layers, places: tuple[Place, ...], land: Land, settings: BranchSettings, as_of: object
) -> tuple[Standing, ...]:
    """Read the organisations, each with its place of the plan and where it sits."""
    found = read_standing(layers, settings.rules, as_of, homes(places))  # type: ignore[arg-type]
    ids, of_id = place_ids(places), {place.id: place for place in places}
    spots = _spots(layers, land)
    placed = []
    for position, one in enumerate(found):
        own = ids.get(one.host)
        at = spots[position] or (of_id[own].at if own is not None else None)
        placed.append(replace(one, place=own, at=at))
    return tuple(placed)


def _spots(layers: Layers, land: Land) -> list[tuple[float, float] | None]:
    frame = layers.frames.get("organisations")
    if frame is None:
        return []
    if not isinstance(frame, gpd.GeoDataFrame):
        return [None] * len(frame)
    points = frame.to_crs(land.cells.crs).geometry
    return [None if point is None or point.is_empty else (float(point.x), float(point.y)) for point in points]


def _spots_of(
    places: tuple[Place, ...], standing: tuple[Standing, ...]
) -> Iterator[tuple[str, tuple[float, float]]]:
    for place in places:
        if place.at is not None:
            yield place_key(place), place.at
    for one in standing:
        if one.at is not None:
            yield standing_key(one), one.at


def _existing(standing: tuple[Standing, ...], places: tuple[Place, ...], ways: Ways) -> list[Body]:
    joined: dict[str, list[str]] = {}
    for place in places:
        if place.organisation is not None:
            joined.setdefault(place.organisation, []).append(place.id)
    return [
        Body(
            id=one.id,
            name=one.name,
            level=one.level,
            formal_members=one.formal_members,
            places=tuple(joined.get(one.id, ())),
            max_distance_m=_widest(joined.get(one.id, ()), places, ways),
            status="existing",
            effective=one.effective,
            formal=one.formal,
            advice=one.advice,
        )
        for one in standing
    ]


def _widest(ids: "list[str] | tuple[str, ...]", places: tuple[Place, ...], ways: Ways) -> int | None:
    """Give the longest distance among some places; None where a way is longer than was looked for."""
    own = set(ids)
    keys = [place_key(place) for place in places if place.id in own and place.at is not None]
    widest = int(ways.table(keys).max(initial=0))
    return widest if widest < FAR else None


def _founded(places: tuple[Place, ...]) -> list[Body]:
    return [
        Body(
            id=place.organisation or "",
            name=place.name,
            level="branch",
            formal_members=place.formal_members,
            places=(place.id,),
            max_distance_m=0,
            status="proposed",
            advice=place.reasons[1:],
        )
        for place in places
        if place.decision == "own" and (place.organisation or "") == f"own:{place.id}"
    ]


def _stages(result: JointResult) -> tuple[StageBound, ...]:
    return tuple(
        StageBound(
            name=stage.name,
            objective=stage.objective,
            lower_bound=stage.lower_bound,
            gap=stage.gap,
            proven=stage.proven,
        )
        for stage in result.stages
    )
