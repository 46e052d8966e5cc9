"""Institutions on the ground, at their sites and along the streets."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from shapely.geometry import LinearRing, Point, Polygon

from data.blocks import Town
from data.estates import Plot, Site
from data.specs import SPECS, CommunitySpec, Use

_KERB_M = 2.0
_FLOOR_M = 8.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Institution:
    """An enterprise, school, hospital … with its staff and formal members as counts."""

    id: str
    name: str
    kind: str
    sector: str
    staff: int
    formal_members: int
    community_code: str
    cobuild: bool
    point: Point


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kind:
    """What an institution of one sort is called and how big it usually is."""

    kind: str
    sector: str
    names: tuple[str, ...]
    staff: tuple[int, int]
    member_share: float


_ON_SITES: dict[Use, tuple[_Kind, ...]] = {
    "school": (_Kind(kind="school", sector="教育", names=("第一中学", "东风小学", "实验学校", "向阳小学"),
                     staff=(95, 235), member_share=0.3),),
    "hospital": (_Kind(kind="hospital", sector="卫生", names=("人民医院", "中医院"), staff=(320, 640),
                       member_share=0.17),),
    "market": (_Kind(kind="market", sector="商贸", names=("农贸市场", "综合市场"), staff=(70, 150),
                     member_share=0.04),),
    "works": (
        _Kind(kind="enterprise", sector="制造", names=("纺织有限公司", "机械有限公司", "食品有限公司"),
              staff=(210, 480), member_share=0.07),
        _Kind(kind="enterprise", sector="物流", names=("物流有限公司", "冷链有限公司", "快运有限公司"),
              staff=(40, 120), member_share=0.05),
    ),
    "office": (
        _Kind(kind="park", sector="商务", names=("商务大厦", "创新产业园"),
          staff=(180, 320), member_share=0.05),
        _Kind(kind="enterprise", sector="信息", names=("软件有限公司", "数据有限公司"), staff=(30, 90),
              member_share=0.08),
        _Kind(kind="enterprise", sector="法律", names=("律师事务所", "会计师事务所"), staff=(12, 40),
              member_share=0.12),
    ),
    "park": (),
}  # fmt: skip
_ALONG_STREETS = (
    _Kind(kind="school", sector="教育", names=("幼儿园", "第二幼儿园"), staff=(18, 45), member_share=0.12),
    _Kind(kind="hospital", sector="卫生", names=("社区卫生服务站", "口腔门诊部"),
          staff=(8, 26), member_share=0.15),
    _Kind(kind="market", sector="商贸", names=("生鲜超市", "便民超市"), staff=(10, 35), member_share=0.03),
    _Kind(kind="enterprise", sector="餐饮", names=("饭庄", "面馆", "茶餐厅"),
          staff=(6, 28), member_share=0.03),
    _Kind(kind="enterprise", sector="物流", names=("快递服务站", "同城配送站"),
          staff=(8, 32), member_share=0.05),
    _Kind(kind="enterprise", sector="建筑", names=("装饰工程有限公司", "建材商行"),
          staff=(8, 40), member_share=0.05),
    _Kind(kind="social_organisation", sector="社会服务", names=("社会工作服务中心", "助老服务社"),
          staff=(4, 18), member_share=0.2),
    _Kind(kind="government", sector="机关", names=("市场监管所", "司法所", "税务分局", "派出所", "房管所"),
          staff=(14, 60), member_share=0.5),
)  # fmt: skip


def place_institutions(
    plots: Sequence[Plot], sites: Sequence[Site], town: Town, rng: np.random.Generator
) -> tuple[Institution, ...]:
    """Put institutions on their sites and along the streets of every community."""
    found: list[Institution] = []
    taken: set[str] = set()
    for spec in SPECS:
        for kind, point in (*_site_kinds(spec, sites, rng), *_street_kinds(spec, plots, town, rng)):
            name = _free_name(spec, kind, taken)
            staff = int(rng.integers(kind.staff[0], kind.staff[1] + 1))
            found.append(
                Institution(
                    id=f"DW{len(found) + 1:03d}",
                    name=name,
                    kind=kind.kind,
                    sector=kind.sector,
                    staff=staff,
                    formal_members=int(rng.binomial(staff, kind.member_share)),
                    community_code=spec.code,
                    cobuild=bool(rng.random() < 0.45),
                    point=point,
                )
            )
    return tuple(found)


def _free_name(spec: CommunitySpec, kind: _Kind, taken: set[str]) -> str:
    """First name of this sort that the community has not used, counted on where all are used."""
    plain = [f"{spec.stem}{name}" for name in kind.names]
    counted = (f"{plain[-1]}{number}部" for number in range(2, 99))
    name = next(name for name in (*plain, *counted) if name not in taken)
    taken.add(name)
    return name


def _site_kinds(
    spec: CommunitySpec, sites: Sequence[Site], rng: np.random.Generator
) -> Iterator[tuple[_Kind, Point]]:
    for site in (site for site in sites if site.community_code == spec.code):
        kinds = _ON_SITES[site.use]
        for kind in kinds:
            yield kind, site.shape.centroid if kind is kinds[0] else _inside(site.shape, rng)


def _street_kinds(
    spec: CommunitySpec, plots: Sequence[Plot], town: Town, rng: np.random.Generator
) -> Iterator[tuple[_Kind, Point]]:
    """One of every sort that a community may have, at the kerb in front of its compounds."""
    rings = fronts(spec.code, plots, town)
    for kind_idx in sorted(rng.choice(len(_ALONG_STREETS), size=6, replace=False).tolist()):
        ring = rings[int(rng.integers(len(rings)))]
        yield _ALONG_STREETS[kind_idx], ring.interpolate(rng.random(), normalized=True)


def fronts(code: str, plots: Sequence[Plot], town: Town) -> list[LinearRing]:
    """Give the kerbs of a community: in front of its compounds, or well inside its parcels."""
    shapes = [plot.shape.buffer(_KERB_M) for plot in plots if plot.community_code == code]
    shapes = shapes or [block.shape.buffer(-_FLOOR_M) for block in town.blocks_of(code)]
    return [shape.exterior for shape in shapes if shape.geom_type == "Polygon" and not shape.is_empty]


def _inside(shape: Polygon, rng: np.random.Generator) -> Point:
    """Find a point well inside the shape by throwing points at its box."""
    west, south, east, north = shape.bounds
    inner = shape.buffer(-10.0)
    while True:
        point = Point(rng.uniform(west, east), rng.uniform(south, north))
        if inner.contains(point):
            return point
