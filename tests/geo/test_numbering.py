"""Codes run west to east, then north to south, in each community."""

from hypothesis import given
from hypothesis import strategies as st

from geo.numbering import number_grids


def test_rows_from_the_north_west_to_east():
    # A 3 by 2 arrangement whose centroids wander by a fifth of a grid, given out of order.
    places = {
        "nw": (0, 100),
        "n": (105, 118),
        "ne": (210, 90),
        "sw": (10, 0),
        "s": (95, -15),
        "se": (200, 15),
    }
    order = ["s", "ne", "sw", "nw", "se", "n"]
    x, y = zip(*(places[name] for name in order), strict=True)
    codes = dict(zip(order, number_grids(x, y, ["110105001001"] * 6), strict=True))
    assert sorted(codes, key=codes.__getitem__) == ["nw", "n", "ne", "sw", "s", "se"]
    assert codes["nw"] == "110105001001001"


def test_each_community_counts_from_one_whatever_its_code():
    assert number_grids([0, 0, 9], [0, 0, 0], ["C01", "C02", "C01"]) == ["C01001", "C02001", "C01002"]


def test_the_template_can_be_changed():
    assert number_grids([0], [0], ["C01"], template="{community}-{number}") == ["C01-1"]


def test_no_grids_no_codes():
    assert number_grids([], [], []) == []


POINT = st.tuples(st.integers(-5000, 5000), st.integers(-5000, 5000))


@given(points=st.lists(POINT, min_size=1, max_size=40, unique=True), shuffle=st.randoms())
def test_codes_are_unique_gapless_and_free_of_input_order(points, shuffle):
    x, y = zip(*points, strict=True)
    codes = number_grids(x, y, ["C"] * len(points))
    assert sorted(codes) == [f"C{n + 1:03d}" for n in range(len(points))]
    mixed = list(points)
    shuffle.shuffle(mixed)
    again = number_grids([p[0] for p in mixed], [p[1] for p in mixed], ["C"] * len(points))
    assert dict(zip(mixed, again, strict=True)) == dict(zip(points, codes, strict=True))
