"""What is known of the staff of a community, a grid and the whole sub-district."""

from dataclasses import dataclass

from scenarios.rules import WorkRules
from scenarios.staff.tasks import Task


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What one worker has to look after; None where the workers or the thing have not been counted.

    Attributes
    ----------
    households, institutions, tasks
        For each worker in place; tasks are those of the data and the admitted ones of the register.
    hours
        A year for the admitted tasks of the register.
    hours_share
        The same as a share of a worker's year.
    households_per_grid_worker
        For each grid worker in place.
    """

    households: float | None
    institutions: float | None
    tasks: float | None
    hours: float | None
    hours_share: float | None
    households_per_grid_worker: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CommunityStaff:
    """Staff of one community; counts that nobody gave are None.

    Attributes
    ----------
    by_residents, by_grids, needed
        Workers that the two rules ask for, and the larger of the two: grid workers are among the community
        workers.
    posts, filled, vacant
        Approved, in place, and approved without anyone in place.
    short
        Needed, but not in place.
    grid_workers, grid_workers_short
        In place, and lacking for the number of grids.
    tasks
        Of the data.
    admitted, refused, undecided, hours
        Of the register, and the hours a year of what is admitted.
    """

    code: str
    name: str
    households: int
    residents: int
    institutions: int
    n_grids: int
    by_residents: int
    by_grids: int
    needed: int
    posts: int | None
    filled: int | None
    vacant: int | None
    short: int | None
    grid_workers: int | None
    grid_workers_short: int | None
    volunteers: int | None
    tasks: int | None
    admitted: int
    refused: int
    undecided: int
    hours: int
    load: Load


@dataclass(frozen=True, slots=True, kw_only=True)
class GridStaff:
    """What one grid asks of its workers; `code` is None for ground outside all grids.

    Attributes
    ----------
    needed
        Grid workers that the rule asks for.
    households_each, institutions_each
        For each of these; None outside all grids.
    hours
        Its share, by households, of the hours of the community's admitted tasks.
    """

    code: str | None
    name: str
    community_code: str
    households: int
    residents: int
    institutions: int
    needed: int
    households_each: float | None
    institutions_each: float | None
    hours: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Staffing:
    """The staff of a scenario.

    `total` adds up what is given; `unknown` counts the communities whose workers nobody gave, which are in
    the total with their people and needs but not in its posts and loads.
    """

    scenario: str
    rules: WorkRules
    communities: tuple[CommunityStaff, ...]
    grids: tuple[GridStaff, ...]
    total: CommunityStaff
    unknown: int
    tasks: tuple[Task, ...]
