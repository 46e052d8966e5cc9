"""What to ask of venues: a model, how many or for how much, and what is fixed."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from types import MappingProxyType
from typing import Any

from optimize.venues.models import MODELS
from scenarios.errors import RuleError
from scenarios.venues.demand import WEIGHTS


@dataclass(frozen=True, slots=True, kw_only=True)
class VenueSettings:
    """A question about venues.

    Attributes
    ----------
    model
        One of `optimize.venues.models.MODELS`.
    n_open
        Open venues in all, existing ones that stay included; None where the budget decides.
    budget
        Yuan for new venues; None for no limit.
    reach_m
        Walking distance within which people count as served; None for ten minutes by the scenario's rules.
    weight
        Whom to count, one of `WEIGHTS`.
    keep_existing
        Whether existing venues stay open; else they may close.
    land_uses
        Land uses on which new venues may open; empty for all.
    opened, closed
        Ids of venues that the planner has forced in or out.
    share
        Share of the people who have to be within `reach_m`, 0 to 1: a condition of every model; 0 asks for
        nothing, and of `lscp` for everyone.
    residents_per_place
        Residents for whom one place of a venue's capacity is enough (30, ours); only where rooms are limited.
    colocation_m
        Metres of walking that everybody in reach of a new venue is credited with where it stands beside a
        public institution, as one way then does for two errands; only for `p_median`.
    """

    model: str = "p_median"
    n_open: int | None = None
    budget: float | None = None
    reach_m: float | None = None
    weight: str = "residents"
    keep_existing: bool = True
    land_uses: tuple[str, ...] = ()
    opened: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()
    share: float = 0.0
    residents_per_place: float = 30.0
    colocation_m: float = 0.0


ONLY_FOR: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "n_open": tuple(name for name in MODELS if name != "lscp"),
        "colocation_m": ("p_median",),
    }
)
"""Setting → the models that it means something to; elsewhere it is left as it is by default."""


def for_model(settings: VenueSettings) -> VenueSettings:
    """Give the settings without what means nothing to their model."""
    return replace(settings, **{name: getattr(VenueSettings(), name) for name in _strangers(settings)})


def _strangers(settings: VenueSettings) -> list[str]:
    plain = VenueSettings()
    return [
        name
        for name, models in ONLY_FOR.items()
        if settings.model not in models and getattr(settings, name) != getattr(plain, name)
    ]


def check_settings(settings: VenueSettings) -> None:
    """Refuse what cannot be asked.

    Raises
    ------
    RuleError
        `unknown_venue_model`, `unknown_venue_weight`, `venue_setting_out_of_range`,
        `venue_setting_not_for_model`, `venue_forced_both_ways`.
    """
    if settings.model not in MODELS:
        raise RuleError("unknown_venue_model", model=settings.model, known=list(MODELS))
    if settings.weight not in WEIGHTS:
        raise RuleError("unknown_venue_weight", weight=settings.weight, known=list(WEIGHTS))
    limits: Mapping[str, tuple[float | None, float, float]] = {
        "n_open": (settings.n_open, 1, 10_000),
        "budget": (settings.budget, 0, 1e12),
        "reach_m": (settings.reach_m, 1, 20_000),
        "share": (settings.share, 0, 1),
        "colocation_m": (settings.colocation_m, 0, 5000),
        "residents_per_place": (settings.residents_per_place, 0.01, 100_000),
    }
    for name, (value, low, high) in limits.items():
        if value is not None and not low <= value <= high:
            raise RuleError("venue_setting_out_of_range", setting=name, value=value, low=low, high=high)
    for name in _strangers(settings):
        raise RuleError(
            "venue_setting_not_for_model", setting=name, model=settings.model, known=list(ONLY_FOR[name])
        )
    both = sorted(set(settings.opened) & set(settings.closed))
    if both:
        raise RuleError("venue_forced_both_ways", venues=both)


def to_document(settings: VenueSettings) -> dict[str, Any]:
    """Give the settings as plain values."""
    return asdict(settings)


def from_document(document: Mapping[str, Any]) -> VenueSettings:
    """Read settings from plain values; unknown names are left out, lists become tuples."""
    known = VenueSettings.__dataclass_fields__
    values: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in document.items()
        if name in known
    }
    return VenueSettings(**values)
