"""What a lever is: a frozen value with typed fields that changes a question, and how it is written.

A lever is written `NAME=VALUE` or `NAME.KEY=VALUE`, where VALUE is `field:value,field:value`; field names may
be left out where the values come in the order of the fields. Commas inside brackets belong to a shape.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from typing import Any, ClassVar, Literal, Protocol

import geopandas as gpd
import shapely
from shapely.errors import ShapelyError

from geo.layers import Layers
from scenarios.levers.errors import LeverError
from scenarios.rules import GridRules

FieldKind = Literal[
    "text",
    "count",
    "number",
    "percent",
    "metre",
    "place",
    "line",
    "community",
    "target",
    "member_place",
    "compound",
    "road",
    "road_class",
    "barrier",
    "cells",
    "rule",
    "cost",
    "staff",
    "venue",
    "venue_state",
    "unit_cost",
    "budget_column",
]
"""What a field holds; forms choose their widget by it."""

_BETWEEN_FIELDS = re.compile(r",(?![^(]*\))")
_WHOLE = ("count",)
_DECIMAL = ("number", "percent", "metre")
_SHAPES = {"place": ("Point", "Polygon", "MultiPolygon"), "line": ("LineString",)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked of a project under some levers.

    Attributes
    ----------
    layers
        The facts on the ground.
    cells
        The project's own cells (EPSG:4490), cut from its layers as they are; levers name ground by them.
    rules, weights, seed
        The terms.
    counts
        Community code → number of grids it must have.
    most_moved
        Largest share of a community's households, 0 to 1, that may change grid against today's grids.
    unit_costs, work_rules, budget
        Name of a unit cost → yuan, name of a rule for organisations and staff → value, of those that are
        changed, and what there is to spend in all; no grid depends on them.
    """

    layers: Layers
    cells: gpd.GeoDataFrame
    rules: GridRules
    weights: Mapping[str, float]
    seed: int = 1
    counts: Mapping[str, int] = field(default_factory=dict)
    most_moved: float | None = None
    unit_costs: Mapping[str, float] = field(default_factory=dict)
    work_rules: Mapping[str, float] = field(default_factory=dict)
    budget: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldSpec:
    """One field of a lever: what it holds, in which range, and whether it tells levers of a kind apart."""

    kind: FieldKind
    low: float | None = None
    high: float | None = None
    is_key: bool = False


class Lever(Protocol):
    """One change of a question.

    Attributes
    ----------
    name
        Its word in commands and files.
    stage
        When it is applied among others: what removes comes after what is removed, so that the order in which
        levers were set never matters.
    """

    name: ClassVar[str]
    stage: ClassVar[int]
    changes: ClassVar[Literal["layers", "terms"]]

    def apply(self, question: Question) -> Question:
        """Give the changed question; raise LeverError where there is nothing to change."""

    def reach(self, question: Question) -> frozenset[str]:
        """Give the codes of the communities that it may touch, in the question before it."""


def lever_field(
    kind: FieldKind,
    *,
    low: float | None = None,
    high: float | None = None,
    key: bool = False,
    default: Any = MISSING,  # noqa: ANN401 - any value a field may hold
) -> Any:  # noqa: ANN401 - dataclasses take what `field` gives for any type
    """Declare a field of a lever."""
    spec = FieldSpec(kind=kind, low=low, high=high, is_key=key)
    if default is MISSING:
        return field(metadata={"spec": spec})
    return field(default=default, metadata={"spec": spec})


def specs_of(kind: type) -> dict[str, FieldSpec]:
    """Give the fields of a kind of lever, in order."""
    return {item.name: item.metadata["spec"] for item in fields(kind)}


def is_required(kind: type, name: str) -> bool:
    """Tell whether a field must be given."""
    return next(item for item in fields(kind) if item.name == name).default is MISSING


def key_of(lever: Lever) -> str:
    """Give what tells a lever of a scenario from its others: `band`, `rule.max_households`."""
    return ".".join([lever.name, *key_values(lever)])


def key_values(lever: Lever) -> list[str]:
    """Give the values of the fields that are its key."""
    return [str(getattr(lever, name)) for name, spec in specs_of(type(lever)).items() if spec.is_key]


def to_plain(lever: Lever) -> dict[str, object]:
    """Give a lever as plain values for JSON; fields at their default are left out."""
    values = {item.name: getattr(lever, item.name) for item in fields(lever)}  # type: ignore[arg-type]  # levers are dataclasses
    kept = {name: value for name, value in values.items() if not _is_default(lever, name, value)}
    return {"lever": lever.name, **kept}


def make_lever(kind: type, values: Mapping[str, object]) -> Lever:
    """Make a lever from texts or plain values, each read by its field.

    Raises
    ------
    LeverError
        `lever_field_unknown`, `lever_field_missing`, `lever_value_unreadable`, `lever_value_out_of_range`.
    """
    specs = specs_of(kind)
    name = str(getattr(kind, "name", ""))
    unknown = sorted(values.keys() - specs.keys())
    if unknown:
        raise LeverError("lever_field_unknown", lever=name, field=unknown[0], known=list(specs))
    missing = [item for item in specs if item not in values and is_required(kind, item)]
    if missing:
        raise LeverError("lever_field_missing", lever=name, field=missing[0], known=list(specs))
    read = {item: read_value(name, item, specs[item], value) for item, value in values.items()}
    made: Lever = kind(**read)
    return made


def split_value(kind: type, text: str, taken: Collection[str] = ()) -> dict[str, object]:
    """Split the VALUE of `LEVER=VALUE` into texts by field; those in `taken` are already known.

    Raises
    ------
    LeverError
        `lever_value_unreadable` where there are more values than fields.
    """
    specs = specs_of(kind)
    open_fields = [item for item in specs if item not in taken]
    values: dict[str, object] = {}
    for part in _BETWEEN_FIELDS.split(text):
        head, colon, tail = part.partition(":")
        if colon and head.strip() in specs:
            values[head.strip()] = tail.strip()
            continue
        left = [item for item in open_fields if item not in values]
        if not left:
            raise LeverError("lever_value_unreadable", lever=getattr(kind, "name", ""), field="", value=part)
        values[left[0]] = part.strip()
    return values


def read_value(lever: str, name: str, spec: FieldSpec, value: object) -> object:
    """Read one value by its field.

    Raises
    ------
    LeverError
        `lever_value_unreadable`, `lever_value_out_of_range`.
    """
    try:
        read = _read(spec, value)
    except (ValueError, TypeError, ShapelyError):
        raise LeverError("lever_value_unreadable", lever=lever, field=name, value=str(value)) from None
    if isinstance(read, int | float) and (
        (spec.low is not None and read < spec.low) or (spec.high is not None and read > spec.high)
    ):
        raise LeverError(
            "lever_value_out_of_range", lever=lever, field=name, value=read, low=spec.low, high=spec.high
        )
    return read


def _read(spec: FieldSpec, value: object) -> object:
    text = str(value).strip()
    if value is None:
        return None
    if spec.kind in _WHOLE:
        number = float(text)
        if number != int(number):
            raise ValueError(text)
        return int(number)
    if spec.kind in _DECIMAL:
        number = float(text.removesuffix("%"))
        if number != number or number in (float("inf"), float("-inf")):  # noqa: PLR0124 - NaN is no value
            raise ValueError(text)
        return number
    if spec.kind in _SHAPES:
        return _read_shape(text, _SHAPES[spec.kind])
    if spec.kind == "cells":
        items = value if isinstance(value, list | tuple) else re.split(r"[\s+]+", text)
        return tuple(str(item) for item in items if str(item))
    if not text:
        raise ValueError(text)
    return text


def _read_shape(text: str, kinds: tuple[str, ...]) -> str:
    """Read `LON LAT` or WKT in degrees; give it as WKT."""
    pair = text.replace("/", " ").split()
    if len(pair) == 2 and "(" not in text:
        shape: shapely.Geometry = shapely.Point(float(pair[0]), float(pair[1]))
    else:
        shape = shapely.from_wkt(text)
    west, south, east, north = shape.bounds
    inside = min(west + 180, 180 - east, south + 90, 90 - north) >= 0
    if shape.geom_type not in kinds or shape.is_empty or not shape.is_valid or not inside:
        raise ValueError(text)
    return str(shapely.to_wkt(shapely.force_2d(shape), rounding_precision=8))


def _is_default(lever: Lever, name: str, value: object) -> bool:
    declared: Field[Any] = next(item for item in fields(lever) if item.name == name)  # type: ignore[arg-type]  # same
    return declared.default is not MISSING and declared.default == value
