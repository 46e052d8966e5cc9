"""Money: five lines by item, community and grid, unit costs to be edited, and what a budget buys."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path

import streamlit as st

from exports.money_tables import (
    budget_of,
    covered_sentences,
    grid_money_table,
    item_table,
    line_table,
    money_sentences,
    money_table,
    rest_sentences,
)
from scenarios.money.budget import buy
from scenarios.money.lines import LINES
from scenarios.money.read import lever_costs, with_costs
from scenarios.money.store import save_money_settings
from scenarios.money.values import CommunityMoney, Money
from ui.boundary import boundary, escape_markdown
from ui.branches_rules import rule_rows
from ui.service_table import choose_view, draw_table
from ui.services_data import load_money_settings, load_services
from ui.texts.catalog import Texts

_VIEWS = ("lines", "communities", "grids", "budget", "costs")
_WAN = 10_000


def draw_money(
    texts: Texts, project: Path, scenario: str, names: dict[str, str], community: str | None
) -> None:
    """Draw the costs of a scenario; lines and grids of one community where one is looked at."""
    money = load_services(project, scenario).money
    row = next((one for one in money.communities if one.code == community), money.total)
    for said in money_sentences(texts, row):
        st.markdown(escape_markdown(said))
    view = choose_view(texts, "money", _VIEWS)
    if view == "communities":
        draw_table(texts, money_table(texts, money))
    elif view == "grids":
        draw_table(texts, grid_money_table(texts, _of_community(money, community), names))
        st.caption(texts("money.share_note"))
    elif view == "budget":
        _draw_budget(texts, project, scenario, money)
    elif view == "costs":
        _draw_costs(texts, project, scenario)
    else:
        _draw_lines(texts, money, row)


def _of_community(money: Money, community: str | None) -> Money:
    if community is None:
        return money
    return replace(money, grids=tuple(grid for grid in money.grids if grid.community_code == community))


def _draw_lines(texts: Texts, money: Money, row: CommunityMoney) -> None:
    draw_table(texts, line_table(texts, row))
    st.caption(texts("money.details"))
    draw_table(texts, item_table(texts, money, row))


def _draw_budget(texts: Texts, project: Path, scenario: str, money: Money) -> None:
    """Draw the total that a person gives, the order of the lines, and what it buys.

    Until a person gives one it is the budget of the data.
    """
    settings = money.settings
    given = first_budget(money) if settings.budget is None else settings.budget
    asked, order = st.columns([1, 2.6], gap="medium")
    with asked:
        key, order_key = f"money_budget_{scenario}", f"money_order_{scenario}"
        st.session_state[key] = given / _WAN
        st.number_input(
            texts("money.budget"),
            min_value=0.0,
            max_value=1e8,
            step=10.0,
            format="%.2f",
            key=key,
            help=texts("money.budget_help"),
            on_change=_keep_budget,
            args=(texts, project, scenario, key),
        )
    with order:
        st.session_state[order_key] = list(settings.order)
        st.multiselect(
            texts("money.order"),
            LINES,
            key=order_key,
            format_func=lambda line: texts(f"money.line.{line}"),
            on_change=_keep_order,
            args=(texts, project, scenario, order_key),
        )
    bought = buy(money, given)
    covered, rest = st.columns([1, 1.3], gap="medium")
    covered.markdown("\n".join(f"- {escape_markdown(one)}" for one in covered_sentences(texts, bought)))
    first, *choices = rest_sentences(texts, bought)
    lines = [f"**{escape_markdown(first)}**", "", *(f"- {escape_markdown(one)}" for one in choices)]
    rest.markdown("\n".join(lines))


def first_budget(money: Money) -> int:
    """Give the budget to begin with: that of the data, or what is needed where the data give none."""
    given = budget_of(money.total)
    return money.total.yuan if given is None else given


def _keep_budget(texts: Texts, project: Path, scenario: str, key: str) -> None:
    with boundary(texts):
        settings = load_money_settings(project, scenario)
        save_money_settings(project, scenario, replace(settings, budget=round(st.session_state[key] * _WAN)))


def _keep_order(texts: Texts, project: Path, scenario: str, key: str) -> None:
    """Keep the order in which lines were chosen; one taken out goes to the end."""
    chosen = tuple(st.session_state[key])
    rest = tuple(line for line in LINES if line not in chosen)
    with boundary(texts):
        settings = load_money_settings(project, scenario)
        save_money_settings(project, scenario, replace(settings, order=(*chosen, *rest)))


def _draw_costs(texts: Texts, project: Path, scenario: str) -> None:
    """Draw the unit costs with their sources; a changed one is kept with the scenario at once."""
    settings = load_money_settings(project, scenario)
    shown: Mapping[str, float] = asdict(settings.costs)
    st.caption(texts("money.costs_note"))
    by_levers = lever_costs(project, scenario)
    if by_levers:
        said = [f"{texts(f'rules.name.{name}')} {texts.number(yuan)}" for name, yuan in by_levers.items()]
        st.caption(texts("money.by_levers", items=texts("common.comma").join(said)))
    edited = st.data_editor(
        rule_rows(texts, dict(shown), list(shown)),
        key=f"costs_{scenario}_{hash(tuple(shown.values()))}",
        hide_index=True,
        disabled=["name", "source"],
        column_order=["name", "value", "source"],
        column_config={
            "name": st.column_config.TextColumn(texts("rules.column.name"), width="large"),
            "value": st.column_config.NumberColumn(
                texts("rules.column.value"), step=1, min_value=0, required=True, format="localized"
            ),
            "source": st.column_config.TextColumn(texts("rules.column.source"), width="medium"),
        },
    )
    wanted = {name: float(value) for name, value in zip(shown, edited["value"], strict=True)}
    changed = {name: value for name, value in wanted.items() if value != shown[name]}
    if changed:
        save_money_settings(project, scenario, with_costs(settings, changed))
        st.rerun()
