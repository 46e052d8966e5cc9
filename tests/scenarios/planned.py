"""Plans made by hand: a desk over a small project, and one over the synthetic sub-district."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from pathlib import Path

from scenarios.assemble import assemble
from scenarios.desk.desk import Desk, open_desk
from scenarios.outcome import GridFacts, Plan
from scenarios.propose import stand_on
from scenarios.rules import GridRules
from scenarios.store import read_layers, save_outcome
from scenarios.summary import summarise


def put_plan(path: Path, code_of: Callable[[Mapping[str, object]], str | None], **names: str) -> Desk:
    """Store a plan that gives each cell (a row of the tiling, with `today`) a code; open its desk."""
    ground = stand_on(path, read_layers(path))
    cells = ground.stored.cells.assign(today=list(ground.today))
    grid_of_cell = {row["cell_id"]: code_of(row) for row in cells.to_dict("records")}
    codes = sorted({code for code in grid_of_cell.values() if code is not None})
    facts = {code: GridFacts(name=names.get(code, f"第{code}格"), kind="base", costs={}) for code in codes}
    outcome = assemble(
        scenario="base",
        cells=ground.stored.cells,
        plan=Plan(grid_of_cell=grid_of_cell, facts=facts, certificates=()),
        communities=ground.layers.frames["communities"],
        summary={},
        rules=asdict(GridRules()),
    )
    outcome = replace(outcome, summary=summarise(outcome, ground.today, runtime_s=0.0, seed=1))
    save_outcome(path, outcome, {})
    return open_desk(path)


def by_row(cell: Mapping[str, object]) -> str:
    """One grid for each row of parcels: "001-23" lies in row 2 of community 999001001001."""
    return f"{cell['community_code']}{int(str(cell['cell_id']).split('-')[1][0]) + 1:03d}"
