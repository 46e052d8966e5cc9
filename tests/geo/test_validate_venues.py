"""Venues that contradict themselves are listed, those that say nothing are left alone."""

import pandas as pd

from geo.headers import map_columns
from geo.schema import LAYERS
from geo.validate_venues import check_venues


def test_more_activity_area_than_area_is_listed_with_its_row() -> None:
    frame = pd.DataFrame({"area_m2": [100.0, 200.0, None], "activity_m2": [120.0, None, 30.0]})
    found = check_venues(frame)
    assert [(one.code, one.row, one.severity) for one in found] == [("activity_above_area", 1, "notice")]
    assert found[0].facts == {"activity_m2": 120.0, "area_m2": 100.0}


def test_hours_that_no_day_has_are_listed() -> None:
    hours = ["周一至周五 08:30-17:30", "08:30-25:00", "全天", None, "9：00—24：00", "8:75-17:00"]
    found = check_venues(pd.DataFrame({"hours": hours}))
    assert [one.row for one in found] == [2, 6]
    assert {one.code for one in found} == {"hours_impossible"}


def test_nothing_is_asked_of_a_table_without_these_columns() -> None:
    assert check_venues(pd.DataFrame({"id": ["A"], "area_m2": [10.0]})) == []


def test_chinese_headers_of_the_new_columns_are_recognised() -> None:
    headers = ["编号", "名称", "建筑面积", "居民活动区域面积", "服务事项", "开放时间", "工作人员数"]
    mapped = map_columns(LAYERS["venues"], headers, places=False)
    assert mapped.columns == {
        "id": "编号",
        "name": "名称",
        "area_m2": "建筑面积",
        "activity_m2": "居民活动区域面积",
        "services": "服务事项",
        "hours": "开放时间",
        "staff": "工作人员数",
    }
    facts = map_columns(LAYERS["community_facts"], ["社区代码", "网格员人数", "信息化经费"], places=False)
    assert facts.columns["grid_workers"] == "网格员人数"
    assert facts.columns["budget_technology"] == "信息化经费"
