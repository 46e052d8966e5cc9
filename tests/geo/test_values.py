from datetime import date, datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.personal import find_personal
from geo.read_values import read_column
from geo.schema import LAYERS
from geo.values import read_count, read_date, read_flag, read_identifier, read_number, read_text

HOUSEHOLDS = LAYERS["compounds"].column("households")
VALID_ID = "11010519491231002X"  # the specimen number of GB 11643


def column(values, header="h", layer="compounds", name="households"):
    rows = pd.Series(values, index=range(1, len(values) + 1), name=header, dtype=object)
    return read_column(rows, LAYERS[layer].column(name), layer)


@pytest.mark.parametrize(
    ("value", "number", "how"),
    [
        (1124, 1124, "plain"),
        (120.0, 120, "plain"),
        (np.int64(7), 7, "plain"),
        ("300", 300, "plain"),
        ("300.0", 300, "plain"),
        ("1124户", 1124, "read"),
        ("1,124", 1124, "read"),
        ("1，124", 1124, "read"),
        ("１１２４", 1124, "read"),
        (" 1 124 户 ", 1124, "read"),
        ("1.2万户", 12000, "read"),
        ("无", 0, "read"),
        ("不详", None, "unknown"),
        ("约300", None, "bad"),
        ("300左右", None, "bad"),
        ("300-400", None, "bad"),
        ("300人", None, "bad"),  # people in a column of households: not certain
        ("12,34", None, "bad"),
        ("—", None, "bad"),
        ("三百", None, "bad"),
        (True, None, "bad"),
        (float("inf"), None, "bad"),
        (-3, None, "negative"),
        ("-3", None, "negative"),
        (12.5, None, "fraction"),
        (None, None, "plain"),
        ("  ", None, "plain"),
        (float("nan"), None, "plain"),
    ],
)
def test_counts_are_read_where_the_meaning_is_certain(value, number, how):
    read = read_count(value, HOUSEHOLDS.units)
    assert (read.value, read.how) == (number, how)


@given(st.integers(0, 10**9))
def test_every_way_to_write_a_count_reads_as_that_count(n):
    full_width = str(n).translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    for written in (n, float(n), str(n), f"{n:,}", f"{n}户", f"{n} 户", full_width, f" {n}"):
        assert read_count(written, HOUSEHOLDS.units).value == n


@given(st.text(max_size=12))
def test_no_text_breaks_the_reading(text):
    read = read_number(text, HOUSEHOLDS.units)
    assert read.value is None or isinstance(read.value, float)
    read_date(text)
    read_flag(text)
    read_identifier(text)


@pytest.mark.parametrize(
    ("value", "day", "how"),
    [
        ("2024-03-05", "2024-03-05", "plain"),
        ("2024-03-05 08:00:00", "2024-03-05", "plain"),
        (datetime(2024, 3, 5, 8), "2024-03-05", "plain"),  # noqa: DTZ001 - as Excel gives it
        (date(2024, 3, 5), "2024-03-05", "plain"),
        ("2024/3/5", "2024-03-05", "read"),
        ("2024.3.5", "2024-03-05", "read"),
        ("2024年3月5日", "2024-03-05", "read"),
        ("20240305", "2024-03-05", "read"),
        (45356, "2024-03-05", "read"),  # Excel's day number
        ("2024年3月", None, "bad"),
        ("2024-02-30", None, "bad"),
        ("3/5/2024", None, "bad"),
        ("去年", None, "bad"),
        ("不详", None, "unknown"),
    ],
)
def test_dates_are_read_where_the_day_is_certain(value, day, how):
    read = read_date(value)
    assert read.how == how
    assert (read.value is None) if day is None else (f"{read.value:%Y-%m-%d}" == day)


@pytest.mark.parametrize(
    ("value", "flag"),
    [
        *[
            ("是", True),
            ("否", False),
            ("有", True),
            ("無", False),
            ("Yes", True),
            ("n", False),
            (True, True),
        ],
        *[("√", True), (1, True), (0.0, False), ("已成立", True), ("筹备中", None)],
    ],
)
def test_flags(value, flag):
    assert read_flag(value).value is flag


@pytest.mark.parametrize(
    ("value", "text", "how"),
    [
        ("001", "001", "plain"),
        (101.0, "101", "plain"),
        (310101001001, "310101001001", "plain"),
        (310101001001.0, "310101001001", "plain"),
        ("3.10101E+11", None, "imprecise"),
        (3.101010010010001e17, None, "imprecise"),
        ("a\x00b", "ab", "read"),
        ("甲\n乙", "甲 乙", "read"),
    ],
)
def test_identifiers_stay_text(value, text, how):
    read = read_identifier(value)
    assert (read.value, read.how) == (text, how)


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "=SUM(A1)", "=cmd|' /C calc'!A0", "@x", "🏠"])
def test_names_are_kept_letter_by_letter(name):
    assert read_text(name).value == name


def test_a_column_is_typed_and_every_reading_of_it_is_listed():
    typed, faults = column([300, "1124户", "约300", -5, "无", None])
    assert str(typed.dtype) == "Int64"
    assert typed.tolist()[:2] == [300, 1124]
    assert typed[5] == 0
    assert typed.isna().tolist() == [False, False, True, True, False, True]
    assert [(f.code, f.row) for f in faults] == [
        ("value_read", 2),
        ("value_unreadable", 3),
        ("value_negative", 4),
        ("value_read", 5),
    ]
    assert faults[0].facts == {"value": "1124户", "read": "1124"}
    assert faults[1].facts == {"value": "约300"}


def test_roads_are_classed_by_any_spelling_and_listed_once_a_spelling():
    typed, faults = column(["main", "主干道", "主干道", "tertiary", "跑道"], layer="roads", name="class")
    assert typed.tolist()[:4] == ["main", "main", "main", "street"]
    assert [(f.code, f.facts["value"], f.facts.get("n")) for f in faults] == [
        ("choice_unknown", "跑道", None),
        ("choice_read", "主干道", 2),
        ("choice_read", "tertiary", 1),
    ]


def test_kinds_of_institutions_beyond_the_list_are_kept():
    typed, faults = column(["学校", "养老院"], layer="institutions", name="kind")
    assert typed.tolist() == ["school", "养老院"]
    assert [f.code for f in faults] == ["choice_read", "choice_kept"]


def test_money_in_ten_thousands_is_scaled_by_its_header():
    typed, faults = column([1.5, "2"], "人员经费（万元）", "community_facts", "budget_personnel")
    assert typed.tolist() == [15000.0, 20000.0]
    assert faults[0].code == "column_scaled"
    typed, faults = column(["1.5万元", "20000元"], "人员经费", "community_facts", "budget_personnel")
    assert typed.tolist() == [15000.0, 20000.0]
    assert [f.code for f in faults] == ["value_read", "value_read"]


def test_no_property_company_is_none_but_a_name_is_a_name():
    typed, faults = column(["无", "万家物业 "], layer="compounds", name="property_company")
    assert typed.isna().tolist() == [True, False]
    assert typed[2] == "万家物业"
    assert [f.code for f in faults] == ["value_unknown", "text_trimmed"]
    typed, faults = column(["无"], layer="compounds", name="name")
    assert typed[1] == "无"
    assert not faults


def personal(**columns):
    return find_personal(pd.DataFrame(columns), "compounds")


@pytest.mark.parametrize(
    ("header", "values", "code"),
    [
        ("备注", ["—", VALID_ID], "personal_id_numbers"),
        ("备注", [f"张某 {VALID_ID[:6]} {VALID_ID[6:14]} {VALID_ID[14:]}"], "personal_id_numbers"),
        ("property_company", ["万家物业 联系人13812345678", "无"], "personal_phone_numbers"),
        ("联系方式", ["+86 138-1234-5678"], "personal_phone_numbers"),
        ("电话", [13812345678, 15912345678], "personal_phone_numbers"),
        ("电话", [13812345678.0, np.nan], "personal_phone_numbers"),
        ("id", ["13812345678", "15912345678", "18612345678", "17712345678", "19912345678"],
         "personal_phone_numbers"),
        ("户主姓名", ["某某", "某某"], "personal_header"),
        ("身份证号", ["已登记"], "personal_header"),
        ("手机", ["x"], "personal_header"),
    ],
)  # fmt: skip
def test_personal_records_are_found_and_never_echoed(header, values, code):
    (fault,) = personal(**{"户数": [1] * len(values), header: values})
    assert (fault.code, fault.column, fault.severity) == (code, header, "fault")
    for value in values:
        assert str(value) not in str(fault.facts)


@pytest.mark.parametrize(
    ("header", "values"),
    [
        ("code", ["310101001001", "310101001002"]),  # community codes have twelve digits
        ("code", [310101001001, 310101001002]),
        ("网格编号", ["310101001001001", "310101001001002"]),
        ("id", ["13000000001", "13000000002", "13000000003", "13000000004"]),  # running numbers
        ("osm_id", [13012345671, 13012345672, 13098765432]),
        ("备注", ["110105194912310021"]),  # eighteen digits with a wrong check digit
        ("统一社会信用代码", ["91310000MA1FL5E91H", "12100000400010275N"]),
        ("电话", ["021-62345678", "010-87654321"]),  # a switchboard is no person
        ("经度", [121.13812345678, 121.5]),
        ("面积", [13812345678.5]),
        ("业委会", [True, False]),
        ("姓名", [None, None]),  # an empty column of a template
    ],
)
def test_what_only_looks_like_personal_records_passes(header, values):
    assert personal(**{header: values}) == ()
