"""What travels through the package: organisations that exist, places with decisions, the whole plan."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from scenarios.rules import WorkRules

Kind = Literal["grid", "compound", "property_company", "owners_committee", "institution"]
Decision = Literal["own", "joint", "joins", "not_yet"]
KINDS: tuple[Kind, ...] = ("grid", "compound", "property_company", "owners_committee", "institution")


@dataclass(frozen=True, slots=True, kw_only=True)
class Because:
    """One reason: its code, the rule it follows from (a name of `scenarios.rules.RULES`), and numbers."""

    code: str
    rule: str | None = None
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class BranchSettings:
    """What is asked: the rules, and the day from which recent activity is counted back.

    Without a day it is the latest activity on record: the counts are of about that time, whenever they are
    looked at.
    """

    rules: WorkRules = field(default_factory=WorkRules)
    as_of: dt.date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """An organisation that exists.

    Attributes
    ----------
    host
        (kind, id) of the place it belongs to, as the data say; `host_kind` may also be `community`.
    place
        Id of that place in the plan, None where there is none.
    effective
        Enough members and recent activity; None where that cannot be told from the data.
    formal
        Why it is an organisation on paper only, or why that cannot be told.
    advice
        What its number of members asks for.
    """

    id: str
    name: str
    level: str | None
    formal_members: int | None
    host: tuple[str, str]
    community_code: str | None
    place: str | None = None
    effective: bool | None = None
    last_activity: dt.date | None = None
    formal: tuple[Because, ...] = ()
    advice: tuple[Because, ...] = ()
    at: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place where a branch may be set up.

    Attributes
    ----------
    id
        Unique in the plan: that of the data, with the kind before it where two kinds share one.
    formal_members
        None where they have not been counted.
    at
        Metres east and north; None for a place without one.
    decision, reasons, organisation
        What is proposed, why, and the id of the organisation it has or shares, None without.
    lacking, lacking_committee
        Members that it lacks to found a branch and, having enough for that, to elect a committee.
    agreement
        Whether there is an agreement on co-building; of institutions only, None where it is not known.
    """

    id: str
    kind: Kind
    source_id: str
    name: str
    community_code: str | None
    grid_code: str | None
    formal_members: int | None
    sector: str | None = None
    at: tuple[float, float] | None = None
    operating: bool = True
    agreement: bool | None = None
    decision: Decision = "not_yet"
    reasons: tuple[Because, ...] = ()
    organisation: str | None = None
    lacking: int | None = None
    lacking_committee: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """An organisation of the plan, existing or proposed, with the places it is for.

    `max_distance_m` is the longest way between two of them; None where no way was found between some.
    """

    id: str
    name: str
    level: str | None
    formal_members: int | None
    places: tuple[str, ...]
    max_distance_m: int | None
    status: Literal["existing", "proposed"]
    effective: bool | None = None
    formal: tuple[Because, ...] = ()
    advice: tuple[Because, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageRow:
    """Institutions of one community, line of work or grid, or all, counted by what reaches them.

    Attributes
    ----------
    scope, key
        `all`, `community`, `sector` or `grid`; which one, empty for all and for what has no such.
    operating
        Institutions at work: those with staff, or whose staff is not recorded.
    own_today, joint_today, effective_today
        Institutions with an organisation of their own, in a joint one, and with one that is effective, today.
    own, joint
        The same under the proposal.
    without
        Institutions with neither under the proposal.
    worked
        Of those without: in touch by an agreement on co-building, or joining an organisation nearby.
    unknown
        Of those without: not known to be in touch, because agreements are not recorded.
    uncounted
        Institutions whose members have not been counted.
    worked_today, unknown_today
        Of those with neither today: in touch by an agreement, and not known to be.
    unjudged
        Of those with an organisation today: not known whether it is effective.
    recorded
        Whether there is a layer of organisations: without it nothing is known of today.
    """

    scope: Literal["all", "community", "sector", "grid"]
    key: str
    operating: int
    own_today: int
    joint_today: int
    effective_today: int
    own: int
    joint: int
    without: int
    worked: int
    unknown: int
    uncounted: int
    worked_today: int = 0
    unknown_today: int = 0
    unjudged: int = 0
    recorded: bool = True

    @property
    def covered_today(self) -> int:
        """Institutions with an organisation of their own or a joint one, today."""
        return self.own_today + self.joint_today

    @property
    def without_today(self) -> int:
        """Institutions with neither, today: what work coverage is counted among."""
        return self.operating - self.covered_today

    @property
    def work_today(self) -> float | None:
        """Share in touch among those without, today; None where nothing is known of any of them."""
        known = self.recorded and self.without_today > self.unknown_today
        return self.worked_today / self.without_today if self.without_today and known else None

    @property
    def organisational_today(self) -> float | None:
        """Share with an organisation of their own or a joint one, today; None where nothing is known."""
        return self.covered_today / self.operating if self.operating and self.recorded else None

    @property
    def effective_share(self) -> float | None:
        """Share whose organisation is effective, today; None where it is known of no organisation."""
        known = self.recorded and (self.covered_today == 0 or self.unjudged < self.covered_today)
        return self.effective_today / self.operating if self.operating and known else None

    @property
    def organisational(self) -> float | None:
        """Share with an organisation of their own or a joint one, under the proposal."""
        return (self.own + self.joint) / self.operating if self.operating else None

    @property
    def work(self) -> float | None:
        """Share in touch among those without; None where nothing is known of any of them."""
        known = self.without - self.unknown
        return self.worked / self.without if self.without and known else None


@dataclass(frozen=True, slots=True, kw_only=True)
class StageBound:
    """One goal of the joint branches: what the plan has, what none can go below, whether that is settled."""

    name: str
    objective: int
    lower_bound: int
    gap: float
    proven: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BranchPlan:
    """The answer: every place with its decision, every organisation, coverage, and how good it is.

    Attributes
    ----------
    ground
        Tells apart the layers and grids that it is about; empty where nobody asked.
    measured, reached
        Whether distances were walked along streets or are straight lines, and how many places reached a
        street (`street`), only through a wall (`no_gate`), or none (`straight`).
    """

    scenario: str
    settings: BranchSettings
    as_of: dt.date | None
    places: tuple[Place, ...]
    bodies: tuple[Body, ...]
    coverage: tuple[CoverageRow, ...]
    stages: tuple[StageBound, ...]
    runtime_s: float
    ground: str = ""
    measured: Literal["street", "straight"] = "straight"
    reached: Mapping[str, int] = field(default_factory=dict)

    @property
    def proven(self) -> bool:
        """Whether no other grouping is better."""
        return all(stage.proven for stage in self.stages)
