"""What the synthetic sub-district is made of: twelve communities, each with its form and its size."""

from dataclasses import dataclass
from typing import Literal

Form = Literal["estates", "courtyards", "village", "terraces", "parcels", "points"]
Use = Literal["school", "hospital", "market", "works", "park", "office"]

STREET_NAME = "示范街道（合成数据）"
COUNTY = "999001"
"""First six digits of every code: an invented county, so that no code can be taken for a real one."""

REFERENCE_DATE = "2026-09-30"
"""The day the counts are said to be taken; activity dates lie before it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommunitySpec:
    """One community: where it lies, how it is given and how big it is.

    Attributes
    ----------
    anchor
        A point inside its face of the main-road network, metres, before the town is turned.
    form
        `estates`: walled compounds with buildings; `courtyards`: many very small old compounds;
        `village`: older terraces and two villages in town; `parcels`: an old quarter known by parcels only;
        `points`: an area under resettlement whose compounds are known as points only.
    households
        Aim for the sum; what the buildings come to differs by a few percent.
    compounds
        Number of compounds (of parcels, where the form is `parcels`).
    block_m2
        Aimed size of a street block.
    uses
        What the blocks without dwellings hold.
    """

    code: str
    name: str
    anchor: tuple[float, float]
    form: Form
    households: int
    compounds: int
    block_m2: float
    uses: tuple[Use, ...] = ()

    @property
    def stem(self) -> str:
        """The name without its ending 社区."""
        return self.name.removesuffix("社区")


def _spec(
    number: int,
    stem: str,
    anchor: tuple[float, float],
    form: Form,
    size: tuple[int, int, float],
    uses: tuple[Use, ...],
) -> CommunitySpec:
    households, compounds, block_m2 = size
    return CommunitySpec(
        code=f"{COUNTY}001{number:03d}", name=f"{stem}社区", anchor=anchor, form=form,
        households=households, compounds=compounds, block_m2=block_m2, uses=uses,
    )  # fmt: skip


PLANTED_CODE = f"{COUNTY}001005"
"""The planted case: 17 small compounds, 800-odd residents, and a branch with six formal members."""

SPECS: tuple[CommunitySpec, ...] = (
    _spec(1, "听松", (280, 1270), "estates", (1900, 6, 34000), ("school",)),
    _spec(2, "映月", (860, 1270), "estates", (2200, 7, 36000), ("school", "office")),
    _spec(3, "星桥", (1600, 1270), "estates", (2400, 9, 44000), ("works", "hospital")),
    _spec(4, "老街口", (280, 890), "parcels", (1720, 34, 3700), ()),
    _spec(5, "钟巷", (830, 890), "courtyards", (335, 17, 19000), ("hospital", "market", "park")),
    _spec(6, "柳岸", (1550, 900), "estates", (1750, 7, 30000), ("park",)),
    _spec(7, "竹里", (280, 610), "estates", (1330, 5, 26000), ()),
    _spec(8, "荷风", (830, 610), "estates", (1400, 5, 26000), ("market",)),
    _spec(9, "新禾", (1550, 620), "points", (1900, 11, 30000), ()),
    _spec(10, "稻香", (350, 240), "village", (2200, 7, 45000), ("works",)),
    _spec(11, "晴波", (1050, 240), "estates", (2150, 7, 40000), ("school", "park")),
    _spec(12, "麦香", (1700, 240), "village", (2150, 6, 43000), ("works",)),
)
