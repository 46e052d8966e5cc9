"""Every code that reading and checking can find, with its weight; a finding with another code cannot be made.

The interface has a sentence and a mend for each code; a test holds the two together.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from geo.errors import CrsError, FormatError, LayerError, SchemaError
from geo.layers import Fault, Severity


@dataclass(frozen=True, slots=True)
class Finding:
    """What a code means for the import: its severity, the error it belongs to, and the facts it carries."""

    severity: Severity
    error: type[LayerError]
    facts: tuple[str, ...] = ()


def _fault(error: type[LayerError], *facts: str) -> Finding:
    return Finding("fault", error, facts)


def _repair(*facts: str) -> Finding:
    return Finding("repair", LayerError, facts)


def _notice(*facts: str) -> Finding:
    return Finding("notice", LayerError, facts)


FINDINGS: Mapping[str, Finding] = MappingProxyType(
    {
        # files
        "source_missing": _fault(FormatError, "file"),
        "source_empty": _fault(FormatError, "file"),
        "source_unreadable": _fault(FormatError, "file"),
        "source_kind_unknown": _fault(FormatError, "file"),
        "source_without_layers": _fault(FormatError, "file"),
        "archive_unsafe_path": _fault(FormatError, "file", "entry"),
        "archive_too_large": _fault(FormatError, "file", "size_mb", "limit_mb"),
        "archive_encrypted": _fault(FormatError, "file"),
        "shapefile_incomplete": _fault(FormatError, "file", "missing"),
        "text_encoding": _notice("file", "encoding"),
        # layers and columns
        "layer_unknown": _fault(SchemaError, "file"),
        "layer_ignored": _notice("file"),
        "layer_guessed": _notice("file"),
        "layer_twice": _fault(SchemaError, "file", "other"),
        "layer_empty": _notice("file"),
        "layer_missing": _fault(SchemaError),
        "unit_layer_missing": _fault(SchemaError),
        "column_missing": _fault(SchemaError, "headers"),
        "column_ambiguous": _fault(SchemaError, "headers"),
        "column_spare": _notice("header", "used"),
        "column_ignored": _notice("header"),
        "column_scaled": _repair("header", "factor"),
        "mapping_unknown_header": _fault(SchemaError, "header"),
        "mapping_unknown_column": _fault(SchemaError, "header"),
        "mapping_unknown_layer": _fault(SchemaError),
        "personal_id_numbers": _fault(SchemaError, "n"),
        "personal_phone_numbers": _fault(SchemaError, "n"),
        "personal_header": _fault(SchemaError),
        # values
        "value_missing": _fault(SchemaError),
        "value_unreadable": _fault(SchemaError, "value"),
        "value_negative": _fault(SchemaError, "value"),
        "value_not_whole": _fault(SchemaError, "value"),
        "value_imprecise": _fault(SchemaError, "value"),
        "choice_unknown": _fault(SchemaError, "value", "allowed"),
        "value_read": _repair("value", "read"),
        "value_unknown": _repair("value"),
        "choice_read": _repair("value", "read", "n"),
        "choice_kept": _notice("value", "n"),
        "text_trimmed": _repair("n"),
        "control_characters": _repair("read"),
        "text_undecodable": _notice("value", "n"),
        "row_too_long": _fault(SchemaError),
        "total_row": _repair("value"),
        "key_duplicate": _fault(SchemaError, "value", "first_row"),
        "reference_unknown": _fault(SchemaError, "value"),
        "compound_unknown": _notice("value"),
        "host_unknown": _notice("value"),
        "activity_above_area": _notice("activity_m2", "area_m2"),
        "hours_impossible": _notice("value"),
        # coordinates
        "crs_unknown": _fault(CrsError, "crs"),
        "crs_missing": _fault(CrsError, "file"),
        "crs_assumed": _notice("file"),
        "crs_applied": _notice("file", "crs"),
        "crs_overruled": _notice("file", "declared", "crs"),
        "crs_kept": _notice("file", "declared", "crs"),
        "crs_approximate": _notice("crs"),
        "crs_degrees_expected": _fault(CrsError, "crs", "x", "y"),
        "crs_metres_expected": _fault(CrsError, "crs", "x", "y"),
        "crs_outside_area": _fault(CrsError, "crs", "x", "y"),
        "crs_axes_swapped": _fault(CrsError, "x", "y"),
        "layer_far_away": _fault(CrsError, "distance_km"),
        # shapes
        "geometry_column_missing": _fault(SchemaError, "file"),
        "geometry_missing": _fault(LayerError),
        "geometry_unreadable": _fault(LayerError),
        "geometry_not_point": _fault(LayerError),
        "geometry_not_line": _fault(LayerError),
        "geometry_not_polygon": _fault(LayerError),
        "geometry_not_point_or_polygon": _fault(LayerError),
        "geometry_not_line_or_polygon": _fault(LayerError),
        "geometry_invalid": _fault(LayerError, "lon", "lat"),
        "geometry_mended": _repair("area_m2", "change_m2"),
        "geometry_single": _repair(),
        "heights_dropped": _repair("n"),
        "communities_overlap": _fault(LayerError, "other_row", "code", "other_code", "area_m2"),
        "communities_sliver": _notice("code", "other_code", "area_m2"),
        "outside_communities": _notice("id"),
        "parcels_gap": _notice("community_code", "area_m2"),
        "parcels_overlap": _notice("community_code", "area_m2"),
        "parcels_outside": _notice("community_code", "area_m2"),
        "community_located": _repair("community_code"),
        "community_located_all": _repair("n"),
        "community_by_name": _repair("value", "community_code"),
        "community_elsewhere": _notice("value", "community_code"),
        "community_empty": _notice("community_code"),
        "community_without_households": _notice("community_code"),
        # found while cutting cells
        "figures_missing": _notice("n"),
        "compound_total_differs": _notice("id", "households", "in_buildings"),
    }
)
"""Code → what it means."""

REFUSED = "layers_refused"
"""Code of the error that carries all findings when at least one is a fault."""


def found(
    code: str, layer: str, row: int | None = None, column: str | None = None, /, **facts: object
) -> Fault:
    """Make a finding; KeyError when the code is not one of `FINDINGS`, ValueError when its facts differ."""
    finding = FINDINGS[code]
    if set(facts) != set(finding.facts):
        raise ValueError(code, tuple(facts))
    return Fault(code=code, severity=finding.severity, layer=layer, row=row, column=column, facts=facts)


def refusal(faults: tuple[Fault, ...]) -> LayerError | None:
    """Give the error that refuses these layers with all their findings, or None when nothing is a fault.

    Its class is that of the faults when they share one, and `SchemaError` as soon as one is about personal
    records.
    """
    wrong = [fault for fault in faults if fault.severity == "fault"]
    if not wrong:
        return None
    kinds = {FINDINGS[fault.code].error for fault in wrong}
    personal = any(fault.code.startswith("personal_") for fault in wrong)
    error = SchemaError if personal else kinds.pop() if len(kinds) == 1 else LayerError
    return error(REFUSED, faults=faults, n=len(wrong))
