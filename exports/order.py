"""An export as an order: from which project, what, how; filled here or in a worker process."""

import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from exports.choices import Progress, SheetChoices
from exports.errors import ChoiceError, WriteError
from exports.formats import check_choices, write_request
from exports.request import Request
from exports.small_counts import hide_small_counts
from exports.texts import Texts
from scenarios.store import read_attribution, read_layers, require_outcome

if TYPE_CHECKING:  # the command line starts without the engines
    from scenarios.branches.values import BranchPlan
    from scenarios.money.read import Services
    from scenarios.run import Lifeline


_WITH_SERVICES = frozenset({".xlsx", ".pptx"})
_WITH_BRANCHES = frozenset({".xlsx"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be written where; all of it can be sent to another process.

    Attributes
    ----------
    against
        Names of scenarios to compare with.
    """

    project: Path
    scenario: str
    to: Path
    texts: Texts
    crs: str | None = None
    date: dt.date | None = None
    sheet: SheetChoices = field(default_factory=SheetChoices)
    against: tuple[str, ...] = ()


def request_of(order: Order, progress: Progress | None = None) -> Request:
    """Read what the order needs from its project.

    Raises
    ------
    ChoiceError
        `compared_with_itself`.
    UnknownScenario
        `unknown_scenario`, or `no_plan_yet`.
    StoreError
        `cannot_read`.
    """
    if order.scenario in order.against:
        raise ChoiceError("compared_with_itself", scenario=order.scenario)
    progress, against = progress or Progress(), tuple(dict.fromkeys(order.against))
    request = Request(
        outcome=require_outcome(order.project, order.scenario),
        texts=order.texts,
        crs=order.crs,
        date=order.date,
        layers=read_layers(order.project).frames,
        sources=order.sheet.sources or read_attribution(order.project),
        sheet=order.sheet,
        others=tuple(require_outcome(order.project, name) for name in against),
        branches=_branches(order),
        services=_services(order, order.scenario),
        other_services=tuple(one for name in against if (one := _services(order, name)) is not None),
        on_step=progress.on_step,
        stop=progress.stop,
    )
    return hide_small_counts(request) if order.sheet.hide_small else request


def _branches(order: Order) -> "BranchPlan | None":
    """Read the proposal for party organisations for the formats that tell it."""
    if order.to.suffix.lower() not in _WITH_BRANCHES:
        return None
    from scenarios.branches.table import read_branches  # noqa: PLC0415 - brings engines that maps do without

    return read_branches(order.project, order.scenario)[1]


def _services(order: Order, scenario: str) -> "Services | None":
    """Read staff, venues and money of a scenario for the formats that tell them."""
    if order.to.suffix.lower() not in _WITH_SERVICES:
        return None
    from scenarios.money.read import read_services  # noqa: PLC0415 - brings engines that maps do without

    return read_services(order.project, scenario)


def fill(order: Order, progress: Progress | None = None) -> None:
    """Write the file.

    Raises
    ------
    WriteError
        `would_replace_project`, and all that `exports.formats.write_request` raises.
    """
    if order.to.resolve() == order.project.resolve():
        raise WriteError("would_replace_project", file=order.to.name)
    check_choices(order.to, order.sheet, crs=order.crs, compares=bool(order.against))
    write_request(request_of(order, progress), order.to)


def fill_in_worker(order: Order, lifeline: "Lifeline") -> None:
    """Write the file in a process that `scenarios.run.run_one` has started."""

    def tell(done: int, of: int) -> None:
        lifeline.tell(done / max(1, of))

    fill(order, Progress(on_step=tell, stop=lifeline.is_cut))


def name_file(order: Order) -> str:
    """Give the name that a downloaded file bears: project, scenario, extent."""
    parts = [order.project.stem, order.scenario, order.sheet.extent]
    if order.sheet.atlas != "none":
        parts.append("atlas")
    return "-".join(part for part in parts if part) + order.to.suffix
