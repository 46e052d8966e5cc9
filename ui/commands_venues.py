"""The command that proposes where service centres should stand."""

from typing import TYPE_CHECKING, Annotated

import typer

from ui.commands import RULES_BROKEN, SYSTEM_LANGUAGE, Json, Language, Project, Scenario, print_json, reported
from ui.console import print_line
from ui.texts.catalog import Texts

if TYPE_CHECKING:  # the command line starts without it
    from scenarios.venues.plan import VenuePlan

commands = typer.Typer()


@commands.command()
def venues(  # noqa: PLR0913, PLR0917 - a command has as many arguments as it has options
    project: Project,
    scenario: Scenario = "base",
    model: Annotated[str, typer.Option(help="p_median, mclp, lscp, p_centre or capacitated")] = "p_median",
    n_open: Annotated[int | None, typer.Option("--open", help="open venues in all; not for lscp")] = None,
    budget: Annotated[float | None, typer.Option(help="yuan for new venues")] = None,
    reach: Annotated[float | None, typer.Option(help="metres within which people count as served")] = None,
    weight: Annotated[str, typer.Option(help="residents, elderly or households")] = "residents",
    share: Annotated[
        float, typer.Option(help="share of the people who have to be within reach, 0 to 1")
    ] = 0.0,
    may_close: Annotated[bool, typer.Option("--may-close", help="existing venues may close")] = False,
    land_use: Annotated[
        list[str] | None, typer.Option(help="where new venues may open; may be repeated")
    ] = None,
    force: Annotated[list[str] | None, typer.Option(help="ID: open in any case; may be repeated")] = None,
    forbid: Annotated[list[str] | None, typer.Option(help="ID: closed in any case; may be repeated")] = None,
    colocation: Annotated[
        float,
        typer.Option(
            help="for p_median: metres credited to people near a new venue beside a public institution"
        ),
    ] = 0.0,
    residents_per_place: Annotated[float, typer.Option(help="for capacitated")] = 30.0,
    time_limit: Annotated[float, typer.Option(min=0, help="seconds")] = 60.0,
    seed: Annotated[int, typer.Option(min=0, max=2**32 - 1, help="same seed, same plan")] = 1,
    as_json: Json = False,
    lang: Language = SYSTEM_LANGUAGE,
) -> None:
    """Propose where service centres should stand, and store the answer."""
    from optimize.stop import TimeLimit  # noqa: PLC0415 - keeps `--help` fast
    from scenarios.venues.plan import plan_document  # noqa: PLC0415 - same
    from scenarios.venues.propose import propose_venues  # noqa: PLC0415 - same
    from scenarios.venues.settings import VenueSettings  # noqa: PLC0415 - same

    texts = Texts(lang)
    with reported(texts, as_json=as_json):
        settings = VenueSettings(
            model=model,
            n_open=n_open,
            budget=budget,
            reach_m=reach,
            weight=weight,
            keep_existing=not may_close,
            land_uses=tuple(land_use or ()),
            opened=tuple(force or ()),
            closed=tuple(forbid or ()),
            share=share,
            residents_per_place=residents_per_place,
            colocation_m=colocation,
        )
        plan = propose_venues(project, settings, scenario=scenario, stop=TimeLimit(time_limit), seed=seed)
    if as_json:
        print_json({"scenario": scenario} | plan_document(plan))
    else:
        _print_plan(plan, texts)
    if plan.certificate["status"] == "none":
        raise typer.Exit(RULES_BROKEN)


def _print_plan(plan: "VenuePlan", texts: Texts) -> None:
    for reason in plan.certificate["reasons"]:
        print_line(texts(f"reasons.{reason['code']}", **{name: reason[name] for name in reason}))
    if plan.certificate["status"] == "none":
        return
    for row in plan.venues[plan.venues["open"]].to_dict("records"):
        facts = {"id": row["id"], "name": row["name"] or "", "people": row["people"]}
        mean = round(float(row["mean_m"])) if row["people"] else 0
        print_line(texts(f"venues.decision.{row['decision']}", **facts, mean=mean))
    if plan.buys_nothing:
        print_line(texts("venues.none_opens", budget=plan.settings.budget))
    if plan.settings.budget is not None and plan.unpriced:
        print_line(texts("centres.unpriced", n=plan.unpriced))
    print_line(certificate_sentence(plan, texts))
    print_line(texts("venues.unserved", n=len(plan.unserved), people=int(plan.unserved["people"].sum())))
    shares = {f"m{minutes}": texts.percent(plan.coverage[minutes] or 0.0) for minutes in ("5", "10", "15")}
    print_line(texts("venues.coverage", **shares))


def certificate_sentence(plan: "VenuePlan", texts: Texts) -> str:
    """Say how good the proposal is, in the reader's words."""
    certificate = plan.certificate
    if certificate["proven"]:
        return texts(f"venues.proven.{certificate['model']}")
    if not certificate["gap"] or certificate["gap"] >= 1:
        return texts("venues.no_bound")
    # What the best could be below this one, as a share of the best.
    above = certificate["gap"] / (1 - certificate["gap"])
    return texts("venues.at_most", share=texts.percent(above))
