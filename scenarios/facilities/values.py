"""What is known of venues, of the communities they serve and of the whole sub-district."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from scenarios.facilities.checklist import Function
from scenarios.rules import WorkRules

Service = Literal["open", "opens", "closes", "possible"]
"""There today and staying; to be opened or closed by the scenario's proposal; only a possible site."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VenueFacts:
    """One venue; what its data do not say is None.

    Attributes
    ----------
    functions
        Names on the checklist that it has.
    other
        What it says of itself that is not on the checklist.
    missing
        Names that a venue of its area is asked to have and it has not.
    """

    id: str
    name: str
    service: Service
    community_code: str | None
    area_m2: float | None
    activity_m2: float | None
    functions: tuple[str, ...] | None
    other: tuple[str, ...]
    missing: tuple[str, ...] | None
    windows: int | None
    services: tuple[str, ...] | None
    hours: str | None
    staff: int | None
    cost_build: float | None
    cost_year: float | None

    @property
    def in_service(self) -> bool:
        """Whether it counts."""
        return self.service in ("open", "opens")


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """One thing that a community lacks, or that its data do not tell.

    Attributes
    ----------
    by
        How much of what is asked for is lacking, 0 to 1; 0 where that is not known.
    """

    code: str
    community_code: str
    known: bool
    rule: str | None = None
    by: float = 0.0
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class CommunityFacilities:
    """The venues of one community against what its households ask for.

    Attributes
    ----------
    venues, without_area
        Venues in service, and those of them whose area nobody gave.
    area_m2
        Of those that have one; None where there are venues but no area is given, or the project holds none.
    needed_m2, short_m2
        Asked for by the rule, and lacking; None where the area is not wholly known and may be enough.
    activity_m2, activity_needed_m2, activity_short_m2, activity_share
        The same for the activity area, and its share of the area of the venues that tell both.
    functions, missing
        Names on the checklist that it has, and those that its area asks for and it has not; None where no
        venue says anything of its functions.
    windows, staff
        Added up; None where no venue says.
    gaps
        What is lacking, the largest first, then what is not known.
    """

    code: str
    name: str
    households: int
    venues: tuple[str, ...]
    without_area: int
    area_m2: float | None
    needed_m2: float
    short_m2: float | None
    activity_m2: float | None
    activity_needed_m2: float
    activity_short_m2: float | None
    activity_share: float | None
    functions: tuple[str, ...] | None
    missing: tuple[str, ...] | None
    windows: int | None
    staff: int | None
    gaps: tuple[Gap, ...]

    @property
    def area_met(self) -> bool | None:
        """Whether the area is enough; None where that is not known."""
        return None if self.short_m2 is None else self.short_m2 <= 0

    @property
    def area_met_functions_short(self) -> bool:
        """Whether there is room enough, but functions are missing."""
        return bool(self.area_met and self.missing)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facilities:
    """The venues of a scenario and its communities.

    `total` adds up the communities; what one has too much does not make up for what another lacks. Venues
    outside all communities are in `venues` alone.
    """

    scenario: str
    rules: WorkRules
    checklist: tuple[Function, ...]
    venues: tuple[VenueFacts, ...]
    communities: tuple[CommunityFacilities, ...]
    total: CommunityFacilities
