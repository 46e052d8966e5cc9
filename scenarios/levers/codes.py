"""The codes of a scenario's grids: those of the plan it was made from, where its grids survive.

Plans that scenarios share are kept with codes that follow today's grids. Put beside its parent, a scenario is
easier to read when a grid that goes on bears the code that it has there.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace

import pandas as pd

from scenarios.build import at_home
from scenarios.levers.pose import Posed
from scenarios.outcome import GridFacts, Outcome, Plan
from scenarios.plan import Community, grid_name, number_codes
from scenarios.stability import match_grids, surviving_grids


def follow_codes(posed: Posed, plans: Mapping[str, Plan], parent: Outcome | None) -> dict[str, Plan]:
    """Give plans of communities the codes of the parent's grids that survive in them.

    A grid that keeps more than half of the households of one of the parent's has its code and name. What has
    no predecessor there keeps the code that it has, unless the parent means another grid by it: then it gets
    a number that neither plan has used. Codes of locked grids stay.

    Parameters
    ----------
    plans
        Community code → plan.
    parent
        The plan to follow, whose cells may be others; None where there is none.
    """
    if parent is None:
        return dict(plans)
    before = codes_before(posed, parent)
    names = dict(zip(parent.grids["code"], parent.grids["name"], strict=True))
    today = {code for code in posed.standing.ground.today if isinstance(code, str)}
    homes = {item.code: item for item in posed.communities}
    return {
        code: _follow(plan, homes[code], before, names, held=_held(posed, plan), used=today | names.keys())
        for code, plan in plans.items()
    }


def codes_before(posed: Posed, parent: Outcome) -> pd.Series:
    """Give each cell the parent's grid; one torn apart counts only where most of its ground is."""
    cells = posed.standing.ground.metres.cells
    grid_of = dict(zip(parent.cells["cell_id"].astype(str), parent.cells["grid_code"], strict=True))
    known = [grid_of.get(cell) for cell in cells["cell_id"].astype(str)]
    codes = [code if isinstance(code, str) else None for code in known]
    return at_home(pd.Series(codes, index=cells.index, dtype=object), cells)


def _held(posed: Posed, plan: Plan) -> set[str]:
    locked = {plan.grid_of_cell.get(cell) for cell in (*posed.kept.names, *posed.kept.desk)}
    return {code for code in locked if code is not None}


def _follow(
    plan: Plan,
    community: Community,
    before: pd.Series,
    names: Mapping[str, object],
    *,
    held: Collection[str],
    used: Collection[str],
) -> Plan:
    cells = community.cells
    grids = pd.Series(
        [plan.grid_of_cell.get(cell) for cell in cells["cell_id"]], index=cells.index, dtype=object
    )
    survivors = surviving_grids(before.loc[cells.index], grids, cells["households"])
    successors = match_grids(before.loc[cells.index], grids, cells["households"])
    renamed = {new: old for new, old in survivors.items() if new not in held and old not in held}
    taken = {*held, *renamed.values()}
    free = (code for code in number_codes(community.code) if code not in {*used, *taken, *plan.facts})
    for code in plan.facts:
        if code not in renamed:
            means_another = code in names and successors.get(code) != code
            clashes = code not in held and (code in taken or means_another)
            renamed[code] = next(free) if clashes else code
    if all(old == new for old, new in renamed.items()):
        return plan
    return replace(
        plan,
        grid_of_cell={cell: renamed.get(code or "") for cell, code in plan.grid_of_cell.items()},
        facts={
            renamed[code]: _named(facts, community, code, renamed[code], names)
            for code, facts in sorted(plan.facts.items(), key=lambda item: renamed[item[0]])
        },
    )


def _named(
    facts: GridFacts, community: Community, code: str, new: str, names: Mapping[str, object]
) -> GridFacts:
    """Give a grid the name that goes with its new code, unless it was named by hand."""
    if new == code or facts.name != grid_name(community, code):
        return facts
    known = names.get(new)
    return replace(facts, name=known if isinstance(known, str) and known else grid_name(community, new))
