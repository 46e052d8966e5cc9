"""What a visitor has asked of centres: one question for a scenario, until it is adopted."""

from dataclasses import dataclass, replace

from scenarios.venues.settings import VenueSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class CentresChoice:
    """A question about centres, and the scenario it was asked of.

    `alone` shows the walks of the marked venue only, not of all that are open.
    """

    scenario: str
    settings: VenueSettings
    alone: bool = False


FORCES = ("free", "in", "out")
"""What a planner may say of one venue: left to the model, open in any case, closed in any case."""


def force_of(settings: VenueSettings, venue: str) -> str:
    """Tell what the planner has said of a venue."""
    if venue in settings.opened:
        return "in"
    return "out" if venue in settings.closed else "free"


def forcing(settings: VenueSettings, venue: str, force: str) -> VenueSettings:
    """Give the question in which a venue is forced in or out, or left to the model."""
    opened = tuple(one for one in settings.opened if one != venue)
    closed = tuple(one for one in settings.closed if one != venue)
    if force == "in":
        opened = (*opened, venue)
    elif force == "out":
        closed = (*closed, venue)
    return replace(settings, opened=opened, closed=closed)


def next_force(force: str) -> str:
    """Give what a further click on a marked venue says of it."""
    return FORCES[(FORCES.index(force) + 1) % len(FORCES)]
