"""What several tests of reading stand on."""

import pytest

from tests.geo.layers_by_hand import communities, write_geojson


@pytest.fixture
def ground(tmp_path):
    """The two communities as a GeoJSON file, to which a test adds one more source."""
    home = tmp_path / "ground"
    home.mkdir()
    return write_geojson(communities(), home / "communities.geojson")
