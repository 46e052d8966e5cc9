"""Party organisations of communities, grids, compounds and their companies and owners, and of institutions.

Some have no members or have been silent for long: on paper they exist, in work they do not.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from shapely.geometry import Point

from data.counts import CompoundCounts
from data.institutions import Institution
from data.specs import PLANTED_CODE, REFERENCE_DATE, SPECS
from data.today import OldGrid
from data.venues import Venue

PLANTED_MEMBERS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """An organisation with its host and its number of formal members."""

    name: str
    level: str
    formal_members: int
    host_kind: str
    host_id: str
    last_activity: date | None
    point: Point | None


def found_organisations(
    compounds: Sequence[CompoundCounts],
    institutions: Sequence[Institution],
    venues: Sequence[Venue],
    grids: Sequence[OldGrid],
    rng: np.random.Generator,
) -> tuple[Organisation, ...]:
    """Found the organisations of every kind of host."""
    return (
        *_of_communities(compounds, venues, rng),
        *_of_grids(grids, rng),
        *_of_compounds(compounds, rng),
        *_of_institutions(institutions, rng),
        *_joint(institutions, rng),
    )


def level_for(formal_members: int) -> str:
    """Usual level for a number of formal members: > 100 committee, > 50 general branch, else branch."""
    if formal_members > 100:
        return "committee"
    return "general_branch" if formal_members > 50 else "branch"


_LEVEL_NAMES = {
    "branch": "党支部",
    "joint_branch": "联合党支部",
    "general_branch": "党总支",
    "committee": "党委",
}


def _of_communities(
    compounds: Sequence[CompoundCounts], venues: Sequence[Venue], rng: np.random.Generator
) -> Iterator[Organisation]:
    for spec in SPECS:
        members = sum(c.formal_members for c in compounds if c.plot.community_code == spec.code)
        if spec.code == PLANTED_CODE:
            members = PLANTED_MEMBERS
        elif spec.form == "parcels":
            members = int(rng.integers(58, 92))
        at = next((venue.point for venue in venues if venue.community_code == spec.code), None)
        yield _organisation(spec.name, "community", spec.code, members, at, _lately(rng))


def _of_grids(grids: Sequence[OldGrid], rng: np.random.Generator) -> Iterator[Organisation]:
    """Every third grid in force has a branch; some were founded on paper only."""
    others = [grid for grid in grids if grid.community_code != PLANTED_CODE]
    for grid in others[::3]:
        on_paper = rng.random() < 0.25
        members = 0 if on_paper else int(rng.integers(3, 32))
        point = grid.shape.representative_point()
        yield _organisation(
            grid.name, "grid", grid.code, members, point, _long_ago(rng) if on_paper else _lately(rng)
        )


def _of_compounds(compounds: Sequence[CompoundCounts], rng: np.random.Generator) -> Iterator[Organisation]:
    """Branches of compounds, of their owners' committees and of the companies that manage them."""
    able = [c for c in compounds if c.formal_members >= 3 and c.plot.community_code != PLANTED_CODE]
    for c in able[::3]:
        point = c.plot.shape.representative_point()
        when = _lately(rng) if rng.random() < 0.75 else _long_ago(rng)
        yield _organisation(c.plot.name, "compound", c.plot.id, c.formal_members, point, when)
    for c in [c for c in able[1::3] if c.owners_committee][:5]:
        name, members = f"{c.plot.name}业委会", int(rng.integers(0, 6))
        yield _organisation(
            name, "owners_committee", c.plot.id, members, None, _lately(rng) if members else None
        )
    for company in sorted({c.property_company for c in compounds if c.property_company})[:4]:
        members = int(rng.integers(2, 11))
        yield _organisation(company, "property_company", company, members, None, _lately(rng))


def _of_institutions(institutions: Sequence[Institution], rng: np.random.Generator) -> Iterator[Organisation]:
    for institution in institutions:
        able = institution.formal_members >= 3 and rng.random() < 0.8
        on_paper = institution.formal_members < 3 and rng.random() < 0.08
        if able or on_paper:
            members = institution.formal_members if able else 0
            when = None if on_paper else (_lately(rng) if rng.random() < 0.8 else _long_ago(rng))
            yield _organisation(
                institution.name, "institution", institution.id, members, institution.point, when
            )


def _joint(institutions: Sequence[Institution], rng: np.random.Generator) -> Iterator[Organisation]:
    """Three joint branches of shops that have one or two members each, hosted by the first of them."""
    ready = []
    for spec in SPECS:
        small = [i for i in institutions if i.community_code == spec.code and 1 <= i.formal_members < 3]
        if spec.code != PLANTED_CODE and sum(i.formal_members for i in small) >= 3:
            ready.append((spec, small))
    for spec, group in ready[:3]:
        host = group[0]
        yield Organisation(
            name=f"{spec.stem}沿街商户联合党支部",
            level="joint_branch",
            formal_members=sum(i.formal_members for i in group),
            host_kind="institution",
            host_id=host.id,
            last_activity=_lately(rng),
            point=host.point,
        )


def _organisation(
    host_name: str, host_kind: str, host_id: str, members: int, point: Point | None, when: date | None
) -> Organisation:
    level = level_for(members)
    return Organisation(
        name=f"{host_name}{_LEVEL_NAMES[level]}",
        level=level,
        formal_members=members,
        host_kind=host_kind,
        host_id=host_id,
        last_activity=when,
        point=point,
    )


def _lately(rng: np.random.Generator) -> date:
    return date.fromisoformat(REFERENCE_DATE) - timedelta(days=int(rng.integers(2, 80)))


def _long_ago(rng: np.random.Generator) -> date:
    return date.fromisoformat(REFERENCE_DATE) - timedelta(days=int(rng.integers(220, 800)))
