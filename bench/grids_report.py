"""The grids benchmark as tables and pictures: `python -m bench.grids_report ROWS.json FOLDER`.

ROWS.json is what `gridplan bench grids --json` printed. FOLDER gets `tables.md` and a picture for each family
of maps, this engine beside METIS.
"""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
import networkx as nx
import numpy as np
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.figure import Figure
from scipy.spatial import Voronoi

from bench.grids import INSTANCES, REFERENCE, run_tool
from bench.grids_work import Work, draw_voronoi, measure, read_reference, read_works
from optimize.problem import IntArray

_COLUMNS = (
    ("tool", "tool"),
    ("cut_edges", "cut edges"),
    ("in_band_share", "in band"),
    ("contiguous", "contiguous"),
    ("polsby_popper", "Polsby–Popper"),
    ("moment", "moment, m²"),
    ("cpu_s", "CPU s"),
    ("peak_mb", "peak MB"),
    ("status", "status"),
)
# Okabe and Ito's colours, told apart by the colour-blind; neighbours never share one.
_COLOURS = ("#56B4E9", "#E69F00", "#009E73", "#F0E442", "#CC79A7", "#0072B2", "#D55E00", "#999999")
_SIDE_INCHES, _DOTS = 3.6, 80


def main() -> None:
    """Write tables and pictures."""
    rows, folder = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))["rows"], Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "tables.md").write_text("\n".join(tables(rows)) + "\n", encoding="utf-8")
    for work in _shown():
        panels = [(tool, np.array(run_tool(tool, work, 5.0, 1)[1])) for tool in ("gridplan", "metis")]
        draw(work, panels, folder / f"grids-{work.family}.png")


def tables(rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Give the lines of a table for each map, and of one for all published instances."""
    names = list(dict.fromkeys(row["instance"] for row in rows))
    published = [
        name for name in names if any("best_known" in row for row in rows if row["instance"] == name)
    ]
    for name in names:
        if name in published:
            continue
        yield f"\n**{name}**\n"
        yield "| " + " | ".join(title for _, title in _COLUMNS) + " |"
        yield "|---|" + "---:|" * (len(_COLUMNS) - 2) + "---|"
        for row in rows:
            if row["instance"] == name:
                yield "| " + " | ".join(_cell(row.get(key)) for key, _ in _COLUMNS) + " |"
    if published:
        yield from _published(rows, published)


def _published(rows: Sequence[Mapping[str, Any]], names: Sequence[str]) -> Iterator[str]:
    """Give one line for each instance: cut edges by tool where the plan is inside the bounds."""
    tools = list(dict.fromkeys(row["tool"] for row in rows))
    at = {(row["instance"], row["tool"]): row for row in rows}
    yield "\n**published instances: cut edges (CPU s)**\n"
    yield "| instance | best known | " + " | ".join(tools) + " |"
    yield "|---|---:|" + "---:|" * len(tools)
    for name in names:
        cells = [_verdict(at.get((name, tool), {})) for tool in tools]
        yield f"| {name} | {at[name, tools[0]]['best_known']} | " + " | ".join(cells) + " |"


def _verdict(row: Mapping[str, Any]) -> str:
    if "cut_edges" not in row:
        return "–"
    if row["in_band_share"] < 1.0 or not row["contiguous"]:
        return "breaks the bounds"
    proven = ", proven" if row.get("proven") else ""
    return f"{row['cut_edges']} ({row.get('cpu_s')}{proven})"


def _cell(value: object) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,}" if isinstance(value, (int, float)) else str(value).replace("\n", " ")


def _shown() -> Iterator[Work]:
    """Give one map of each family that is at hand."""
    yield draw_voronoi(1000, 1)
    if REFERENCE.is_dir():
        yield read_reference(REFERENCE)
    if INSTANCES.is_dir():
        yield max(read_works(INSTANCES), key=lambda work: work.n_districts or 0)


def draw(work: Work, panels: Sequence[tuple[str, IntArray]], path: Path) -> None:
    """Draw one division beside another, small."""
    figure = Figure(figsize=(_SIDE_INCHES * len(panels), _SIDE_INCHES + 0.3), layout="constrained")
    for axes, (tool, labels) in zip(figure.subplots(1, len(panels)), panels, strict=True):
        colour = _colour(work, labels)
        if work.family == "file":
            _draw_graph(axes, work, labels, colour)
        else:
            axes.add_collection(
                PolyCollection(_shapes(work), facecolors=colour, edgecolors="white", linewidths=0.2)
            )
        facts = measure(work, labels)
        axes.set_title(
            f"{tool}: {facts['cut_edges']:,} cut edges, {facts['in_band_share']:.0%} in band", size=8
        )
        axes.autoscale_view()
        axes.set_aspect("equal")
        axes.set_axis_off()
    with mpl.rc_context({"savefig.dpi": _DOTS}):
        figure.savefig(path)


def _colour(work: Work, labels: IntArray) -> list[str]:
    """Give every cell the colour of its district."""
    graph = nx.Graph()
    graph.add_nodes_from(np.unique(labels).tolist())
    ends = labels[work.edges]
    graph.add_edges_from(ends[ends[:, 0] != ends[:, 1]].tolist())
    place = nx.greedy_color(graph, strategy="smallest_last")
    return [_COLOURS[place[label] % len(_COLOURS)] for label in labels.tolist()]


def _draw_graph(axes: Any, work: Work, labels: IntArray, colour: Sequence[str]) -> None:  # noqa: ANN401 - matplotlib's
    """Draw cells as points; borders inside a district in its colour, cut ones thin and grey."""
    points = np.stack([work.x_m, work.y_m], axis=1)
    cut = labels[work.edges[:, 0]] != labels[work.edges[:, 1]]
    inner = [colour[a] for a in work.edges[~cut, 0]]
    axes.add_collection(LineCollection(list(points[work.edges[cut]]), colors="#bbbbbb", linewidths=0.5))
    axes.add_collection(LineCollection(list(points[work.edges[~cut]]), colors=inner, linewidths=2.0))
    axes.scatter(work.x_m, work.y_m, c=list(colour), s=14, zorder=3)


def _shapes(work: Work) -> list[np.ndarray]:
    """Give the outline of every cell."""
    if work.family == "reference":
        import geopandas  # noqa: PLC0415 - only this family has shapes on file

        frame = geopandas.read_file(REFERENCE / "parcels.geojson")
        shapes = frame.to_crs(frame.estimate_utm_crs()).geometry
        return [
            np.asarray(max(getattr(s, "geoms", [s]), key=lambda p: p.area).exterior.coords) for s in shapes
        ]
    points = np.stack([work.x_m, work.y_m], axis=1)
    side = float(np.sqrt(len(points)) * 60.0)
    mirrored = [points * [-1, 1], points * [-1, 1] + [2 * side, 0]]
    mirrored += [points * [1, -1], points * [1, -1] + [0, 2 * side]]
    diagram = Voronoi(np.concatenate([points, *mirrored]))
    return [diagram.vertices[diagram.regions[diagram.point_region[cell]]] for cell in range(len(points))]


if __name__ == "__main__":
    main()
