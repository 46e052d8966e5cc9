"""Neighbours differ, and the colours differ for every kind of sight."""

import itertools

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from exports.colours import PALETTE, colour_grids, neighbours, on_paper

# Machado, Oliveira & Fernandes (2009), severity 1, on linear RGB.
SIGHT = {
    "normal": np.eye(3),
    "protan": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deutan": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritan": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])


def seen(colour: str, sight: str) -> np.ndarray:
    """CIE L*a*b* of a colour as that sight sees it."""
    parts = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    xyz = TO_XYZ @ np.clip(np.array(SIGHT[sight]) @ linear, 0, 1) / (0.9505, 1, 1.089)
    x, y, z = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("sight", SIGHT)
def test_colours_are_far_apart(sight):
    apart = {
        (a, b): float(np.linalg.norm(seen(a, sight) - seen(b, sight)))
        for a, b in itertools.combinations(PALETTE, 2)
    }
    assert min(apart.values()) > 18, apart  # about 2 is just noticeable side by side


@pytest.mark.parametrize(("count", "apart"), [(4, 6.5), (6, 3.0)])
def test_a_grey_print_keeps_the_colours_apart(count, apart):
    """Lightness alone: two neighbours once were yellow and blue, and the same grey (L* 88 and 86)."""
    lightness = sorted(seen(on_paper(colour), "normal")[0] for colour in PALETTE[:count])
    assert min(np.diff(lightness)) > apart, lightness  # about 1 is just noticeable


def test_black_text_can_be_read_on_every_colour():
    for colour in PALETTE:
        luminance = ((seen(colour, "normal")[0] + 16) / 116) ** 3
        assert (luminance + 0.05) / 0.05 > 7  # WCAG 2 AAA


@given(seed=st.integers(0, 10_000), size=st.integers(2, 7))
@settings(max_examples=30, deadline=None)
def test_neighbours_differ(seed, size):
    # Unite random cells of a lattice: groups of any shape, with corners where four meet.
    labels = np.random.default_rng(seed).integers(0, 12, size * size)
    boxes = [shapely.box(x, y, x + 1, y + 1) for x in range(size) for y in range(size)]
    areas = gpd.GeoDataFrame({"label": labels}, geometry=boxes, crs="EPSG:4549").dissolve("label")
    colours = colour_grids(areas)
    shapes = areas.geometry.to_numpy()
    for a, b in itertools.combinations(range(len(areas)), 2):
        assert (colours[a] != colours[b]) or not shapely.intersects(shapes[a], shapes[b])


def test_every_pair_of_many_neighbours_differs_beyond_the_palette():
    fan = [
        shapely.Polygon([(0, 0), (np.cos(t), np.sin(t)), (np.cos(t + 0.3), np.sin(t + 0.3))])
        for t in range(9)
    ]
    colours = colour_grids(gpd.GeoDataFrame(geometry=fan, crs="EPSG:4549"))
    assert len(set(colours)) == 9


def test_areas_a_little_apart_are_neighbours_in_metres_and_degrees():
    near = gpd.GeoDataFrame(
        geometry=[shapely.box(0, 0, 50, 50), shapely.box(50.2, 0, 90, 50), shapely.box(95, 0, 120, 50)],
        crs="EPSG:4549",
    )
    near = near.set_geometry(near.geometry.translate(500_000, 3_300_000))
    assert neighbours(near).tolist() == [[0, 1]]
    assert neighbours(near.to_crs("EPSG:4490")).tolist() == [[0, 1]]


def test_no_areas():
    assert colour_grids(gpd.GeoDataFrame(geometry=[], crs="EPSG:4490")) == []
