"""The command that writes a plan to a file."""

import datetime as dt
import gc
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from exports.choices import PARTS, POSTS, Atlas, Orientation, Paper, Part, Progress, SheetChoices
from ui.commands import SYSTEM_LANGUAGE, Crs, Language, Project, Scenario, reported
from ui.console import print_line
from ui.texts.catalog import Texts

commands = typer.Typer()

_USUAL = SheetChoices()
"""What is not asked for is as on the page."""


class _Part(StrEnum):
    """The parts of a PDF, as an option that may be repeated takes them."""

    MAP = "map"
    TABLE = "table"
    POSTS = "posts"
    MINUTES = "minutes"


@commands.command()
def export(  # noqa: PLR0913, PLR0917 - a command has as many arguments as it has options
    project: Project,
    to: Annotated[Path, typer.Option("--to", help="file to write; its ending says the format")],
    scenario: Scenario = "base",
    compare_with: Annotated[
        list[str] | None,
        typer.Option(help="another scenario to set against it (.pdf .png .svg .pptx .xlsx); may be repeated"),
    ] = None,
    crs: Crs = None,
    paper: Annotated[Paper, typer.Option(help="for .pdf .png .svg")] = _USUAL.paper,
    orientation: Annotated[Orientation, typer.Option(help="same")] = _USUAL.orientation,
    extent: Annotated[str, typer.Option(help="code of a community or grid; everything when left out")] = "",
    atlas: Annotated[Atlas, typer.Option(help="a page for each, in one .pdf")] = _USUAL.atlas,
    part: Annotated[
        list[_Part] | None, typer.Option(help="what a .pdf holds; may be repeated; map and table if left out")
    ] = None,
    title: Annotated[str, typer.Option(help="heading in place of the usual one")] = "",
    place: Annotated[str, typer.Option(help="name of the sub-district, where the data have none")] = "",
    sources: Annotated[str, typer.Option(help="whose data it is, in place of what the project says")] = "",
    post: Annotated[
        list[str] | None,
        typer.Option(help="GRID/leader=NAME (worker, volunteer, liaison) for this print; may be repeated"),
    ] = None,
    hide_small_counts: Annotated[
        bool,
        typer.Option(
            "--hide-small-counts/--show-small-counts", help="hide counts of households and people below 3"
        ),
    ] = _USUAL.hide_small,
    draft_mark: Annotated[bool, typer.Option(help="the mark beside the title")] = _USUAL.draft_mark,
    date: Annotated[
        dt.datetime | None, typer.Option(formats=["%Y-%m-%d"], help="date on the map; today")
    ] = None,
    lang: Language = SYSTEM_LANGUAGE,
) -> None:
    """Write a plan: .pdf .png .svg .pptx .xlsx .html .gpkg .geojson .zip (Shapefile) .kml."""
    # Loading libraries makes much and drops little: looking for garbage was a tenth of a map's time.
    gc.set_threshold(100_000, 50, 50)
    from exports.order import Order, fill  # noqa: PLC0415 - keeps `--help` fast

    texts = Texts(lang)
    with reported(texts, as_json=False):
        people = _people(post)
        _check_people(people, project, scenario)
        sheet = SheetChoices(
            paper=paper,
            orientation=orientation,
            extent=extent,
            atlas=atlas,
            parts=_parts(part),
            title=title,
            place=place,
            sources=sources,
            people=people,
            hide_small=hide_small_counts,
            draft_mark=draft_mark,
        )
        order = Order(
            project=project,
            scenario=scenario,
            to=to,
            texts=texts,
            crs=crs,
            date=(date or dt.datetime.now().astimezone()).date(),
            sheet=sheet,
            against=tuple(compare_with or ()),
        )
        fill(order, Progress(on_step=lambda done, of: _tell(done, of, texts)))
    print_line(str(to))


def _parts(given: list[_Part] | None) -> tuple[Part, ...]:
    asked = {item.value for item in given or ()}
    return tuple(part for part in PARTS if part in asked) or _USUAL.parts


def _people(given: list[str] | None) -> dict[tuple[str, str], str]:
    """Read GRID/POST=NAME.

    Raises
    ------
    ChoiceError
        `post_not_read`.
    """
    from exports.errors import ChoiceError  # noqa: PLC0415 - keeps `--help` fast

    people = {}
    for item in given or ():
        where, _, name = item.partition("=")
        code, _, post = where.rpartition("/")
        if post not in POSTS or not code or not name.strip():
            raise ChoiceError("post_not_read", given=item, posts=POSTS)
        people[code, post] = name.strip()
    return people


def _check_people(people: dict[tuple[str, str], str], project: Path, scenario: str) -> None:
    """See that each name stands beside a grid of the plan: a mistyped code would be printed nowhere.

    Raises
    ------
    ChoiceError
        `post_without_grid`, with all codes that the plan does not have.
    """
    from exports.errors import ChoiceError  # noqa: PLC0415 - keeps `--help` fast
    from scenarios.store import require_outcome  # noqa: PLC0415 - same

    if not people:
        return
    there = set(require_outcome(project, scenario).grids["code"].astype(str))
    unknown = tuple(dict.fromkeys(code for code, _ in people if code not in there))
    if unknown:
        raise ChoiceError("post_without_grid", codes=unknown)


def _tell(done: int, of: int, texts: Texts) -> None:
    """Say how far a long export is, ten times on the way."""
    if of >= 20 and done % max(1, of // 10) == 0:
        print_line(texts("export_page.step", share=texts.percent(done / of, 0)))
