"""The rules for organisations, staff and service area: a table that can be edited, kept with the scenario."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

import pandas as pd
import streamlit as st

from exports.rule_words import rule_basis, rule_name, rule_value
from scenarios.branches.table import save_settings
from scenarios.branches.values import BranchSettings
from scenarios.errors import RuleError
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
SERVICE_RULES = tuple(name for name in asdict(WorkRules()) if name not in ORGANISATION_RULES)


def draw_rules_table(
    texts: Texts, project: Path, scenario: str, settings: BranchSettings, names: Sequence[str]
) -> None:
    """Draw some rules with value and source; a changed value is kept with the scenario at once."""
    shown = asdict(settings.rules)
    key = f"rules_{scenario}_{hash(tuple(shown.values()))}_{names[0]}"
    edited = st.data_editor(
        rule_rows(texts, shown, names),
        key=key,
        hide_index=True,
        disabled=["name", "source"],
        column_order=["name", "value", "source"],
        column_config={
            "name": st.column_config.TextColumn(texts("rules.column.name"), width=215),
            "value": st.column_config.NumberColumn(
                texts("rules.column.value"), step=1, min_value=0, required=True, width=60
            ),
            "source": st.column_config.TextColumn(texts("rules.column.source"), width="large"),
        },
    )
    # The column is narrow: here every source stands with its articles, and whether its text was seen.
    draw_rules_used(texts, shown, names, title=texts("rules.sources"))
    wanted = {name: float(value) for name, value in zip(names, edited["value"], strict=True)}
    changed = {name: value for name, value in wanted.items() if value != shown[name]}
    if not changed:
        return
    try:
        rules = settings.rules.with_values(changed)
    except RuleError as error:
        show_error(texts, error)
        return
    save_settings(project, scenario, replace(settings, rules=rules))
    st.rerun()


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
    unit = texts("rules.on_off") if rule.unit == "switch" else texts(f"rules.unit.{rule.unit}")
    return (
        texts("rules.with_unit", name=rule_name(texts, rule), unit=unit) if unit else rule_name(texts, rule)
    )


def draw_rules_used(
    texts: Texts, values: dict[str, float], names: Sequence[str], *, title: str | None = None
) -> None:
    """Name the rules that a result follows from, with their values and sources."""
    with st.expander(title or texts("rules.title")):
        lines = [
            f"- {escape_markdown(rule_name(texts, RULES[name]))}: "
            f"**{escape_markdown(rule_value(texts, RULES[name], values[name]))}** · "
            f"{escape_markdown(rule_basis(texts, RULES[name]))}"
            for name in names
        ]
        st.markdown("\n".join(lines))
