"""Slides that set other scenarios beside the plan: their maps, the indicators, what differs, who moves."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from io import BytesIO

from exports.changes import request_moves
from exports.compare import Difference, differ
from exports.indicator_words import indicator_name, indicator_value
from exports.request import Request
from exports.sheet.comparison_pages import change_picture
from exports.sheet.comparison_tables import shown_indicators
from exports.slide_parts import MARGIN_MM, SOFT, WIDTH_MM, Deck, Run, add_picture, add_slide, add_text
from exports.slide_tables import MAP_DPI, map_slide, moves_slide, table_slides
from exports.texts import Texts, scenario_title
from scenarios.outcome import Outcome

_CHANGE_MM = (208.0, 150.0)


def compare_slides(request: Request, deck: Deck) -> None:
    """Add the map of each other scenario, one table of all, and the difference from each."""
    if not request.others:
        return
    texts = request.texts
    for other in request.others:
        name = scenario_title(texts, other.scenario)
        map_slide(replace(request, outcome=other, others=()), deck, texts("slides.map_of", name=name))
    _indicators(request, deck, [request.outcome, *request.others])
    for other in request.others:
        _difference(request, deck, other)


def _indicators(request: Request, deck: Deck, plans: Sequence[Outcome]) -> None:
    texts = request.texts
    measured = [one for one in (request.services, *request.other_services) if one is not None]
    rows = [
        (indicator_name(item, texts), *(indicator_value(amount, item.unit, texts) for amount in item.amounts))
        for item in shown_indicators(plans, measured)
    ]
    heads = [(texts("sheets.compare.indicator"), 3.0, False)]
    heads += [(scenario_title(texts, plan.scenario), 1.5, True) for plan in plans]
    table_slides(deck, texts("slides.comparison"), heads, rows)


def _difference(request: Request, deck: Deck, other: Outcome) -> None:
    """Add the map of what changes when the other plan is chosen, and the list of moves."""
    texts = request.texts
    names = {
        "first": scenario_title(texts, request.outcome.scenario),
        "second": scenario_title(texts, other.scenario),
    }
    found = differ(request.outcome, other)
    title = texts("slides.difference", **names)
    slide = add_slide(deck, title)
    picture = BytesIO()
    change_picture(request, other, _CHANGE_MM, picture, dpi=MAP_DPI)
    picture.seek(0)
    total = texts("slides.changes_total_between", households=found.households, n=len(found.moves), **names)
    add_picture(slide, picture, MARGIN_MM, 28, _CHANGE_MM[0], total)
    left = MARGIN_MM + _CHANGE_MM[0] + 8
    add_text(deck, slide, (left, 34, WIDTH_MM - MARGIN_MM - left, 110), _words(request, found, names))
    if len(found.moves):
        between = (
            texts("sheets.compare.from", name=names["first"]),
            texts("sheets.compare.to", name=names["second"]),
        )
        said = texts("slides.changes_between", **names), total
        moves_slide(request, deck, said, found.moves, between)


def _words(request: Request, found: Difference, names: Mapping[str, str]) -> list[Run]:
    """Say how many move from one scenario to the other, and where those stand who move against today."""
    texts = request.texts
    runs = [Run(text=texts("slides.nobody_between", **names), size_pt=18)]
    if found.households:
        runs = _count(texts, found, names)
    if request_moves(request) is not None:
        runs.append(
            Run(text=texts("slides.see_today", title=texts("slides.changes")), size_pt=12, colour=SOFT)
        )
    return runs


def _count(texts: Texts, found: Difference, names: Mapping[str, str]) -> list[Run]:
    return [
        Run(text=texts.number(found.households), size_pt=36, bold=True),
        Run(text=texts("slides.moved_between", **names), size_pt=14),
        Run(text=texts("slides.n_moves", n=len(found.moves)), size_pt=14),
        Run(text=texts("slides.hatched"), size_pt=12),
    ]
