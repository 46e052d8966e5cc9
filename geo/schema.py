"""The layers of a project as data: which geometry and which columns each has, and how values are read.

Read by the reader, the checks, the store, the generator and the interface; behaviour lives there, not here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from geo.spellings import CHOICE_SPELLINGS, COLUMN_SPELLINGS, LAYER_SPELLINGS

GeometryKind = Literal["point", "line", "polygon"]
ColumnKind = Literal["id", "code", "text", "count", "area", "money", "date", "flag", "choice"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of a layer.

    Attributes
    ----------
    name
        Name in the project and in exports.
    kind
        How values are read: `id` and `code` are text, `count` whole numbers (Int64), `area` (m²) and `money`
        (yuan) floats, `date` a day, `flag` yes or no (boolean), `choice` one of `choices`.
    required
        The column must be there and every row must have a value.
    headers
        Other spellings under which the column is recognised, the most telling first.
    choices
        Value → the spellings that mean it.
    open_choice
        Whether values beyond `choices` are kept as they are.
    units
        Units that may follow a number ("1124户").
    refers_to
        (layer, column) in which the value must occur.
    """

    name: str
    kind: ColumnKind
    required: bool = False
    headers: tuple[str, ...] = ()
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    open_choice: bool = False
    units: tuple[str, ...] = ()
    refers_to: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerSpec:
    """One layer: the geometry it may have, its columns, and the file or sheet names that mean it.

    `key` names the column whose values are unique; a layer without `geometry` kinds is a plain table.
    """

    name: str
    geometry: frozenset[GeometryKind]
    geometry_required: bool
    key: str | None
    columns: tuple[Column, ...]
    synonyms: tuple[str, ...]

    def column(self, name: str) -> Column:
        """Give the column of that name; KeyError if there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)

    @property
    def column_names(self) -> tuple[str, ...]:
        """The names of the columns, in the order in which they are stored and shown."""
        return tuple(column.name for column in self.columns)


_PEOPLE = ("人", "名", "口", "位", "people", "persons")
_ITEMS = ("个", "個", "家", "件", "项", "項")
_HOUSEHOLDS = ("户", "戶", "households", "hh")
_FLOORS = ("层", "層", "floors", "f")
_AREA = ("平方米", "平米", "㎡", "m²", "m2", "sqm")
_MONEY = ("元", "圆", "yuan", "rmb")


def _column(name: str, kind: ColumnKind, *units: str) -> Column:
    return Column(name=name, kind=kind, units=units)


def _need(name: str, kind: ColumnKind, *units: str) -> Column:
    return Column(name=name, kind=kind, units=units, required=True)


def _reference(name: str, layer: str, column: str, *, required: bool = False) -> Column:
    return Column(name=name, kind="code", refers_to=(layer, column), required=required)


def _open_choice(name: str) -> Column:
    return Column(name=name, kind="choice", open_choice=True)


def _spelt(layer: str, column: Column) -> Column:
    key = f"{layer}.{column.name}"
    choices = {value: tuple(words.split()) for value, words in CHOICE_SPELLINGS.get(key, {}).items()}
    return Column(
        name=column.name,
        kind=column.kind,
        required=column.required,
        headers=tuple(COLUMN_SPELLINGS.get(key, "").split()),
        choices=MappingProxyType(choices),
        open_choice=column.open_choice,
        units=column.units,
        refers_to=column.refers_to,
    )


def _layer(
    name: str,
    geometry: tuple[GeometryKind, ...],
    columns: tuple[Column, ...],
    *,
    key: str | None = "id",
    geometry_required: bool = True,
) -> LayerSpec:
    return LayerSpec(
        name=name,
        geometry=frozenset(geometry),
        geometry_required=geometry_required,
        key=key,
        columns=tuple(_spelt(name, column) for column in columns),
        synonyms=tuple(LAYER_SPELLINGS[name].split()),
    )


_IN_COMMUNITY = _reference("community_code", "communities", "code")

_SPECS = (
    _layer(
        "communities",
        ("polygon",),
        (_need("code", "code"), _column("name", "text"), _column("street", "text")),
        key="code",
    ),
    _layer(
        "compounds",
        ("polygon", "point"),
        (
            _need("id", "id"),
            _column("name", "text"),
            _IN_COMMUNITY,
            _need("households", "count", *_HOUSEHOLDS),
            _column("residents", "count", *_PEOPLE),
            _column("elderly", "count", *_PEOPLE),
            _column("formal_members", "count", *_PEOPLE),
            _column("property_company", "text"),
            _column("owners_committee", "flag"),
        ),
    ),
    _layer(
        "buildings",
        ("polygon", "point"),
        (
            _need("id", "id"),
            _reference("compound_id", "compounds", "id"),
            _column("households", "count", *_HOUSEHOLDS),
            _column("residents", "count", *_PEOPLE),
            _column("elderly", "count", *_PEOPLE),
            _column("floors", "count", *_FLOORS),
        ),
    ),
    _layer(
        "parcels",
        ("polygon",),
        (
            _need("id", "id"),
            _need("households", "count", *_HOUSEHOLDS),
            _column("residents", "count", *_PEOPLE),
            _column("elderly", "count", *_PEOPLE),
            _IN_COMMUNITY,
        ),
    ),
    _layer(
        "institutions",
        ("point",),
        (
            _need("id", "id"),
            _column("name", "text"),
            _open_choice("kind"),
            _column("sector", "text"),
            _column("staff", "count", *_PEOPLE),
            _column("formal_members", "count", *_PEOPLE),
            _IN_COMMUNITY,
            _column("cobuild", "flag"),
        ),
    ),
    _layer(
        "organisations",
        ("point",),
        (
            _need("id", "id"),
            _column("name", "text"),
            _column("level", "choice"),
            _column("formal_members", "count", *_PEOPLE),
            _column("host_kind", "choice"),
            _column("host_id", "code"),
            _column("last_activity", "date"),
        ),
        geometry_required=False,
    ),
    _layer(
        "venues",
        ("point",),
        (
            _need("id", "id"),
            _column("name", "text"),
            _column("status", "choice"),
            _column("area_m2", "area", *_AREA),
            _column("activity_m2", "area", *_AREA),
            _column("capacity", "count", *_PEOPLE, *_HOUSEHOLDS, "座"),
            _column("windows", "count", *_ITEMS),
            _column("functions", "text"),
            _column("services", "text"),
            _column("hours", "text"),
            _column("staff", "count", *_PEOPLE),
            _column("cost_build", "money", *_MONEY),
            _column("cost_year", "money", *_MONEY),
            _column("land_use", "text"),
        ),
    ),
    _layer("roads", ("line",), (_column("name", "text"), _column("class", "choice")), key=None),
    _layer("barriers", ("line", "polygon"), (_column("kind", "choice"),), key=None),
    _layer(
        "grids",
        ("polygon",),
        (_need("code", "code"), _column("name", "text"), _column("kind", "choice"), _IN_COMMUNITY),
        key="code",
    ),
    _layer(
        "community_facts",
        (),
        (
            _reference("community_code", "communities", "code", required=True),
            _column("posts", "count", *_PEOPLE, *_ITEMS),
            _column("filled", "count", *_PEOPLE),
            _column("grid_workers", "count", *_PEOPLE),
            _column("volunteers", "count", *_PEOPLE),
            _column("social_organisations", "count", *_ITEMS),
            _column("tasks", "count", *_ITEMS),
            *(
                _column(f"budget_{line}", "money", *_MONEY)
                for line in ("personnel", "operations", "venues", "activities", "services", "technology")
            ),
        ),
        key="community_code",
        geometry_required=False,
    ),
)

LAYERS: Mapping[str, LayerSpec] = MappingProxyType({spec.name: spec for spec in _SPECS})
"""Layer name → what it holds, in the order in which layers are shown."""

UNIT_LAYERS = ("parcels", "buildings", "compounds")
"""Layers that cells are cut from: a project needs at least one, and the first it has gives the households."""
