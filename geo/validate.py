"""Check layers: every fault at once, each with its layer, row and column.

The checks of shapes are in `validate_shapes`, those of places, figures and venues in `validate_places`,
`validate_figures` and `validate_venues`; this file holds those of tables and puts them in order.
"""

from collections.abc import Collection

import geopandas as gpd
import pandas as pd

from geo.faults import found
from geo.layers import Fault, Layers
from geo.schema import LAYERS, UNIT_LAYERS, LayerSpec
from geo.validate_figures import check_figures
from geo.validate_places import check_distances, check_places
from geo.validate_shapes import check_shapes
from geo.validate_venues import check_venues

_HEADERS_SHOWN = 4
_HOSTS = {
    "community": ("communities", "code"),
    "grid": ("grids", "code"),
    "compound": ("compounds", "id"),
    "institution": ("institutions", "id"),
}


def check_layers(
    layers: Layers, *, figures: bool = True, only: Collection[str] | None = None
) -> tuple[Fault, ...]:
    """Check layers, as read or from a project, and give everything that is wrong or worth knowing.

    Parameters
    ----------
    layers
        In `STORAGE_CRS`; the row in a finding is the index label plus one, so frames that left rows out keep
        pointing at the source.
    figures
        Whether to look at what cells would count, too: of that there are only notices, and it takes longest.
    only
        Layers that have changed since all were checked: those alone are looked at, and only for faults. All
        of them, when left out or when the communities are among them.

    Returns
    -------
    tuple
        Faults and notices, in the order of the layers; no repairs, nothing is changed.
    """
    frames = {name: layers.frames[name] for name in LAYERS if name in layers.frames}
    if only is not None and "communities" not in only:
        return _check_changed(frames, only)
    faults: list[Fault] = []
    if "communities" not in frames:
        faults.append(found("layer_missing", "communities"))
    if not any(name in frames for name in UNIT_LAYERS):
        faults.append(found("unit_layer_missing", "compounds"))
    for name in frames:
        faults.extend(_check_table(name, frames))
    if "organisations" in frames:
        faults.extend(_check_hosts(frames["organisations"], frames))
    if "venues" in frames:
        faults.extend(check_venues(frames["venues"]))
    faults.extend(check_places(frames))
    if figures and not any(fault.severity == "fault" for fault in faults):
        faults.extend(check_figures(frames))
    return tuple(faults)


def _check_changed(frames: dict[str, pd.DataFrame], only: Collection[str]) -> tuple[Fault, ...]:
    changed = [name for name in frames if name in only]
    found_in = [fault for name in changed for fault in _check_table(name, frames)]
    return (*found_in, *check_distances(frames, changed))


def _check_table(name: str, frames: dict[str, pd.DataFrame]) -> list[Fault]:
    frame, spec = frames[name], LAYERS[name]
    faults = [
        *_check_required(frame, spec),
        *_check_numbers(frame, spec),
        *_check_key(frame, spec),
        *_check_references(frame, spec, frames),
    ]
    if isinstance(frame, gpd.GeoDataFrame):
        faults.extend(check_shapes(frame, spec))
    elif spec.geometry_required:
        faults.append(found("geometry_column_missing", name, file=name))
    return faults


def _row(label: object) -> int:
    return int(str(label)) + 1


def _check_required(frame: pd.DataFrame, spec: LayerSpec) -> list[Fault]:
    faults = []
    for column in spec.columns:
        if not column.required:
            continue
        if column.name not in frame:
            faults.append(
                found("column_missing", spec.name, None, column.name, headers=column.headers[:_HEADERS_SHOWN])
            )
            continue
        empty = frame.index[frame[column.name].isna()]
        faults.extend(found("value_missing", spec.name, _row(label), column.name) for label in empty)
    return faults


def _check_numbers(frame: pd.DataFrame, spec: LayerSpec) -> list[Fault]:
    faults = []
    for column in spec.columns:
        if column.kind not in ("count", "area", "money") or column.name not in frame:
            continue
        values = frame[column.name]
        if not pd.api.types.is_numeric_dtype(values.dtype):
            bad = pd.to_numeric(values, errors="coerce").isna() & values.notna()
            for label, value in values[bad].items():
                faults.append(
                    found("value_unreadable", spec.name, _row(label), column.name, value=str(value))
                )
            values = pd.to_numeric(values, errors="coerce")
        negative = values[values.lt(0).fillna(value=False)]
        if column.kind == "count":
            for label, value in values[(values % 1).gt(0).fillna(value=False)].items():
                faults.append(found("value_not_whole", spec.name, _row(label), column.name, value=str(value)))
        for label, value in negative.items():
            faults.append(found("value_negative", spec.name, _row(label), column.name, value=str(value)))
    return faults


def _check_key(frame: pd.DataFrame, spec: LayerSpec) -> list[Fault]:
    if spec.key is None or spec.key not in frame:
        return []
    keys = frame[spec.key].dropna()
    first = keys.drop_duplicates()
    rows = dict(zip(first, first.index, strict=True))
    return [
        found(
            "key_duplicate", spec.name, _row(label), spec.key, value=str(value), first_row=_row(rows[value])
        )
        for label, value in keys[keys.duplicated()].items()
    ]


def _check_references(frame: pd.DataFrame, spec: LayerSpec, frames: dict[str, pd.DataFrame]) -> list[Fault]:
    faults = []
    for column in spec.columns:
        if column.refers_to is None or column.name not in frame:
            continue
        layer, key = column.refers_to
        if layer not in frames or key not in frames[layer]:
            continue
        values = frame[column.name].dropna()
        # A building whose compound is not known still has its place; a wrong community has no sense at all.
        code = "compound_unknown" if layer == "compounds" else "reference_unknown"
        for label, value in values[~values.isin(frames[layer][key])].items():
            faults.append(found(code, spec.name, _row(label), column.name, value=str(value)))
    return faults


def _check_hosts(frame: pd.DataFrame, frames: dict[str, pd.DataFrame]) -> list[Fault]:
    if not {"host_kind", "host_id"} <= set(frame.columns):
        return []
    faults = []
    for label, kind, host in zip(frame.index, frame["host_kind"], frame["host_id"], strict=True):
        layer, key = _HOSTS.get(kind, (None, "")) if isinstance(kind, str) else (None, "")
        if layer is None or layer not in frames or key not in frames[layer] or pd.isna(host):
            continue
        if host not in set(frames[layer][key]):
            faults.append(found("host_unknown", "organisations", _row(label), "host_id", value=str(host)))
    return faults
