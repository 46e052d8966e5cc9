"""Write an outcome as slides for a meeting: overview, map, tables, who changes grid, what is known."""

import datetime as dt
from collections.abc import Mapping
from pathlib import Path

from pptx import Presentation
from pptx.util import Mm

from exports.certificates import certificate_lines
from exports.changes import request_moves
from exports.gis import column_label
from exports.request import Request
from exports.sheet.figures import (
    community_figures,
    community_names,
    scenario_name,
    sheet_figures,
    whole_extent,
)
from exports.sheet.ground import place_name, text
from exports.slide_compare import compare_slides
from exports.slide_parts import (
    HEIGHT_MM,
    MARGIN_MM,
    SOFT,
    WIDTH_MM,
    Deck,
    Run,
    add_card,
    add_slide,
    add_text,
    face_of,
)
from exports.slide_services import cost_slides, staff_slides
from exports.slide_tables import map_slide, moves_slide, table_slides
from exports.small_counts import count_of_row
from exports.texts import Texts, scenario_title
from scenarios.desk.plan import DEDICATED
from scenarios.outcome import Outcome

_FIXED = dt.datetime(2020, 1, 1, tzinfo=dt.UTC).replace(tzinfo=None)  # python-pptx wants no zone


def write_slides(request: Request, path: Path) -> None:
    """Write the slides; text and tables can be edited, maps are sharp pictures."""
    show = Presentation()
    show.slide_width, show.slide_height = Mm(WIDTH_MM), Mm(HEIGHT_MM)
    texts = request.texts
    about = [place_name(request), texts("exports.scenario", name=scenario_name(request))]
    if request.date is not None:
        about.append(texts("exports.date", date=request.date.isoformat()))
    foot = " · ".join([texts("exports.draft"), *(part for part in about if part)])
    deck = Deck(show=show, face=face_of(texts.language), foot=foot)
    parts = (
        _title,
        _overview,
        _map,
        compare_slides,
        _communities,
        _grids,
        _changes,
        staff_slides,
        cost_slides,
        _costs,
        _findings,
    )
    for number, part in enumerate(parts, start=1):
        part(request, deck)
        request.step(number, len(parts))
    core = show.core_properties
    core.author, core.title = "Gridplan", texts("exports.title")
    core.created = core.modified = _FIXED
    show.save(str(path))


def _title(request: Request, deck: Deck) -> None:
    texts = request.texts
    title = request.sheet.title or texts("slides.title", place=place_name(request)).strip(" ·")
    slide = add_slide(deck, title, is_cover=True)
    lines = [
        Run(text=texts("exports.draft"), size_pt=24, bold=True),
        Run(text=texts("exports.scenario", name=scenario_name(request)), size_pt=18),
    ]
    if request.date is not None:
        lines.append(Run(text=texts("exports.date", date=request.date.isoformat()), size_pt=18))
    lines.append(Run(text=texts("sheets.draft_sentence"), size_pt=14, colour=SOFT))
    if said := request.said_of_data():
        lines.append(Run(text=said, size_pt=11, colour=SOFT))
    add_text(deck, slide, (MARGIN_MM, 92, WIDTH_MM - 2 * MARGIN_MM, 80), lines)


def _overview(request: Request, deck: Deck) -> None:
    texts = request.texts
    slide = add_slide(deck, texts("exports.figures"))
    figures = list(sheet_figures(request, whole_extent(request)).items())
    moves = request_moves(request)
    if moves is not None:
        figures.append(
            (texts("compare.indicator.households_moved"), texts.number(int(moves["households"].sum())))
        )
    width = (WIDTH_MM - 2 * MARGIN_MM - 2 * 6) / 3
    for number, (name, value) in enumerate(figures):
        row, column = divmod(number, 3)
        add_card(deck, slide, (MARGIN_MM + column * (width + 6), 34 + row * 48, width, 42), name, value)
    proven = sum(item.proven for item in request.outcome.certificates)
    all_ = len(request.outcome.certificates)
    said = texts("slides.proven" if proven == all_ else "slides.partly_proven", proven=proven, all=all_)
    add_text(deck, slide, (MARGIN_MM, 138, WIDTH_MM - 2 * MARGIN_MM, 30), [Run(text=said, size_pt=16)])


def _map(request: Request, deck: Deck) -> None:
    texts = request.texts
    title = texts("slides.map_of", name=scenario_name(request)) if request.others else texts("exports.title")
    map_slide(request, deck, title)


def _communities(request: Request, deck: Deck) -> None:
    texts = request.texts
    rows = [
        (
            item.name,
            *(texts.number(n) for n in (item.n_grids, item.households, item.residents)),
            f"{item.n_in_band} / {item.n_grids}",
        )
        for item in community_figures(request)
    ]
    heads = [(texts("exports.column.community"), 3.0, False)]
    heads += [
        (texts(f"sheets.column.{name}"), 1.4, True)
        for name in ("n_grids", "households", "residents", "in_band")
    ]
    table_slides(deck, texts("sheets.communities"), heads, rows)


def _grids(request: Request, deck: Deck) -> None:
    texts, names = request.texts, community_names(request)
    rows = [
        (
            str(row["code"]),
            text(row["name"]),
            names.get(str(row["community_code"]), ""),
            count_of_row(texts, row, "households"),
            count_of_row(texts, row, "residents"),
            _size(request, row),
        )
        for row in request.outcome.grids.to_dict("records")
    ]
    heads = [
        (texts("exports.column.code"), 2.4, False),
        (texts("exports.column.name"), 2.4, False),
        (texts("exports.column.community"), 2.2, False),
        (texts("sheets.column.households"), 1.2, True),
        (texts("sheets.column.residents"), 1.2, True),
        (texts("sheets.column.in_band"), 1.2, True),
    ]
    table_slides(deck, texts("sheets.table"), heads, rows)


def _size(request: Request, row: Mapping[str, object]) -> str:
    if row["kind"] == DEDICATED:
        return request.texts("sheets.any_size")
    return request.texts("exports.yes" if row["in_band"] else "exports.no")


def _changes(request: Request, deck: Deck) -> None:
    """List the largest moves; all of them stand in the workbook."""
    texts, moves = request.texts, request_moves(request)
    if moves is None:
        return
    total = texts("slides.changes_total", households=int(moves["households"].sum()), n=len(moves))
    if moves.empty:
        slide = add_slide(deck, texts("slides.changes"))
        add_text(deck, slide, (MARGIN_MM, 40, 280, 20), [Run(text=texts("moves.nobody"), size_pt=18)])
        return
    between = texts("book.from_today"), texts("book.to_plan")
    moves_slide(request, deck, (texts("slides.changes"), total), moves, between)


def _costs(request: Request, deck: Deck) -> None:
    """Say what the plans were asked to keep small, how much each counted, and what it came to in each."""
    texts = request.texts
    plans = [request.outcome, *request.others]
    weights = {name: float(value) for name, value in request.outcome.weights.items()}
    columns = [str(name) for name in request.outcome.grids.columns if str(name).startswith("cost_")]
    # What counted comes first; what did not is told all the same.
    columns.sort(key=lambda name: -weights.get(name.removeprefix("cost_"), 0.0))
    rows = [
        (
            column_label("grids", column, texts),
            texts.number(weights.get(column.removeprefix("cost_"), 0.0), 2),
            *(_cost_sum(plan, column, texts) for plan in plans),
        )
        for column in columns
    ]
    sums = (
        [texts("slides.sum")] if len(plans) == 1 else [scenario_title(texts, plan.scenario) for plan in plans]
    )
    heads = [
        (texts("slides.cost"), 4.0, False),
        (texts("slides.weight"), 1.0, True),
        *((title, 1.4, True) for title in sums),
    ]
    if rows:
        table_slides(deck, texts("slides.costs"), heads, rows)


def _cost_sum(plan: Outcome, column: str, texts: Texts) -> str:
    if column not in plan.grids:
        return "–"
    return texts.number(float(plan.grids[column].sum()), 1)


def _findings(request: Request, deck: Deck) -> None:
    texts, names = request.texts, community_names(request)
    rows = [
        (names.get(item.community_code, item.community_code), " ".join(certificate_lines(item, texts)))
        for item in request.outcome.certificates
    ]
    heads = [
        (texts("exports.column.community"), 1.0, False),
        (texts("exports.column.certificate"), 5.0, False),
    ]
    table_slides(deck, texts("slides.findings"), heads, rows, size_pt=11)
