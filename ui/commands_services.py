"""Commands on what venues offer, staff and money; what they change is kept with the scenario."""

from pathlib import Path
from typing import Annotated

import typer

from ui.commands import SYSTEM_LANGUAGE, Json, Language, Project, Scenario, pairs, print_json, reported
from ui.console import print_line
from ui.texts.catalog import Texts

commands = typer.Typer()


@commands.command()
def staff(  # noqa: PLR0913, PLR0917 - a command has as many arguments as it has options
    project: Project,
    scenario: Scenario = "base",
    add_task: Annotated[str | None, typer.Option(help="register a task of this name")] = None,
    origin: Annotated[str, typer.Option(help="the office that asks for it")] = "",
    hours: Annotated[int, typer.Option(min=0, help="hours a year in each community")] = 0,
    community: Annotated[str, typer.Option(help="CODE: only for this community")] = "",
    admit: Annotated[list[str] | None, typer.Option(help="NAME of a task; may be repeated")] = None,
    refuse: Annotated[list[str] | None, typer.Option(help="NAME of a task; may be repeated")] = None,
    remove_task: Annotated[list[str] | None, typer.Option(help="NAME of a task; may be repeated")] = None,
    as_json: Json = False,
    lang: Language = SYSTEM_LANGUAGE,
) -> None:
    """Show posts, vacancies and the load of workers; register, admit and refuse tasks."""
    from exports.staff_tables import staff_sentences, state_of  # noqa: PLC0415 - keeps `--help` fast
    from scenarios.project.plans import require_scenario  # noqa: PLC0415 - same
    from scenarios.staff import tasks as register  # noqa: PLC0415 - same
    from scenarios.staff.document import staff_document  # noqa: PLC0415 - same
    from scenarios.staff.measure import read_staff  # noqa: PLC0415 - same
    from scenarios.store import read_layers  # noqa: PLC0415 - same

    texts = Texts(lang)
    with reported(texts, as_json=as_json):
        require_scenario(project, scenario)
        if add_task is not None:
            codes = [str(code) for code in read_layers(project).frames["communities"]["code"]]
            task = register.Task(name=add_task, origin=origin, hours=hours, community_code=community)
            register.add_task(project, scenario, task, codes)
        for names, admitted in ((admit, True), (refuse, False)):
            for name in names or ():
                register.decide_task(project, scenario, name, admitted=admitted)
        for name in remove_task or ():
            register.remove_task(project, scenario, name)
        found = read_staff(project, scenario)
        if as_json:
            print_json(staff_document(found))
            return
    for said in staff_sentences(texts, found):
        print_line(said)
    none = texts("staff.no_data")
    for row in found.communities:
        given = {name: getattr(row, name) for name in ("posts", "filled", "vacant", "short")}
        facts = {name: none if value is None else value for name, value in given.items()}
        print_line(texts("staff.console.community", name=row.name, needed=row.needed, **facts))
    for task in found.tasks:
        facts = {"name": task.name, "origin": task.origin, "hours": task.hours}
        print_line(texts("staff.console.task", **facts, state=texts(f"staff.state.{state_of(task)}")))


@commands.command()
def money(
    project: Project,
    scenario: Scenario = "base",
    budget: Annotated[int | None, typer.Option(help="yuan: say what it buys")] = None,
    cost: Annotated[
        list[str] | None, typer.Option(help="NAME=YUAN: a unit cost to keep; may be repeated")
    ] = None,
    as_json: Json = False,
    lang: Language = SYSTEM_LANGUAGE,
) -> None:
    """Show what a scenario costs, in five lines, and what a budget buys."""
    from exports.money_tables import (  # noqa: PLC0415 - keeps `--help` fast
        covered_sentences,
        money_sentences,
        rest_sentences,
    )
    from scenarios.money.budget import buy  # noqa: PLC0415 - same
    from scenarios.money.document import money_document  # noqa: PLC0415 - same
    from scenarios.money.read import read_services, with_costs  # noqa: PLC0415 - same
    from scenarios.money.store import read_money_settings, save_money_settings  # noqa: PLC0415 - same
    from scenarios.project.plans import require_scenario  # noqa: PLC0415 - same

    texts = Texts(lang)
    with reported(texts, as_json=as_json):
        require_scenario(project, scenario)
        if cost:
            settings = with_costs(read_money_settings(project, scenario), pairs(cost))
            save_money_settings(project, scenario, settings)
        found = read_services(project, scenario).money
        bought = None if budget is None else buy(found, budget)
        if as_json:
            print_json(money_document(found, bought))
            return
    for said in money_sentences(texts, found.total):
        print_line(said)
    for line in found.total.lines:
        name = texts(f"money.line.{line.name}")
        print_line(texts("money.console.line", name=name, yuan=line.yuan, once=line.once))
    if bought is not None:
        for said in (*covered_sentences(texts, bought), *rest_sentences(texts, bought)):
            print_line(said)


@commands.command()
def facilities(
    project: Project,
    scenario: Scenario = "base",
    with_proposal: Annotated[
        bool, typer.Option("--with-proposal", help="count what the proposal for venues opens and closes")
    ] = False,
    as_json: Json = False,
    lang: Language = SYSTEM_LANGUAGE,
) -> None:
    """Show what venues offer against what households ask for, and what is lacking."""
    from exports.facilities_tables import (  # noqa: PLC0415 - keeps `--help` fast
        facilities_sentences,
        say_gap,
        state_of,
    )
    from scenarios.facilities.document import facilities_document  # noqa: PLC0415 - same
    from scenarios.facilities.measure import read_facilities  # noqa: PLC0415 - same

    texts = Texts(lang)
    with reported(texts, as_json=as_json):
        found = read_facilities(Path(project), scenario, with_proposal=with_proposal)
        if as_json:
            print_json(facilities_document(found))
            return
    for said in facilities_sentences(texts, found):
        print_line(said)
    for row in found.communities:
        state = texts(f"facilities.state.{state_of(row)}")
        print_line(texts("facilities.console.community", name=row.name, state=state))
        for gap in row.gaps:
            print_line(f"  {say_gap(texts, gap, found)}")
