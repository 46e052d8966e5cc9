import tomllib
from dataclasses import fields
from pathlib import Path

import pytest

import scenarios.rules
from scenarios.errors import RuleError
from scenarios.rules import RULES, GridRules, UnitCosts, WorkRules


def test_every_rule_of_the_file_is_a_field_and_has_a_source() -> None:
    text = Path(scenarios.rules.__file__).with_name("rules.toml").read_text(encoding="utf-8")
    named = [item.name for kind in (GridRules, WorkRules, UnitCosts) for item in fields(kind)]
    assert list(tomllib.loads(text)) == list(dict.fromkeys(named))
    assert all(rule.source and rule.low <= rule.default <= rule.high for rule in RULES.values())


def test_defaults_are_those_of_the_standard() -> None:
    rules = GridRules()
    assert (rules.min_households, rules.max_households) == (300, 500)


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"min_households": 600}, "band_upside_down"),
        ({"max_households": 0}, "rule_out_of_range"),
        ({"min_households": float("nan")}, "rule_out_of_range"),
        ({"max_households": float("inf")}, "rule_out_of_range"),
        ({"max_houses": 3}, "unknown_rule"),
        ({"min_households": 300.7}, "rule_not_whole"),
        ({"border_factor_main": -1}, "rule_out_of_range"),
    ],
)
def test_wrong_rules_are_refused_with_a_code(values: dict[str, float], code: str) -> None:
    with pytest.raises(RuleError) as caught:
        GridRules().with_values(values)
    assert caught.value.code == code


def test_another_band_moves_the_wished_size_to_its_middle() -> None:
    assert GridRules().with_band(200, 400).target_households == 300
    assert GridRules().with_band(None, None) == GridRules()


def test_every_article_belongs_to_a_document() -> None:
    for rule in RULES.values():
        assert len(rule.article.split("; ")) <= len(rule.source.split("; "))


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"formal_members_min": 60}, "sizes_upside_down"),
        ({"committee_members_over": 40}, "sizes_upside_down"),
        ({"joint_places_max": 1}, "rule_out_of_range"),
        ({"joint_distance_m": 0.5}, "rule_not_whole"),
        ({"min_households": 300}, "unknown_rule"),
    ],
)
def test_wrong_rules_for_organisations_are_refused_with_a_code(values: dict[str, float], code: str) -> None:
    with pytest.raises(RuleError) as caught:
        WorkRules().with_values(values)
    assert caught.value.code == code
