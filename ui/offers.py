"""Alternatives of one community: worked out in the background, measured for the page, taken into the plan."""

import hashlib
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from scenarios import alternatives
from scenarios.assemble import assemble
from scenarios.outcome import Outcome
from scenarios.propose import Progress, Settings
from ui import workspace
from ui.jobs import Work, all_workers
from ui.moves import load_today
from ui.plans import Figures, measure_figures

_TIME_LIMIT_S = 30.0  # for each wish: somebody is waiting to compare


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One alternative: the wishes it is best under, and the community's plan, measured from its shapes.

    `token` differs between plans.
    """

    community: str
    presets: tuple[str, ...]
    outcome: Outcome
    figures: Figures
    found: alternatives.Alternative
    token: str

    @property
    def preset(self) -> str:
        """The first of the wishes, which no other alternative has."""
        return self.presets[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Offers:
    """The alternatives of a community, and why there are few of them, if there are."""

    plans: tuple[Offer, ...] = ()
    why_few: str = ""


def work_out(project: Path, settings: Settings, community: str) -> Work:
    """Give the work that finds the alternatives of a community; its answer are `Offers`."""
    workers, settings = all_workers(), replace(settings, time_limit_s=_TIME_LIMIT_S)

    def work(stop: Callable[[], bool], on_progress: Callable[[Progress], None]) -> Offers:
        found = alternatives.find(
            project, settings, community, stop=stop, on_progress=on_progress, workers=workers
        )
        return Offers(
            plans=tuple(_measure(project, settings, community, item) for item in found.plans),
            why_few=found.why_few,
        )

    return work


def take_offer(project: Path, scenario: str, offer: Offer, *, author: str = "") -> None:
    """Store an alternative as the community's plan."""
    alternatives.adopt(project, scenario, offer.found, author=author)


def _measure(project: Path, settings: Settings, community: str, found: alternatives.Alternative) -> Offer:
    stored = workspace.load_outcome(project, settings.scenario)
    if stored is None:
        raise LookupError("alternatives are offered only beside a plan")
    outcome = assemble(
        scenario=settings.scenario,
        cells=stored.cells[stored.cells["community_code"] == community].drop(columns="grid_code"),
        plan=found.plan,
        communities=stored.communities,
        summary={},
        rules=asdict(settings.rules),
    )
    plan = outcome.cells[["cell_id", "grid_code"]].to_csv(index=False)
    token = hashlib.sha256(plan.encode()).hexdigest()[:16]
    return Offer(
        community=community,
        presets=found.presets,
        outcome=outcome,
        figures=measure_figures(outcome, community, load_today(project, settings.scenario)),
        found=found,
        token=token,
    )
