"""The small form of the grids page: limits and weights, built from the registries of rules and costs."""

from collections.abc import Iterable, Mapping

import streamlit as st

from exports.rule_words import rule_source
from optimize.costs import COSTS
from scenarios.errors import RuleError
from scenarios.outcome import Outcome
from scenarios.rules import RULES, GridRules
from ui.boundary import show_error
from ui.presets import OWN, PRESETS, preset_of
from ui.proposals import asks_otherwise, rules_in_force, weights_in_force
from ui.state import change_state, get_state
from ui.texts.catalog import Texts

_LIMITS = ("min_households", "max_households", "target_households")
_MAX_WEIGHT = 5.0
_FIRST = ("boundary", "compactness", "compound_splits", "moved", "target_size")
_FACTORS = ("territory", "residents", "institutions", "organisations", "members")


def draw_rules_form(texts: Texts, outcome: Outcome | None) -> bool:
    """Draw limits and weights; a change is kept at once for the next proposal. Tell whether all is valid."""
    shown = _limits_shown(outcome)
    for column, name in zip(st.columns(len(_LIMITS)), _LIMITS, strict=True):
        # The state is the truth: the widget's own memory is overwritten with it before each run.
        st.session_state[_limit_key(name)] = shown[name]
        with column:
            st.number_input(
                texts(f"grids_page.rule.{name}"),
                min_value=int(RULES[name].low),
                max_value=int(RULES[name].high),
                step=10,
                key=_limit_key(name),
                on_change=_keep_limits,
                help=_source(texts, name),
            )
    valid = _check(texts, outcome)
    if valid and outcome is not None:
        _draw_changes(texts, outcome)
    weights = weights_in_force(get_state(), outcome)
    _draw_presets(texts, weights)
    with st.container(gap=None):
        _draw_weights(texts, weights, _FIRST)
    _draw_more(texts, weights)
    st.caption(texts("presets.help"))
    return valid


def _draw_changes(texts: Texts, outcome: Outcome) -> None:
    """Say that the form no longer asks what the plan shown answers, and offer the way back."""
    if not asks_otherwise(get_state(), outcome):
        return
    said, back = st.columns([2.2, 1], gap="small", vertical_alignment="center")
    said.caption(texts("presets.changed"))
    back.button(texts("presets.back"), key="form_back", width="stretch", on_click=_go_back)


def _go_back() -> None:
    change_state(limits=None, weights=None)


def _draw_presets(texts: Texts, weights: Mapping[str, float]) -> None:
    """Draw the ready-made sets of weights; one changed by hand is the planner's own."""
    current = preset_of(weights)
    st.session_state["weight_preset"] = current
    st.pills(
        texts("presets.label"),
        [*PRESETS, *([OWN] if current == OWN else [])],
        format_func=lambda name: texts(f"presets.{name}.name"),
        key="weight_preset",
        on_change=_take_preset,
        # The names say what it is: without a title above them more of the form is on the screen.
        label_visibility="collapsed",
    )


def _draw_more(texts: Texts, weights: dict[str, float]) -> None:
    """Draw the weights that are seldom changed, by the five things that grids are drawn for, folded away."""
    rest = [name for name in COSTS if name not in _FIRST]
    in_use = sum(weights.get(name, 0.0) > 0 for name in rest)
    with st.expander(texts("presets.more", n=len(rest), in_use=in_use)):
        for factor in _FACTORS:
            names = [name for name in rest if COSTS[name].factor == factor]
            if names:
                st.caption(texts(f"presets.factor.{factor}"))
                with st.container(gap=None):
                    _draw_weights(texts, weights, names)


def _draw_weights(texts: Texts, weights: dict[str, float], names: Iterable[str]) -> None:
    for name in names:
        st.session_state[_weight_key(name)] = min(float(weights.get(name, 0.0)), _MAX_WEIGHT)
        # The name beside the slider instead of above it: five weights then fit on one screen.
        title, slider = st.columns([1.2, 1], vertical_alignment="center")
        title.markdown(texts(f"grids_page.cost.{name}.name"), help=texts(f"grids_page.cost.{name}.help"))
        slider.slider(
            texts(f"grids_page.cost.{name}.name"),
            min_value=0.0,
            max_value=_MAX_WEIGHT,
            step=0.5,
            format="%.1f",
            key=_weight_key(name),
            on_change=_keep_weights,
            label_visibility="collapsed",
        )


def _limits_shown(outcome: Outcome | None) -> dict[str, int]:
    known: dict[str, object] = {name: getattr(GridRules(), name) for name in _LIMITS}
    known |= {name: outcome.rules[name] for name in _LIMITS if outcome is not None and name in outcome.rules}
    known |= get_state().limits or {}
    return {name: int(float(str(known[name]))) for name in _LIMITS}


def _check(texts: Texts, outcome: Outcome | None) -> bool:
    try:
        rules_in_force(get_state(), outcome)
    except RuleError as error:
        show_error(texts, error)
        return False
    return True


def _source(texts: Texts, name: str) -> str:
    rule = RULES[name]
    return texts(
        "grids_page.source_seen" if rule.verified else "grids_page.source_cited",
        source=rule_source(texts, rule),
    )


def _keep_limits() -> None:
    change_state(limits={name: int(st.session_state[_limit_key(name)]) for name in _LIMITS})


def _keep_weights() -> None:
    change_state(weights={name: float(st.session_state[_weight_key(name)]) for name in COSTS})


def _take_preset() -> None:
    chosen = st.session_state["weight_preset"]
    if chosen in PRESETS:  # choosing the same again, or "own", changes nothing
        change_state(weights=dict(PRESETS[chosen]))


def _limit_key(name: str) -> str:
    return f"limit_{name}"


def _weight_key(name: str) -> str:
    return f"weight_{name}"
