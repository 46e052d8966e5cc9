"""The figures and tables on sheets, as text, from the outcome alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import geopandas as gpd

from exports.choices import POSTS
from exports.gis import sizes_hold
from exports.request import Request
from exports.sheet.drawing import BROKEN
from exports.sheet.ground import Extent, place_name, text
from exports.sheet.marks import Align
from exports.sheet.tables import Cell, Column, Table, Value
from exports.small_counts import count_of_row
from exports.texts import scenario_title
from scenarios.desk.plan import DEDICATED


def extent_grids(request: Request, extent: Extent) -> gpd.GeoDataFrame:
    """Give the grids that a sheet is about, in the order of their codes."""
    grids = request.outcome.grids
    return grids[grids["code"].isin(extent.codes)]


def community_names(request: Request) -> dict[str, str]:
    """Give the communities' names by code; the code where one has none."""
    frame = request.outcome.communities
    return {str(c): text(n) or str(c) for c, n in zip(frame["code"], frame["name"], strict=True)}


def scenario_name(request: Request) -> str:
    """Give the scenario's name as the reader knows it."""
    return scenario_title(request.texts, request.outcome.scenario)


def whole_extent(request: Request) -> Extent:
    """Give the whole sub-district, for figures alone: its bounds are those of the communities in degrees."""
    west, south, east, north = (float(part) for part in request.outcome.communities.total_bounds)
    codes = frozenset(request.outcome.grids["code"])
    name = place_name(request)
    return Extent(kind="all", code="", name=name, codes=codes, bounds=(west, south, east, north))


def sheet_figures(request: Request, extent: Extent) -> Mapping[str, str]:
    """Give the overview: how many grids and households, how many in the band, how many proven."""
    if extent.kind == "grid":
        return _grid_figures(request, extent)
    texts, grids = request.texts, extent_grids(request, extent)
    homes = set(grids["community_code"])
    known = [item for item in request.outcome.certificates if item.community_code in homes]
    n_in_band = int(sizes_hold(grids).sum())
    figures = {
        "n_grids": texts.number(len(grids)),
        "households": texts.number(int(grids["households"].sum())),
        "residents": texts.number(int(grids["residents"].sum())),
        "in_band": f"{texts.number(n_in_band)} / {texts.number(len(grids))}",
    }
    if extent.kind == "all":
        figures["proven"] = f"{sum(item.proven for item in known)} / {len(known)}"
    return {texts(f"exports.figure.{name}"): shown for name, shown in figures.items()}


_COUNTS = ("households", "residents", "n_cells", "area_m2", "perimeter_m")
_GRID_FIGURES = ("code", "community", "kind", "households", "residents", "n_cells", "area_m2", "perimeter_m")


def _grid_figures(request: Request, extent: Extent) -> Mapping[str, str]:
    """Give what is known of one grid."""
    row, names = extent_grids(request, extent).iloc[0].to_dict(), community_names(request)
    shown = {name: _value(row, name, names, request) for name in (*_GRID_FIGURES, "in_band", "contiguous")}
    return {
        request.texts(f"exports.column.{name}"): value.text if isinstance(value, Cell) else value
        for name, value in shown.items()
    }


def grids_table(request: Request, extent: Extent, zoom: float, *, narrow: bool = False) -> Table:
    """Build the table of grids; the narrow one stands beside a map."""
    names = community_names(request)
    grids = extent_grids(request, extent)
    named = not narrow and any(text(name) for name in grids["name"])
    shares = {"code": 4.2, "name": 4.0, "community": 3.4, "kind": 2.2, "households": 1.8, "residents": 1.8}
    shares |= {"area_m2": 2.4, "in_band": 2.0, "contiguous": 1.8}
    dropped = {"kind", "area_m2", "contiguous", "community"} if narrow else set()
    if narrow:
        shares |= {"households": 2.4, "residents": 2.2, "in_band": 2.4}
    columns = [name for name in shares if name not in dropped and (name != "name" or named)]
    stands: dict[str, Align] = dict.fromkeys(("households", "residents", "area_m2"), "right")
    stands |= dict.fromkeys(("in_band", "contiguous"), "center")
    rows = [[_value(row, name, names, request) for name in columns] for row in grids.to_dict("records")]
    return Table(
        columns=[Column(_title(name, request), shares[name], stands.get(name, "left")) for name in columns],
        rows=rows,
        size_pt=(7.0 if narrow else 7.6) * zoom,
        row_mm=(4.2 if narrow else 4.9) * zoom,
    )


def _title(name: str, request: Request) -> str:
    key = f"sheets.column.{name}"
    return request.texts(key if request.texts.has(key) else f"exports.column.{name}")


def _value(row: Mapping[str, object], column: str, names: Mapping[str, str], request: Request) -> Value:
    texts = request.texts
    if column == "community":
        return names.get(str(row["community_code"]), str(row["community_code"]))
    value = row[column]
    if column == "in_band" and row["kind"] == DEDICATED:
        return texts("sheets.any_size")
    if column in ("in_band", "contiguous"):
        return texts("exports.yes") if value else Cell(texts("exports.no"), bold=True, colour=BROKEN)
    if column == "kind":
        key = f"exports.kind.{text(value)}"
        return texts(key) if texts.has(key) else text(value)
    if column in _COUNTS:
        return count_of_row(texts, row, column)
    return text(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class CommunityFigures:
    """What the grids of a community add up to; `n_in_band` of them have a size that holds."""

    name: str
    n_grids: int
    households: int
    residents: int
    n_in_band: int


def community_figures(request: Request) -> tuple[CommunityFigures, ...]:
    """Add up the grids of each community, in the communities' order; none gives zeros."""
    grids = request.outcome.grids
    groups = grids.assign(in_band=sizes_hold(grids), n_grids=1).groupby("community_code")
    names = community_names(request)
    sums = groups[["n_grids", "households", "residents", "in_band"]].sum().reindex(list(names), fill_value=0)
    return tuple(
        CommunityFigures(
            name=names[str(row.Index)],
            n_grids=int(row.n_grids),
            households=int(row.households),
            residents=int(row.residents),
            n_in_band=int(row.in_band),
        )
        for row in sums.itertuples()
    )


def communities_table(request: Request, zoom: float) -> Table:
    """Build the table of communities that stands beside the map of a whole sub-district."""
    texts = request.texts
    rows: list[Sequence[Value]] = []
    for item in community_figures(request):
        fits: Value = f"{item.n_in_band}/{item.n_grids}"
        if item.n_in_band < item.n_grids:
            fits = Cell(f"{item.n_in_band}/{item.n_grids}", bold=True, colour=BROKEN)
        counts = [texts.number(n) for n in (item.n_grids, item.households, item.residents)]
        rows.append([item.name, *counts, fits])
    columns = [
        Column(texts("exports.column.community"), 2.7),
        Column(_title("n_grids", request), 1.6, "right"),
        *(Column(_title(name, request), 2.1, "right") for name in ("households", "residents")),
        Column(_title("in_band", request), 1.9, "right"),
    ]
    return Table(columns=columns, rows=rows, size_pt=7.0 * zoom, row_mm=4.2 * zoom)


def posts_table(request: Request, extent: Extent, zoom: float) -> Table:
    """Build the responsibility sheet: posts, with room to write; names only where typed in for this print."""
    texts, names = request.texts, community_names(request)
    rows: list[Sequence[Value]] = []
    for row in extent_grids(request, extent).to_dict("records"):
        code = str(row["code"])
        typed = [request.sheet.people.get((code, post), "") for post in POSTS]
        title = text(row["name"]) or names.get(str(row["community_code"]), "")
        rows.append([code, title, count_of_row(texts, row, "households"), *typed, ""])
    columns = [
        Column(texts("exports.column.code"), 3.6),
        Column(texts("sheets.posts.grid"), 3.6),
        Column(_title("households", request), 1.4, "right"),
        *(Column(texts(f"sheets.posts.{post}"), 2.5) for post in POSTS),
        Column(texts("sheets.posts.note"), 3.0),
    ]
    return Table(columns=columns, rows=rows, size_pt=8.0 * zoom, row_mm=7.4 * zoom, ruled=True)


def posts_list(request: Request, code: str, zoom: float) -> Table:
    """Build the posts of one grid, one below the other, for the side of its map."""
    texts = request.texts
    rows = [[texts(f"sheets.posts.{post}"), request.sheet.people.get((code, post), "")] for post in POSTS]
    columns = [Column(texts("sheets.posts.post"), 2.0), Column(texts("sheets.posts.who"), 3.0)]
    return Table(columns=columns, rows=rows, size_pt=7.6 * zoom, row_mm=7.4 * zoom, ruled=True)
