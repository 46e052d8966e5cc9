"""The command that writes a plan to a file."""

import datetime as dt
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

import typer

from ui.commands import SYSTEM_LANGUAGE, Crs, Language, Project, Scenario, reported
from ui.console import print_line
from ui.texts.catalog import Texts

commands = typer.Typer()


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
    compare_with: Annotated[str, typer.Option(help="another scenario, set against it on one sheet")] = "",
    crs: Crs = None,
    paper: Annotated[Literal["A4", "A3", "A0"], typer.Option(help="for .pdf .png .svg")] = "A3",
    orientation: Annotated[Literal["landscape", "portrait"], typer.Option(help="same")] = "landscape",
    extent: Annotated[str, typer.Option(help="code of a community or grid; everything when left out")] = "",
    atlas: Annotated[
        Literal["none", "communities", "grids"], typer.Option(help="a page for each, in one .pdf")
    ] = "none",
    part: Annotated[
        list[_Part] | None, typer.Option(help="what a .pdf holds; may be repeated; map and table if left out")
    ] = None,
    title: Annotated[str, typer.Option(help="heading in place of the usual one")] = "",
    draft_mark: Annotated[bool, typer.Option(help="the mark beside the title")] = True,
    date: Annotated[
        dt.datetime | None, typer.Option(formats=["%Y-%m-%d"], help="date on the map; today")
    ] = None,
    lang: Language = SYSTEM_LANGUAGE,
) -> None:
    """Write a plan: .pdf .png .svg .pptx .xlsx .html .gpkg .geojson .zip (Shapefile) .kml."""
    from exports.choices import Progress, SheetChoices  # noqa: PLC0415 - keeps `--help` fast
    from exports.order import Order, fill  # noqa: PLC0415 - same

    texts = Texts(lang)
    sheet = SheetChoices(
        paper=paper,
        orientation=orientation,
        extent=extent,
        atlas=atlas,
        parts=tuple(item.value for item in part or ()) or SheetChoices().parts,
        title=title,
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
        against=compare_with,
    )
    with reported(texts, as_json=False):
        fill(order, Progress(on_step=lambda done, of: _tell(done, of, texts)))
    print_line(str(to))


def _tell(done: int, of: int, texts: Texts) -> None:
    """Say how far a long export is, ten times on the way."""
    if of >= 20 and done % max(1, of // 10) == 0:
        print_line(texts("export_page.step", share=texts.percent(done / of, 0)))
