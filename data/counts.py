"""What is counted for each compound, and for each community from its compounds and parcels."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from data.estates import Plot
from data.houses import House
from data.parcels import PARCEL_ELDERLY_SHARE, Parcel
from data.specs import PLANTED_CODE, SPECS, Form

_ELDERLY_SHARE: Mapping[Form, float] = {
    "courtyards": 0.31,
    "terraces": 0.27,
    "village": 0.24,
    "points": 0.22,
    "estates": 0.16,
    "parcels": PARCEL_ELDERLY_SHARE,
}
"""Old courtyards hold most of the elderly, new estates the fewest."""

_COMPANIES = ("安居物业", "和顺物业", "邻里物业", "绿城家物业", "万家和物业")


@dataclass(frozen=True, slots=True, kw_only=True)
class CompoundCounts:
    """A compound with its counts; villages and old courtyards have no property company."""

    plot: Plot
    households: int
    residents: int
    elderly: int
    formal_members: int
    property_company: str | None
    owners_committee: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CommunityFacts:
    """Posts, grid workers, volunteers, tasks and the budget (yuan a year) of one community."""

    community_code: str
    posts: int
    filled: int
    grid_workers: int
    volunteers: int
    social_organisations: int
    tasks: int
    budget_personnel: float
    budget_operations: float
    budget_venues: float
    budget_activities: float
    budget_services: float
    budget_technology: float


def count_compounds(
    plots: Sequence[Plot], houses: Sequence[House], rng: np.random.Generator
) -> tuple[CompoundCounts, ...]:
    """Add up the buildings of every compound; compounds known as points bring their own counts."""
    households: Counter[str] = Counter()
    residents: Counter[str] = Counter()
    for house in houses:
        households[house.compound_id] += house.households
        residents[house.compound_id] += house.residents
    planted = iter([2, 1, 1, 1, 1])
    counted = []
    for plot in plots:
        known = plot.form != "points"
        people = residents[plot.id] if known else round(plot.households * rng.uniform(2.4, 2.9))
        members = int(rng.poisson(people * 0.014))
        managed = plot.form in {"estates", "terraces", "points"} and rng.random() < 0.85
        counted.append(
            CompoundCounts(
                plot=plot,
                households=households[plot.id] if known else plot.households,
                residents=people,
                elderly=round(people * _ELDERLY_SHARE[plot.form]),
                formal_members=next(planted, 0) if plot.community_code == PLANTED_CODE else members,
                property_company=str(rng.choice(_COMPANIES)) if managed else None,
                owners_committee=bool(managed and rng.random() < 0.5),
            )
        )
    return tuple(counted)


def state_facts(
    compounds: Sequence[CompoundCounts], parcels: Sequence[Parcel], rng: np.random.Generator
) -> tuple[CommunityFacts, ...]:
    """Give each community posts near 18 per 10,000 residents, some of them vacant, and its budget."""
    residents = dict.fromkeys((spec.code for spec in SPECS), 0)
    for code, people in (
        *((c.plot.community_code, c.residents) for c in compounds),
        *((parcel.community_code, parcel.residents) for parcel in parcels),
    ):
        residents[code] += people
    return tuple(_facts(code, people, rng) for code, people in residents.items())


def _facts(code: str, residents: int, rng: np.random.Generator) -> CommunityFacts:
    posts = max(5, round(residents / 10_000 * 18 * rng.uniform(0.7, 1.05)))
    filled = max(3, posts - int(rng.integers(0, 3)))

    def money(low: float, high: float) -> float:
        return float(round(rng.uniform(low, high), -3))

    return CommunityFacts(
        community_code=code,
        posts=posts,
        filled=filled,
        grid_workers=max(1, filled - 3),
        volunteers=round(residents * rng.uniform(0.01, 0.05)),
        social_organisations=int(rng.integers(1, 11)),
        tasks=int(rng.integers(38, 117)),
        budget_personnel=filled * 68_000.0,
        budget_operations=money(60_000, 130_000),
        budget_venues=money(30_000, 180_000),
        budget_activities=money(15_000, 60_000),
        budget_services=money(50_000, 220_000),
        budget_technology=float(round(12_000 + residents * 4, -3)),
    )
