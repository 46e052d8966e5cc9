"""Measure venues against the area and the functions that the households of a community ask for."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import pandas as pd

from geo.places import locate
from scenarios.branches.table import read_branches
from scenarios.facilities.checklist import (
    DEFAULT_CHECKLIST,
    Function,
    asked_for,
    checked_list,
    checklist_document,
    find_functions,
    read_checklist,
    split_words,
)
from scenarios.facilities.gaps import find_gaps
from scenarios.facilities.values import CommunityFacilities, Facilities, Service, VenueFacts
from scenarios.given import Number, count, names_of, number, sum_given, text
from scenarios.ground import Ground
from scenarios.levers.stand import ground_of
from scenarios.project.frames import parsing
from scenarios.project.kept_settings import read_settings, save_settings
from scenarios.project.plans import require_scenario
from scenarios.project.schema import BASE_SCENARIO
from scenarios.rules import WorkRules
from scenarios.venues.propose import read_venues


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """What venues are held against."""

    rules: WorkRules
    checklist: tuple[Function, ...]


def read_facilities(path: Path, scenario: str = BASE_SCENARIO, *, with_proposal: bool = False) -> Facilities:
    """Measure the venues of a scenario.

    Parameters
    ----------
    with_proposal
        Whether to count what the scenario's proposal for venues opens and closes as done.

    Raises
    ------
    UnknownScenario
        `unknown_scenario`.
    LayerError, StoreError
        The project cannot be read.
    """
    require_scenario(path, scenario)
    settings, _ = read_branches(path, scenario)
    return measure_facilities(
        ground_of(path, scenario, keep=False),
        settings.rules,
        checklist_of(path, scenario),
        decisions=decisions_of(path, scenario) if with_proposal else {},
        scenario=scenario,
    )


def decisions_of(path: Path, scenario: str) -> dict[str, str]:
    """Give what the scenario's proposal does with each venue; empty without one that was possible."""
    plan = read_venues(path, scenario)
    if plan is None or plan.venues.empty or plan.certificate["status"] == "none":
        return {}
    return dict(zip(plan.venues["id"].astype(str), plan.venues["decision"].astype(str), strict=True))


def checklist_of(path: Path, scenario: str) -> tuple[Function, ...]:
    """Give the checklist of a scenario: its own, or the one that comes with the program.

    Raises
    ------
    StoreError
        `cannot_read` when another program left what is stored damaged.
    """
    kept = read_settings(path, scenario, "facilities")
    with parsing(path):
        return DEFAULT_CHECKLIST if kept is None else read_checklist(kept["checklist"])


def save_checklist(path: Path, scenario: str, checklist: Sequence[Function]) -> None:
    """Keep a checklist with a scenario.

    Raises
    ------
    RuleError
        `checklist_twice`, `checklist_area`.
    """
    document = {"checklist": checklist_document(checked_list(checklist))}
    save_settings(path, scenario, "facilities", document)


def measure_facilities(
    ground: Ground,
    rules: WorkRules,
    checklist: Sequence[Function],
    *,
    decisions: Mapping[str, str] | None = None,
    scenario: str = BASE_SCENARIO,
) -> Facilities:
    """Measure venues on a ground.

    Parameters
    ----------
    decisions
        Venue → what a proposal does with it: `stays`, `opens`, `closes`, `not_needed`; today's state without.
    """
    asked = _Asked(rules=rules, checklist=tuple(checklist))
    venues = tuple(_venues(ground, asked, decisions or {}))
    cells = ground.metres.cells
    households = cells.groupby("community_code")["households"].sum()
    rows = tuple(
        _community(
            code,
            name,
            int(households.get(code, 0)),
            [venue for venue in venues if venue.in_service and venue.community_code == code],
            asked,
            counted=bool(venues),
        )
        for code, name in names_of(ground.layers.frames["communities"]).items()
    )
    return Facilities(
        scenario=scenario,
        rules=rules,
        checklist=asked.checklist,
        venues=venues,
        communities=rows,
        total=add_up(rows, venues),
    )


def _venues(ground: Ground, asked: _Asked, decisions: Mapping[str, str]) -> Iterator[VenueFacts]:
    frame = ground.layers.frames.get("venues")
    if not isinstance(frame, gpd.GeoDataFrame) or frame.empty:
        return
    inside = locate(frame.geometry, gpd.GeoDataFrame(ground.layers.frames["communities"]))
    for position, row in enumerate(pd.DataFrame(frame).to_dict("records")):
        yield _venue(row, inside[position], asked, decisions)


def _venue(
    row: Mapping[str, object], community: str | None, asked: _Asked, decisions: Mapping[str, str]
) -> VenueFacts:
    area = number(row.get("area_m2"))
    said = _words(row.get("functions"))
    services = _words(row.get("services"))
    has = find_functions((*(said or ()), *(services or ())), asked.checklist)
    own = [item for item in asked.checklist if item.name in has]
    wanted = None if area is None else asked_for(asked.checklist, area)
    return VenueFacts(
        id=str(row["id"]),
        name=text(row.get("name")) or str(row["id"]),
        service=_service(row.get("status"), decisions.get(str(row["id"]))),
        community_code=None if community is None else str(community),
        area_m2=area,
        activity_m2=number(row.get("activity_m2")),
        functions=None if said is None else has,
        other=tuple(part for part in said or () if not find_functions([part], own)),
        missing=None if said is None or wanted is None else tuple(name for name in wanted if name not in has),
        windows=count(row.get("windows")),
        services=services,
        hours=text(row.get("hours")),
        staff=count(row.get("staff")),
        cost_build=number(row.get("cost_build")),
        cost_year=number(row.get("cost_year")),
    )


def _service(status: object, decision: str | None) -> Service:
    if status == "existing":
        return "closes" if decision == "closes" else "open"
    return "opens" if decision == "opens" else "possible"


def _community(
    code: str, name: str, households: int, venues: Sequence[VenueFacts], asked: _Asked, *, counted: bool
) -> CommunityFacilities:
    """Measure one community; `counted` says that the project holds venues at all."""
    rules = asked.rules
    needed = households / 100 * rules.service_area_per_100_m2
    areas, inside = [venue.area_m2 for venue in venues], [venue.activity_m2 for venue in venues]
    area, activity = _sum(areas, none=not counted), _sum(inside, none=not counted)
    activity_needed = needed * rules.activity_share / 100
    told = [venue.functions for venue in venues if venue.functions is not None]
    has = [item.name for item in asked.checklist if any(item.name in names for names in told)]
    wanted = asked_for(asked.checklist, area or 0.0)
    row = CommunityFacilities(
        code=code,
        name=name,
        households=households,
        venues=tuple(venue.id for venue in venues),
        without_area=areas.count(None),
        area_m2=area,
        needed_m2=needed,
        short_m2=_lacking(needed, area, whole=None not in areas),
        activity_m2=activity,
        activity_needed_m2=activity_needed,
        activity_short_m2=_lacking(activity_needed, activity, whole=None not in inside),
        activity_share=_activity_share(venues),
        functions=tuple(has) if told else None,
        missing=tuple(item for item in wanted if item not in has) if told else None,
        windows=_sum([venue.windows for venue in venues], none=not counted),
        staff=_sum([venue.staff for venue in venues], none=not counted),
        gaps=(),
    )
    return find_gaps(row, venues)


def add_up(rows: Sequence[CommunityFacilities], venues: Sequence[VenueFacts]) -> CommunityFacilities:
    """Add up communities; `venues` are those of the whole, in service or not."""
    whole = [venue for venue in venues if venue.in_service and venue.community_code is not None]
    return CommunityFacilities(
        code="",
        name="",
        households=sum(row.households for row in rows),
        venues=tuple(venue.id for venue in whole),
        without_area=sum(row.without_area for row in rows),
        area_m2=sum_given([row.area_m2 for row in rows]),
        needed_m2=sum(row.needed_m2 for row in rows),
        short_m2=_sum_all([row.short_m2 for row in rows]),
        activity_m2=sum_given([row.activity_m2 for row in rows]),
        activity_needed_m2=sum(row.activity_needed_m2 for row in rows),
        activity_short_m2=_sum_all([row.activity_short_m2 for row in rows]),
        activity_share=_activity_share(whole),
        functions=None,
        missing=None,
        windows=_sum([venue.windows for venue in whole], none=not venues),
        staff=_sum([venue.staff for venue in whole], none=not venues),
        gaps=(),
    )


def _activity_share(venues: Sequence[VenueFacts]) -> float | None:
    """Give the share of activity area in the venues that tell both areas."""
    both = [(v.activity_m2, v.area_m2) for v in venues if v.activity_m2 is not None and v.area_m2]
    area = sum(whole or 0.0 for _, whole in both)
    return sum(part or 0.0 for part, _ in both) / area if area else None


def _sum_all(values: Sequence[float | None]) -> float | None:
    return None if None in values else sum(value for value in values if value is not None)


def _lacking(needed: float, there: float | None, *, whole: bool) -> float | None:
    """Give what is lacking; not known where something is not counted that may be enough."""
    if there is None:
        return None
    lacking = max(0.0, needed - there)
    return lacking if whole or lacking == 0 else None


def _sum(values: Sequence[Number | None], *, none: bool) -> Number | None:
    """Add up what is given: nothing where there are no venues, not known where none says or `none`."""
    return sum_given(values if values or none else [0])


def _words(value: object) -> tuple[str, ...] | None:
    said = text(value)
    return None if said is None else split_words(said)
