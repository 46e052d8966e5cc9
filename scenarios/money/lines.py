"""The five lines of the budget and what each is made of: one entry an item, with the unit cost it follows."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

Line = Literal["operations", "organisation", "service_fund", "facilities", "technology"]
Unit = Literal["person", "community", "grid", "organisation", "member", "m2"]

LINES: tuple[Line, ...] = ("operations", "organisation", "service_fund", "facilities", "technology")


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One item.

    Attributes
    ----------
    unit, rule
        What is counted, and the name of what one of it costs.
    once
        Paid once and not every year.
    of_grid
        Every grid has its own; what belongs to the community is shared among its grids by households.
    """

    name: str
    line: Line
    unit: Unit
    rule: str
    once: bool = False
    of_grid: bool = False


_ITEMS = (
    Item(name="pay", line="operations", unit="person", rule="pay_worker_yuan"),
    Item(name="office", line="operations", unit="community", rule="office_community_yuan"),
    Item(name="grid_work", line="operations", unit="grid", rule="office_grid_yuan", of_grid=True),
    Item(name="organisations", line="organisation", unit="organisation", rule="organisation_yuan"),
    Item(name="members", line="organisation", unit="member", rule="member_yuan"),
    Item(name="service_fund", line="service_fund", unit="community", rule="service_fund_yuan"),
    Item(name="running", line="facilities", unit="m2", rule="venue_running_m2_yuan"),
    Item(name="building", line="facilities", unit="m2", rule="venue_build_m2_yuan", once=True),
    Item(name="systems", line="technology", unit="community", rule="technology_community_yuan"),
    Item(name="terminals", line="technology", unit="grid", rule="technology_grid_yuan", of_grid=True),
)

ITEMS: Mapping[str, Item] = MappingProxyType({item.name: item for item in _ITEMS})
"""Name → item, in the order in which they are shown."""

BUDGET_COLUMNS: Mapping[Line, tuple[str, ...]] = MappingProxyType(
    {
        "operations": ("budget_personnel", "budget_operations"),
        "organisation": ("budget_activities",),
        "service_fund": ("budget_services",),
        "facilities": ("budget_venues",),
        "technology": ("budget_technology",),
    }
)
"""Line → the columns of `community_facts` that hold what it has today; it is known where all of them are."""
