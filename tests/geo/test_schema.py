import string
from pathlib import Path

import pytest

from geo import faults as faults_module
from geo.errors import CrsError, LayerError, SchemaError
from geo.faults import FINDINGS, found, refusal
from geo.headers import find_layer, map_columns, normalise
from geo.schema import LAYERS, UNIT_LAYERS
from ui.texts.catalog import LANGUAGES, Texts, read_catalog


def places(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", FINDINGS)
def test_every_finding_has_a_text_and_a_mend_in_every_language(code, language):
    catalog = read_catalog(language)
    allowed = {"layer", *FINDINGS[code].facts}
    for part in ("text", "mend"):
        text = catalog[f"faults.{code}.{part}"]
        assert text
        assert places(text) <= allowed
        assert places(text) == places(read_catalog("en")[f"faults.{code}.{part}"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_there_is_no_text_for_a_finding_that_cannot_be_made(language):
    said = {key.split(".")[1] for key in read_catalog(language) if key.startswith("faults.")}
    assert set(FINDINGS) <= said
    # Files that are compared with a plan have findings of their own.
    sources = (Path(__file__).parents[2] / "scenarios" / "adoption").glob("*.py")
    comparing = "".join(path.read_text(encoding="utf-8") for path in sources)
    assert {code for code in said - set(FINDINGS) if f'"{code}"' not in comparing} == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_layer_and_column_has_a_name_in_every_language(language):
    texts = Texts(language)
    for spec in LAYERS.values():
        assert texts(f"layers.{spec.name}.name")
        for column in spec.column_names:
            assert texts(f"columns.{column}")


def test_a_finding_of_an_unknown_code_or_with_other_facts_cannot_be_made():
    with pytest.raises(KeyError):
        found("no_such_code", "roads")
    with pytest.raises(ValueError, match="value_negative"):
        found("value_negative", "roads", 1, "x", number="-1")


def test_the_error_is_as_precise_as_its_faults():
    missing = found("crs_missing", "roads", file="roads.shp")
    header = found("personal_header", "roads", None, "姓名")
    assert refusal((found("crs_assumed", "roads", file="x"),)) is None
    assert type(refusal((missing,))) is CrsError
    assert type(refusal((missing, header))) is SchemaError
    assert type(refusal((missing, found("value_missing", "roads", 1, "x")))) is LayerError
    assert refusal((missing,)).code == faults_module.REFUSED


def test_no_two_layers_and_no_two_columns_of_a_layer_share_a_spelling():
    names = [normalise(word) for spec in LAYERS.values() for word in (spec.name, *spec.synonyms)]
    assert len(names) == len(set(names))
    for spec in LAYERS.values():
        seen = {}
        for column in spec.columns:
            for word in {normalise(word) for word in (column.name, *column.headers)}:
                assert seen.setdefault(word, column.name) == column.name, (spec.name, word)


def test_households_are_required_where_cells_come_from_plain_areas():
    assert LAYERS["compounds"].column("households").required
    assert LAYERS["parcels"].column("households").required
    assert set(UNIT_LAYERS) <= set(LAYERS)
    with pytest.raises(KeyError):
        LAYERS["roads"].column("households")


@pytest.mark.parametrize(
    ("name", "layer", "exact"),
    [
        ("社区", "communities", True),
        ("網格", "grids", True),
        ("ROADS", "roads", True),
        ("小区（2024版）", "compounds", True),
        ("某街道小区台账2024", "compounds", False),
        ("社区道路", "roads", False),
        ("社区基本情况表", "community_facts", False),
        ("district_roads_2024", "roads", False),
        ("gridplan_plans", None, False),
        ("Sheet1", None, False),
    ],
)
def test_layers_are_recognised_by_name(name, layer, exact):
    assert find_layer(name) == (layer, exact)


def test_chinese_headers_are_mapped_and_what_is_not_used_is_listed():
    headers = ["序号", "小区编号", "小区名称", "总户数（户）", "所属社区", "经度", "纬度", "备注"]
    mapped = map_columns(LAYERS["compounds"], headers, places=True)
    assert mapped.columns == {
        "id": "小区编号",
        "name": "小区名称",
        "community_code": "所属社区",
        "households": "总户数（户）",
    }
    assert mapped.places == {"lon": "经度", "lat": "纬度"}
    assert [(f.code, f.facts["header"]) for f in mapped.faults] == [
        ("column_spare", "序号"),
        ("column_ignored", "备注"),
    ]


def test_two_columns_of_households_are_for_a_person_to_decide():
    headers = ["小区编号", "户籍户数", "常住户数"]
    mapped = map_columns(LAYERS["compounds"], headers, places=False)
    assert "households" not in mapped.columns
    assert mapped.faults[0].code == "column_ambiguous"
    assert mapped.faults[0].facts["headers"] == ("户籍户数", "常住户数")
    chosen = map_columns(LAYERS["compounds"], headers, {"常住户数": "households"}, places=False)
    assert chosen.columns["households"] == "常住户数"
    assert "column_ambiguous" not in [fault.code for fault in chosen.faults]


def test_names_that_a_shapefile_cut_short_are_recognised():
    headers = ["id", "community_", "households", "formal_mem", "property_c", "owners_com"]
    mapped = map_columns(LAYERS["compounds"], headers, places=False)
    assert mapped.columns["community_code"] == "community_"
    assert mapped.columns["owners_committee"] == "owners_com"
    assert not mapped.faults


def test_a_mapping_to_what_does_not_exist_is_a_fault():
    mapped = map_columns(LAYERS["compounds"], ["id", "h"], {"h": "homes", "gone": "households"}, places=False)
    assert [fault.code for fault in mapped.faults] == ["mapping_unknown_column", "mapping_unknown_header"]
