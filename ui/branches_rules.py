"""The rules for organisations, staff and service area: each can be edited, and is kept with the scenario."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from exports.rule_words import rule_basis, rule_name, rule_value
from scenarios.branches.table import read_branches, save_settings
from scenarios.branches.values import BranchSettings
from scenarios.errors import ScenarioError
from scenarios.rules import RULES, WorkRules
from ui.boundary import escape_markdown, show_error
from ui.texts.catalog import Texts

ORGANISATION_RULES = (
    "formal_members_min",
    "branch_members_max",
    "committee_members_over",
    "branch_committee_min",
    "joint_places_max",
    "joint_distance_m",
    "joint_by_street",
    "joint_sector_m",
    "joint_across_communities",
    "activity_months",
)
_REFUSED = "gridplan_rules_refused"
SERVICE_RULES = tuple(name for name in asdict(WorkRules()) if name not in ORGANISATION_RULES)


def draw_rules_table(
    texts: Texts, project: Path, scenario: str, settings: BranchSettings, names: Sequence[str]
) -> None:
    """Draw some rules with value and source; a changed value is kept with the scenario at once."""
    # Not a table: its cells would cut the sources off, and a switch would be a number.
    refused = st.session_state.pop(_REFUSED, None)
    if refused is not None:
        show_error(texts, refused)
    shown = asdict(settings.rules)
    for name in names:
        _draw_rule(texts, name, int(shown[name]), (project, scenario))
    st.button(
        texts("branches.rules_reset"),
        key=f"rules_reset_{scenario}_{names[0]}",
        disabled=all(shown[name] == RULES[name].default for name in names),
        on_click=_keep,
        args=(project, scenario, {name: RULES[name].default for name in names}),
        width="stretch",
    )


def _draw_rule(texts: Texts, name: str, value: int, where: tuple[Path, str]) -> None:
    """Draw one rule: its name and source, its own default where it is another, and a field for its value."""
    rule, key = RULES[name], f"rule_{where[1]}_{name}"
    said, field = st.columns([2.1, 1], vertical_alignment="center", gap="small")
    basis = escape_markdown(_source(texts, name, value))
    said.markdown(f"{escape_markdown(_name(texts, name))}  \n:gray[:small[{basis}]]")
    # The project is the truth: what was refused, or set back, is not left standing in the field.
    st.session_state[key] = bool(value) if rule.unit == "switch" else value
    looks: dict[str, Any] = {
        "key": key,
        "label_visibility": "collapsed",
        "on_change": _take,
        "args": (*where, name),
    }
    if rule.unit == "switch":
        field.toggle(rule_name(texts, rule), **looks)
    else:
        field.number_input(
            rule_name(texts, rule), min_value=int(rule.low), max_value=int(rule.high), step=1, **looks
        )


def _source(texts: Texts, name: str, value: int) -> str:
    basis = rule_basis(texts, RULES[name])
    if value == RULES[name].default:
        return basis
    usual = texts("branches.rule_default", value=rule_value(texts, RULES[name], RULES[name].default))
    return texts("common.semicolon").join((basis, usual))


def _take(project: Path, scenario: str, name: str) -> None:
    _keep(project, scenario, {name: float(st.session_state[f"rule_{scenario}_{name}"])})


def _keep(project: Path, scenario: str, values: Mapping[str, float]) -> None:
    """Keep changed values; a refusal is told when the page is drawn again."""
    try:
        settings, _ = read_branches(project, scenario)
        save_settings(project, scenario, replace(settings, rules=settings.rules.with_values(values)))
    except ScenarioError as error:
        st.session_state[_REFUSED] = error


def rule_rows(texts: Texts, values: dict[str, float], names: Sequence[str]) -> pd.DataFrame:
    """Give rules as rows: name with its unit, value, source."""
    rows = [
        {
            "name": _name(texts, name),
            "value": int(values[name]),
            "source": rule_basis(texts, RULES[name]),
        }
        for name in names
    ]
    return pd.DataFrame(rows)


def _name(texts: Texts, name: str) -> str:
    """Name a rule with the unit of its value."""
    rule = RULES[name]
    unit = texts(f"rules.unit.{rule.unit}")
    return (
        texts("rules.with_unit", name=rule_name(texts, rule), unit=unit) if unit else rule_name(texts, rule)
    )


def draw_rules_used(texts: Texts, values: dict[str, float], names: Sequence[str]) -> None:
    """Name the rules that a result follows from, with their values and sources."""
    with st.expander(texts("rules.title")):
        lines = [
            f"- {escape_markdown(rule_name(texts, RULES[name]))}: "
            f"**{escape_markdown(rule_value(texts, RULES[name], values[name]))}** · "
            f"{escape_markdown(rule_basis(texts, RULES[name]))}"
            for name in names
        ]
        st.markdown("\n".join(lines))
