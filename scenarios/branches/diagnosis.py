"""Where each community stands today: the facts against the rules, and what cannot be known from the data.

Nothing is marked that is not counted. A community is worse the more facts are outside the rules; among equals
the one whose facts are further outside, each as a share of what the rule asks for.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import pandas as pd

from geo.layers import Layers
from scenarios.branches.places import Land, homes, list_places, place_ids
from scenarios.branches.standing import read_standing
from scenarios.branches.values import BranchSettings, Place, Standing
from scenarios.facilities.measure import measure_facilities
from scenarios.facilities.values import CommunityFacilities
from scenarios.given import count, names_of
from scenarios.ground import Ground
from scenarios.rules import GridRules
from scenarios.staff.measure import needed_workers

State = Literal["off", "fine", "unknown"]
Page = Literal["data", "grids", "branches", "centres"]

_LEAST_SHARE = 2 / 3  # of the whole project's members per 1,000 residents; ours, there is no rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One fact of a community against its rule.

    Attributes
    ----------
    code, rule
        Which fact; the rule it is held against, a name of `scenarios.rules.RULES`, None where there is none.
    state
        Outside the rule, inside it, or not known from the data.
    by
        How far outside, as a share of what the rule asks for, 0 to 1.
    facts
        Numbers for the sentence.
    page
        Where it can be mended.
    """

    code: str
    state: State
    page: Page
    rule: str | None = None
    by: float = 0.0
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class CommunityToday:
    """One community with all its findings, those outside the rules first."""

    code: str
    name: str
    findings: tuple[Finding, ...]

    @property
    def outside(self) -> tuple[Finding, ...]:
        """The findings outside the rules."""
        return tuple(one for one in self.findings if one.state == "off")

    @property
    def unknown(self) -> tuple[Finding, ...]:
        """What cannot be known from the data."""
        return tuple(one for one in self.findings if one.state == "unknown")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Town:
    """What the findings are read from, for the whole project."""

    layers: Layers
    land: Land
    places: tuple[Place, ...]
    standing: tuple[Standing, ...]
    settings: BranchSettings
    grids: GridRules
    rooms: Mapping[str, CommunityFacilities]


def diagnose(
    ground: Ground,
    land: Land,
    settings: BranchSettings,
    grids: GridRules,
) -> tuple[CommunityToday, ...]:
    """Say where each community stands, the worst first.

    Parameters
    ----------
    land
        The cells with the grids in force.
    settings
        Without a day, recent activity cannot be told.
    """
    places = list_places(ground, land)
    ids = place_ids(places)
    found = read_standing(ground.layers, settings.rules, settings.as_of, homes(places))
    standing = tuple(replace(one, place=ids.get(one.host)) for one in found)
    rooms = measure_facilities(ground, settings.rules, ()).communities
    town = _Town(
        layers=ground.layers,
        land=land,
        places=places,
        standing=standing,
        settings=settings,
        grids=grids,
        rooms={row.code: row for row in rooms},
    )
    residents = _residents(town)
    told = [
        CommunityToday(
            code=code,
            name=name,
            findings=_ordered(_findings(town, code, residents)),
        )
        for code, name in names_of(ground.layers.frames["communities"]).items()
    ]
    return tuple(sorted(told, key=_badness))


def _badness(one: CommunityToday) -> tuple[int, float, str]:
    return (-len(one.outside), -sum(item.by for item in one.outside), one.code)


def _ordered(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    order = {"off": 0, "unknown": 1, "fine": 2}
    return tuple(sorted(findings, key=lambda one: (order[one.state], -one.by)))


def _findings(town: _Town, code: str, residents: Mapping[str, int]) -> Iterator[Finding]:
    own = town.land.cells[town.land.cells["community_code"] == code]
    households = int(own["households"].sum())
    places = [place for place in town.places if place.community_code == code]
    standing = [one for one in town.standing if one.community_code == code]
    yield _size(town, households, residents.get(code, 0))
    yield _band(town, own)
    yield _members(town, code, residents)
    yield from _organisations(town, places, standing)
    yield from _uncovered(town, places, standing)
    yield from _staff(town, code, residents.get(code, 0))
    yield _area(town.rooms[code])


def _residents(town: _Town) -> dict[str, int]:
    sums = town.land.cells.groupby("community_code")["residents"].sum()
    return {str(code): int(value) for code, value in sums.items()}


def _size(town: _Town, households: int, residents: int) -> Finding:
    low, high = town.grids.community_min_households, town.grids.community_max_households
    facts = {"n": households, "low": low, "high": high, "residents": residents or None}
    state: State = "fine"
    code, rule, by = "households_fine", "community_min_households", 0.0
    if households < low:
        code, state, by = "few_households", "off", 1 - households / low
    elif households > high:
        code, state, by = "many_households", "off", min(1.0, households / high - 1)
        rule = "community_max_households"
    return Finding(code=code, state=state, page="grids", rule=rule, by=by, facts=facts)


def _band(town: _Town, own: pd.DataFrame) -> Finding:
    low, high = town.grids.min_households, town.grids.max_households
    grid = town.land.grid_of_cell.loc[own.index]
    if not grid.notna().any():
        return Finding(code="no_grids", state="unknown", page="grids", rule="min_households")
    sums = own.groupby(grid.to_numpy())["households"].sum()
    out = int(((sums < low) | (sums > high)).sum())
    facts = {"n": len(sums), "out": out, "low": low, "high": high}
    state: State = "off" if out else "fine"
    return Finding(
        code="grids_off" if out else "grids_fine",
        state=state,
        page="grids",
        rule="min_households",
        by=out / len(sums),
        facts=facts,
    )


def _members(town: _Town, code: str, residents: Mapping[str, int]) -> Finding:
    living: dict[str, list[int | None]] = {}
    for place in town.places:
        if place.kind == "compound" and place.community_code is not None:
            living.setdefault(place.community_code, []).append(place.formal_members)
    own = [n for n in living.get(code, []) if n is not None]
    if not own or not residents.get(code):
        return Finding(code="members_uncounted", state="unknown", page="data")
    share = sum(own) / residents[code] * 1000
    counted = [c for c, values in living.items() if any(n is not None for n in values) and residents.get(c)]
    whole = sum(n for c in counted for n in living[c] if n is not None)
    mean = whole / sum(residents[c] for c in counted) * 1000
    facts = {"n": sum(own), "share": round(share, 1), "mean": round(mean, 1)}
    low = share < _LEAST_SHARE * mean
    return Finding(
        code="members_low" if low else "members_fine",
        state="off" if low else "fine",
        page="branches",
        by=1 - share / mean if low else 0.0,
        facts=facts,
    )


def _organisations(town: _Town, places: Sequence[Place], standing: Sequence[Standing]) -> Iterator[Finding]:
    if town.layers.frames.get("organisations") is None:
        yield Finding(code="organisations_unknown", state="unknown", page="data")
        return
    rules = town.settings.rules
    compounds = [place for place in places if place.kind == "compound"]
    living = [one for one in standing if one.host[0] in ("community", "grid", "compound", "owners_committee")]
    if compounds:
        facts: dict[str, object] = {"compounds": len(compounds), "n": len(living)}
        most = rules.joint_places_max * max(len(living), 1)
        off = len(compounds) > most
        yield Finding(
            code="many_compounds" if off else "compounds_fine",
            state="off" if off else "fine",
            page="branches",
            rule="joint_places_max",
            by=1 - most / len(compounds) if off else 0.0,
            facts=facts,
        )
    for one in standing:
        if one.host[0] == "community" and one.formal_members is not None:
            yield _main_branch(town, one, one.formal_members, len(compounds))
    paper = [one for one in standing if one.effective is False]
    empty = sum(one.formal_members == 0 for one in paper)
    yield Finding(
        code=("on_paper" if empty else "silent") if paper else "paper_fine",
        state="off" if paper else "fine",
        page="branches",
        rule="activity_months",
        by=len(paper) / len(standing) if standing else 0.0,
        facts={"n": len(paper), "all": len(standing), "empty": empty},
    )


def _main_branch(town: _Town, one: Standing, members: int, compounds: int) -> Finding:
    """Hold the community's own organisation against the members that a branch committee needs."""
    least = town.settings.rules.branch_committee_min
    facts = {"n": members, "least": least, "lack": max(0, least - members), "compounds": compounds}
    small = members < least
    return Finding(
        code="small_branch" if small else "branch_fine",
        state="off" if small else "fine",
        page="branches",
        rule="branch_committee_min",
        by=1 - members / least if small else 0.0,
        facts={**facts, "name": one.name},
    )


def _uncovered(town: _Town, places: Sequence[Place], standing: Sequence[Standing]) -> Iterator[Finding]:
    institutions = [place for place in places if place.kind == "institution" and place.operating]
    if not institutions:
        yield Finding(code="no_institutions", state="unknown", page="data")
        return
    if town.layers.frames.get("organisations") is None:
        return  # said already: who has none cannot be known
    covered = {one.place for one in standing}
    without = [place for place in institutions if place.id not in covered]
    able = [place for place in without if (place.formal_members or 0) > 0]
    uncounted = sum(place.formal_members is None for place in without)
    facts = {"n": len(without), "all": len(institutions), "able": len(able), "uncounted": uncounted}
    if uncounted and not able:
        yield Finding(code="uncovered_uncounted", state="unknown", page="data", facts=facts)
        return
    yield Finding(
        code="uncovered" if able else "covered",
        state="off" if able else "fine",
        page="branches",
        rule="formal_members_min",
        by=len(able) / len(institutions),
        facts=facts,
    )


def _staff(town: _Town, code: str, residents: int) -> Iterator[Finding]:
    frame = town.layers.frames.get("community_facts")
    rows = None if frame is None else frame[frame["community_code"] == code]
    filled = None if rows is None or rows.empty or "filled" not in rows else count(rows["filled"].iloc[0])
    if filled is None:
        yield Finding(code="staff_unknown", state="unknown", page="data", rule="workers_per_10000")
        return
    home = town.land.cells["community_code"] == code
    n_grids = int(town.land.grid_of_cell[home].nunique())
    need = max(needed_workers(residents, n_grids, town.settings.rules))
    short = max(0, need - filled)
    yield Finding(
        code="staff_short" if short else "staff_fine",
        state="off" if short else "fine",
        page="centres",
        rule="workers_per_10000",
        by=short / need if need else 0.0,
        facts={"n": filled, "need": need, "short": short},
    )


def _area(row: CommunityFacilities) -> Finding:
    """Tell of the service area what the page of centres measures."""
    rule = "service_area_per_100_m2"
    if row.area_m2 is None and not row.venues:
        return Finding(code="area_unknown", state="unknown", page="data", rule=rule)
    if row.short_m2 is None:
        return Finding(code="area_partly", state="unknown", page="data", rule=rule)
    short = not row.area_met
    return Finding(
        code="area_short" if short else "area_fine",
        state="off" if short else "fine",
        page="centres",
        rule=rule,
        by=row.short_m2 / row.needed_m2 if short else 0.0,
        facts={
            "n": round(row.area_m2 or 0),
            "need": round(row.needed_m2),
            "short": round(row.short_m2),
        },
    )
