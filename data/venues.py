"""Venues: the service centre, the stations of the communities, and candidate sites."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from shapely.geometry import LinearRing, Point

from data.blocks import Town
from data.estates import Plot
from data.institutions import fronts
from data.specs import SPECS


@dataclass(frozen=True, slots=True, kw_only=True)
class Venue:
    """A service centre, existing or candidate; costs in yuan."""

    name: str
    status: str
    area_m2: float
    activity_m2: float | None
    capacity: int
    windows: int
    functions: str
    services: str | None
    hours: str | None
    staff: int | None
    cost_build: float
    cost_year: float
    land_use: str
    community_code: str
    point: Point


_SERVICES = (
    "政务服务",
    "党员教育",
    "居家养老",
    "日间照料",
    "儿童托管",
    "文体活动",
    "法律咨询",
    "户外劳动者驿站",
)
_WINDOW_SERVICES = ("社保医保", "民政救助", "居住证办理", "老年优待", "退役军人服务", "就业登记")
_HOURS = ("周一至周五 08:30-17:30", "周一至周日 08:30-20:30", "周一至周六 09:00-18:00", None)
_LAND_USES = ("社区服务设施", "住宅底商", "商业", "闲置厂房", "公园配套", "行政办公")
_WITHOUT_STATION = {"999001001009", "999001001003", "999001001012"}
"""Communities that grew after the stations were built: these have none yet."""


def place_venues(plots: Sequence[Plot], town: Town, rng: np.random.Generator) -> tuple[Venue, ...]:
    """One centre for the whole sub-district, a station in most communities, and a candidate in each."""
    middle = "999001001002"
    venues = [_venue("示范街道党群服务中心", middle, (1150, 1300), 4, fronts(middle, plots, town), rng)]
    stations = [spec for spec in SPECS if spec.code not in _WITHOUT_STATION]
    venues += [
        _venue(f"{s.name}党群服务站", s.code, (180, 620), 2, fronts(s.code, plots, town), rng)
        for s in stations
    ]
    venues += [
        _venue(f"{s.stem}拟设服务点", s.code, (120, 700), 0, fronts(s.code, plots, town), rng) for s in SPECS
    ]
    return tuple(venues)


def _venue(
    name: str,
    code: str,
    area: tuple[int, int],
    windows: int,
    kerbs: list[LinearRing],
    rng: np.random.Generator,
) -> Venue:
    """Put a venue at a kerb of its community; without windows it is a candidate."""
    ring = kerbs[int(rng.integers(len(kerbs)))]
    area_m2 = float(rng.integers(area[0] // 10, area[1] // 10) * 10)
    picked = sorted(rng.choice(len(_SERVICES), size=4 if area_m2 > 350 else 3, replace=False).tolist())
    candidate = windows == 0
    return Venue(
        name=name,
        status="candidate" if candidate else "existing",
        area_m2=area_m2,
        activity_m2=None if candidate else _activity(area_m2),
        capacity=int(area_m2 // 2.5),
        windows=max(1, int(area_m2 // 200)) if candidate else windows,
        functions="、".join(_SERVICES[service] for service in picked),
        services=None if candidate else "、".join(_WINDOW_SERVICES[: 2 + windows // 2 + picked[0] % 2]),
        hours=None if candidate else _HOURS[picked[-1] % len(_HOURS)],
        staff=None if candidate else windows + int(area_m2 // 250),
        cost_build=round(area_m2 * 1800, -4) if candidate else 0.0,
        cost_year=round(60_000 + area_m2 * 260, -3),
        land_use=_LAND_USES[int(rng.integers(len(_LAND_USES)))] if candidate else _LAND_USES[0],
        community_code=code,
        point=ring.interpolate(rng.random(), normalized=True),
    )


def _activity(area_m2: float) -> float | None:
    """Give the part of an area that is for activities; some were never measured.

    It follows from the area alone, so that nothing else of the town depends on it.
    """
    return None if area_m2 % 90 == 0 else round(area_m2 * (0.4 + area_m2 % 7 * 0.05), -1)
