"""Each bad input an office may bring, at the command line: a clear word, no traceback, no half project."""

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from click.testing import Result
from typer.testing import CliRunner

from geo.layers import Layers
from gridplan import main
from optimize.engines import ENGINES
from scenarios.store import require_outcome

Spoil = Callable[[Path, dict[str, gpd.GeoDataFrame]], None]


def gridplan(*arguments: object) -> Result:
    """Run a command in this process: an exception that is not an exit is a traceback to the person."""
    done = CliRunner().invoke(main, [str(item) for item in arguments])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done


def write(folder: Path, frames: dict[str, gpd.GeoDataFrame]) -> None:
    for name, frame in frames.items():
        frame.to_file(folder / f"{name}.geojson", driver="GeoJSON")


def empty_file(folder: Path, frames: dict[str, gpd.GeoDataFrame]) -> None:
    write(folder, frames)
    (folder / "parcels.geojson").write_bytes(b"")


def empty_geopackage(folder: Path, frames: dict[str, gpd.GeoDataFrame]) -> None:
    write(folder, frames)
    (folder / "roads.gpkg").write_bytes(b"")


def no_communities(folder: Path, frames: dict[str, gpd.GeoDataFrame]) -> None:
    write(folder, {"parcels": frames["parcels"]})


def no_required_column(folder: Path, frames: dict[str, gpd.GeoDataFrame]) -> None:
    write(folder, {**frames, "parcels": frames["parcels"].drop(columns="households")})


def duplicate_ids(folder: Path, frames: dict[str, gpd.GeoDataFrame]) -> None:
    frames["parcels"].loc[4, "id"] = frames["parcels"].loc[2, "id"]
    write(folder, frames)


def negative_count(folder: Path, frames: dict[str, gpd.GeoDataFrame]) -> None:
    frames["parcels"].loc[3, "households"] = -5
    write(folder, frames)


def textual_count(folder: Path, frames: dict[str, gpd.GeoDataFrame]) -> None:
    frames["parcels"]["households"] = frames["parcels"]["households"].astype(object)
    frames["parcels"].loc[3, "households"] = "大约三百"
    write(folder, frames)


def null_geometry(folder: Path, frames: dict[str, gpd.GeoDataFrame]) -> None:
    frames["parcels"].loc[3, "geometry"] = None
    write(folder, frames)


def bow_tie(folder: Path, frames: dict[str, gpd.GeoDataFrame]) -> None:
    x, y, far_x, far_y = frames["parcels"].geometry.iloc[3].bounds
    frames["parcels"].loc[3, "geometry"] = shapely.Polygon([(x, y), (far_x, far_y), (far_x, y), (x, far_y)])
    write(folder, frames)


def shapefile_without_crs(folder: Path, frames: dict[str, gpd.GeoDataFrame]) -> None:
    write(folder, frames)
    (folder / "parcels.geojson").unlink()
    metres = frames["parcels"].to_crs("EPSG:4549")
    metres.to_file(folder / "parcels.shp", encoding="GBK")
    (folder / "parcels.prj").unlink()
    with zipfile.ZipFile(folder / "parcels.zip", "w") as archive:
        for part in sorted(folder.glob("parcels.*")):
            if part.suffix != ".zip":
                archive.write(part, part.name)
                part.unlink()


def metres_called_degrees(folder: Path, frames: dict[str, gpd.GeoDataFrame]) -> None:
    write(folder, frames)
    metres = frames["parcels"].to_crs("EPSG:4549").set_crs("EPSG:4326", allow_override=True)
    metres.to_file(folder / "parcels.geojson", driver="GeoJSON")


def far_away(folder: Path, frames: dict[str, gpd.GeoDataFrame]) -> None:
    frames["parcels"]["geometry"] = frames["parcels"].translate(5, 5)
    write(folder, frames)


def climbing_zip(folder: Path, frames: dict[str, gpd.GeoDataFrame]) -> None:
    write(folder, {"communities": frames["communities"]})
    with zipfile.ZipFile(folder / "parcels.zip", "w") as archive:
        archive.writestr("../parcels.geojson", frames["parcels"].to_json())


def personal_column(folder: Path, frames: dict[str, gpd.GeoDataFrame]) -> None:
    frames["parcels"]["联系电话"] = [f"138{row:08d}" for row in range(len(frames["parcels"]))]
    write(folder, frames)


def identity_cards(folder: Path, frames: dict[str, gpd.GeoDataFrame]) -> None:
    frames["parcels"]["备注"] = "11010519491231002X"
    write(folder, frames)


FAULTY: dict[Spoil, tuple[str | None, int | None, str | None]] = {
    empty_file: (None, None, None),
    empty_geopackage: (None, None, None),
    no_communities: ("communities", None, None),
    no_required_column: ("parcels", None, "households"),
    duplicate_ids: ("parcels", 5, "id"),
    negative_count: ("parcels", 4, "households"),
    textual_count: ("parcels", 4, "households"),
    null_geometry: ("parcels", 4, None),
    shapefile_without_crs: (None, None, None),
    metres_called_degrees: (None, None, None),
    far_away: ("parcels", None, None),
    climbing_zip: (None, None, None),
    personal_column: ("parcels", None, None),
    identity_cards: ("parcels", None, None),
}


@pytest.fixture
def frames(two_communities: Layers) -> dict[str, gpd.GeoDataFrame]:
    return {name: frame.to_crs("EPSG:4326") for name, frame in two_communities.frames.items()}


@pytest.mark.parametrize("spoil", FAULTY, ids=lambda item: item.__name__)
def test_refused_with_place_and_mend(
    tmp_path: Path, frames: dict[str, gpd.GeoDataFrame], spoil: Spoil
) -> None:
    folder = tmp_path / "layers"
    folder.mkdir()
    spoil(folder, frames)
    target = tmp_path / "out" / "new.gpkg"
    target.parent.mkdir()
    done = gridplan("import", folder, "--out", target, "--json", "--lang", "zh_Hans")
    assert done.exit_code == 2, done.stderr
    assert "{" not in done.stderr, "a place in a sentence stayed open"
    assert any("一" <= letter <= "鿿" for letter in done.stderr)
    assert list(target.parent.iterdir()) == []
    document = json.loads(done.stdout)
    layer, row, column = FAULTY[spoil]
    places = [document["facts"], *document["faults"]]
    assert any(_fits(place, layer, row, column) for place in places), document


def _fits(place: dict[str, Any], layer: str | None, row: int | None, column: str | None) -> bool:
    wanted = {"layer": layer, "row": row, "column": column}
    return all(value is None or place.get(name) == value for name, value in wanted.items())


def test_an_old_project_survives_a_faulty_import(small_project: Path, tmp_path: Path) -> None:
    before = small_project.read_bytes()
    folder = tmp_path / "layers"
    folder.mkdir()
    (folder / "communities.geojson").write_text("{}")
    assert gridplan("import", folder, "--out", small_project, "--replace").exit_code == 2
    assert small_project.read_bytes() == before


def test_several_faults_are_listed_at_once(tmp_path: Path, frames: dict[str, gpd.GeoDataFrame]) -> None:
    frames["parcels"].loc[1, "households"] = -1
    frames["parcels"].loc[4, "id"] = frames["parcels"].loc[2, "id"]
    frames["parcels"].loc[6, "geometry"] = None
    folder = tmp_path / "layers"
    folder.mkdir()
    write(folder, frames)
    done = gridplan("import", folder, "--out", tmp_path / "new.gpkg", "--json")
    rows = {fault["row"] for fault in json.loads(done.stdout)["faults"] if fault["severity"] == "fault"}
    assert {2, 5, 7} <= rows


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "=1+1", "@cmd", "日本'; DROP TABLE cells;--"])
def test_nasty_names_stay_plain_text_to_the_end(
    tmp_path: Path, frames: dict[str, gpd.GeoDataFrame], name: str
) -> None:
    frames["communities"]["name"] = name
    folder = tmp_path / "layers"
    folder.mkdir()
    write(folder, frames)
    project = tmp_path / "nasty.gpkg"
    assert gridplan("import", folder, "--out", project).exit_code == 0
    assert gridplan("grids", project).exit_code == 1
    page, table = tmp_path / "map.html", tmp_path / "grids.geojson"
    assert gridplan("export", project, "--to", page).exit_code == 0
    assert gridplan("export", project, "--to", table).exit_code == 0
    assert "<script>alert(1)" not in page.read_text(encoding="utf-8")
    assert gpd.read_file(table)["name"].str.startswith(name).all()


def test_gbk_table_is_read_and_dirty_counts_are_listed_as_repairs(
    tmp_path: Path, frames: dict[str, gpd.GeoDataFrame]
) -> None:
    folder = tmp_path / "layers"
    folder.mkdir()
    frames["communities"].to_file(folder / "社区.geojson", driver="GeoJSON")
    centre = frames["parcels"].to_crs("EPSG:4549").representative_point().to_crs("EPSG:4326")
    pd.DataFrame(
        {
            "小区编号": frames["parcels"]["id"],
            "小区名称": "柳岸花园",
            "户数": [f"{count}户" for count in frames["parcels"]["households"]],
            "经度": centre.x,
            "纬度": centre.y,
        }
    ).to_csv(folder / "小区.csv", index=False, encoding="gbk")
    project = tmp_path / "gbk.gpkg"
    done = gridplan("import", folder, "--out", project, "--json")
    assert done.exit_code == 0, done.stderr
    document = json.loads(done.stdout)
    assert document["layers"]["compounds"]["rows"] == 18
    assert sum(fault["severity"] == "repair" for fault in document["faults"]) >= 1
    assert gpd.read_file(project, layer="compounds")["name"].eq("柳岸花园").all()


def test_a_community_without_cells_is_named_and_the_other_is_solved(
    tmp_path: Path, frames: dict[str, gpd.GeoDataFrame]
) -> None:
    frames["parcels"] = frames["parcels"][frames["parcels"]["community_code"] == "999001001001"]
    folder = tmp_path / "layers"
    folder.mkdir()
    write(folder, frames)
    project = tmp_path / "half.gpkg"
    done = gridplan("import", folder, "--out", project, "--json")
    assert done.exit_code == 0, done.stderr
    assert any("999001001002" in json.dumps(fault) for fault in json.loads(done.stdout)["faults"])
    solved = gridplan("grids", project, "--json")
    assert solved.exit_code == 1
    proofs = {item["community_code"]: item for item in json.loads(solved.stdout)["communities"]}
    assert proofs["999001001001"]["proven"]
    assert not proofs["999001001002"]["proven"]
    assert proofs["999001001002"]["reason"]


def test_bow_tie_is_a_fault_or_a_listed_repair(tmp_path: Path, frames: dict[str, gpd.GeoDataFrame]) -> None:
    folder = tmp_path / "layers"
    folder.mkdir()
    bow_tie(folder, frames)
    done = gridplan("import", folder, "--out", tmp_path / "new.gpkg", "--json")
    faults = json.loads(done.stdout)["faults"]
    assert any(fault["layer"] == "parcels" and fault["row"] == 4 for fault in faults)
    assert (done.exit_code == 2) == any(fault["severity"] == "fault" for fault in faults)


@pytest.mark.parametrize("command", ["check", "grids", "export"])
@pytest.mark.parametrize("content", [b"", b"hello", None])
def test_every_command_refuses_what_is_no_project(
    tmp_path: Path, command: str, content: bytes | None
) -> None:
    project = tmp_path / "wrong.gpkg"
    if content is not None:
        project.write_bytes(content)
    more = ["--to", tmp_path / "out.html"] if command == "export" else []
    done = gridplan(command, project, *more)
    assert done.exit_code == 2
    assert not (tmp_path / "out.html").exists()


@pytest.mark.parametrize(
    "option",
    [
        ["--seed", "-1"],
        ["--seed", "99999999999999999999"],
        ["--engine", "guess"],
        ["--time-limit", "-3"],
        ["--rule", "min_households=nan"],
        ["--rule", "min_households=inf"],
        ["--weight", "boundary=nan"],
    ],
)
def test_an_impossible_option_is_refused_before_any_work(small_project: Path, option: list[str]) -> None:
    before = small_project.read_bytes()
    assert gridplan("grids", small_project, *option).exit_code == 2
    assert small_project.read_bytes() == before


def test_every_engine_is_named_in_the_help() -> None:
    said = gridplan("grids", "--help").output
    assert all(engine in said for engine in ENGINES)


def test_a_rule_goes_before_what_the_band_implies(small_project: Path) -> None:
    done = gridplan("grids", small_project, "--min-households", 280, "--rule", "target_households=310")
    assert done.exit_code in (0, 1)
    assert require_outcome(small_project).rules["target_households"] == 310


def test_no_source_is_replaced_by_the_project_made_of_it(
    tmp_path: Path, frames: dict[str, gpd.GeoDataFrame]
) -> None:
    source = tmp_path / "all.gpkg"
    for name, frame in frames.items():
        frame.to_file(source, layer=name, driver="GPKG")
    before = source.read_bytes()
    assert gridplan("import", source, "--out", source, "--replace").exit_code == 2
    assert gridplan("import", tmp_path, "--out", source, "--replace").exit_code == 2
    assert source.read_bytes() == before
