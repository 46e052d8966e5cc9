"""Files in, checked layers out: the one way by which data enters a project.

files → raw tables (`read_files`) → columns, shapes, system (`read_frames`) → repairs (`mend`) → checks
(`validate`). Everything found on the way is collected; one fault refuses the whole, with all of them.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from geo.faults import found, refusal
from geo.headers import find_layer
from geo.layers import Fault, Layers
from geo.mend import mend_frames
from geo.read_files import read_sources
from geo.read_frames import build_frame
from geo.read_raw import RawTable
from geo.schema import LAYERS, UNIT_LAYERS
from geo.validate import check_layers

_OWN_TABLES = "gridplan_"  # scenarios and plans in a project file: no layers


def read_layers(
    sources: Sequence[Path],
    *,
    crs: str | None = None,
    mapping: Mapping[str, Mapping[str, str]] | None = None,
) -> Layers:
    """Read, repair and check the layers in files and folders.

    Parameters
    ----------
    sources
        Files (`layer.ext`, or files that hold several layers) and folders of them. They are only read.
    crs
        Coordinate system of every source that declares none, or WGS84, which files in GCJ-02 and BD-09 claim:
        WGS84, CGCS2000, GCJ-02, BD-09, EPSG:n. Any other system in a file stands. What was done is listed.
    mapping
        Layer → source header → schema column (or `lon`, `lat`, `wkt`, or an empty text to leave it out).

    Returns
    -------
    Layers
        All layers in `STORAGE_CRS`, with every schema column, and the repairs and notices.

    Raises
    ------
    LayerError
        `layers_refused`, with all findings in `facts["faults"]`; a subclass when all faults are of its kind,
        and always `SchemaError` when there are personal records.
    """
    reading = read_sources(sources)
    faults: list[Fault] = list(reading.faults)
    chosen, wrong_layers = mapping or {}, sorted(set(mapping or {}) - set(LAYERS))
    faults.extend(found("mapping_unknown_layer", layer) for layer in wrong_layers)
    tables, naming = _name_tables(reading.tables)
    faults.extend(naming)
    frames: dict[str, pd.DataFrame] = {}
    for name, table in tables.items():
        frame, findings = build_frame(table, LAYERS[name], crs, chosen.get(name))
        faults.extend(findings)
        if frame is not None:
            frames[name] = frame
    mended, repairs = mend_frames({name: frames[name] for name in LAYERS if name in frames})
    faults.extend(repairs)
    faults.extend(_news(check_layers(Layers(frames=mended)), faults, set(tables) - set(mended)))
    faults.sort(key=_reading_order)
    error = refusal(tuple(faults))
    if error is not None:
        raise error
    clean = {name: frame.reset_index(drop=True) for name, frame in mended.items()}
    return Layers(frames=clean, faults=tuple(faults))


def _reading_order(fault: Fault) -> tuple[int, int, int]:
    layers = list(LAYERS)
    place = layers.index(fault.layer) if fault.layer in layers else -1
    return ("fault", "repair", "notice").index(fault.severity), place, fault.row or 0


def _name_tables(tables: Sequence[RawTable]) -> tuple[dict[str, RawTable], list[Fault]]:
    """Find which layer each table is; empty, unknown and repeated ones are left out and listed.

    A name that says exactly what it is goes before one that only contains the word.
    """
    named: dict[str, RawTable] = {}
    faults: list[Fault] = []
    understood = [(table, *_find_layer_of(table, tables)) for table in tables]
    for table, layer, exact in sorted(understood, key=lambda item: not item[2]):
        shown = table.file if table.name == table.stem else f"{table.file} / {table.name}"
        if layer is None or (not exact and not table.only and layer in named):
            faults.append(found("layer_unknown" if table.only else "layer_ignored", "", file=shown))
        elif table.table.empty and (table.shapes is None or not len(table.shapes)):
            faults.append(found("layer_empty", layer, file=shown))
        elif layer in named:
            faults.append(found("layer_twice", layer, file=shown, other=named[layer].file))
        else:
            named[layer] = table
            faults.extend(() if exact else (found("layer_guessed", layer, file=shown),))
    return named, faults


def _find_layer_of(table: RawTable, tables: Sequence[RawTable]) -> tuple[str | None, bool]:
    """Find the layer by the table's own name, or by the file's where none of its tables has a telling one."""
    if table.name.startswith(_OWN_TABLES):
        return None, False
    layer, exact = find_layer(table.name)
    siblings = [other for other in tables if other.file == table.file]
    if layer is None and table is siblings[0] and not any(find_layer(other.name)[0] for other in siblings):
        return find_layer(table.stem)
    return layer, exact


def _news(checks: tuple[Fault, ...], known: Sequence[Fault], broken: set[str]) -> list[Fault]:
    """Leave out what only follows from something already found: a missing value in an unreadable cell."""
    cells = {(fault.layer, fault.row, fault.column) for fault in known if fault.severity == "fault"}
    units_broken = bool(broken & set(UNIT_LAYERS))
    return [
        fault
        for fault in checks
        if not (fault.code == "value_missing" and (fault.layer, fault.row, fault.column) in cells)
        and not (fault.code == "geometry_missing" and (fault.layer, fault.row, None) in cells)
        and not (fault.code == "column_missing" and (fault.layer, None, fault.column) in cells)
        and not (fault.code == "layer_missing" and fault.layer in broken)
        and not (fault.code == "unit_layer_missing" and units_broken)
    ]
