"""What is asked of centres, in plain words: the aim, how many or for how much, who counts, what else."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import streamlit as st

from optimize.venues.models import MODELS
from scenarios.venues.demand import WEIGHTS
from scenarios.venues.question import VenueGround, build_costs, count_unpriced, is_existing, land_uses
from scenarios.venues.settings import ONLY_FOR, VenueSettings, for_model
from ui.boundary import escape_markdown
from ui.centres_state import CentresChoice
from ui.state import change_state, get_state
from ui.texts.catalog import Texts

_STEP_YUAN = 100_000
_LIMITS = ("number", "budget")
_UNLIMITED = ("lscp",)
_BY_ROOM = ("capacitated",)


def first_question(ground: VenueGround) -> VenueSettings:
    """Give the question a page begins with: what there is stays, and a quarter of the candidates open."""
    existing = is_existing(ground.venues)
    more = max(1, int((~existing).sum()) // 4) if (~existing).any() else 0
    return VenueSettings(n_open=max(1, int(existing.sum()) + more))


def fitted(settings: VenueSettings, ground: VenueGround) -> VenueSettings:
    """Bring a question to what there is: settings of its model, venues that are known, who is counted."""
    known = set(ground.venue_ids)
    held = replace(
        for_model(settings),
        opened=tuple(one for one in settings.opened if one in known),
        closed=tuple(one for one in settings.closed if one in known),
        weight=settings.weight if settings.weight in _counted(ground) else "residents",
    )
    if held.n_open is None:
        return held
    low, high = _span(held, ground)
    return replace(held, n_open=min(max(held.n_open, low), high))


def _counted(ground: VenueGround) -> list[str]:
    """List who can be counted here."""
    return [name for name in WEIGHTS if name != "elderly" or ground.elderly is not None]


def _span(settings: VenueSettings, ground: VenueGround) -> tuple[int, int]:
    ids = np.array(ground.venue_ids)
    closed = np.isin(ids, settings.closed)
    kept = np.isin(ids, settings.opened) | (is_existing(ground.venues) & settings.keep_existing)
    return max(1, int((kept & ~closed).sum())), max(1, int((~closed).sum()))


def draw_question(texts: Texts, ground: VenueGround, settings: VenueSettings) -> None:
    """Draw the aim and the limit; a change is answered at once."""
    _put("model", settings.model)
    st.selectbox(
        texts("centres.goal"),
        list(MODELS),
        key=_key("model"),
        format_func=lambda name: texts(f"centres.goals.{name}"),
        on_change=_change,
        args=(settings, "model"),
        help=texts(f"centres.goal_help.{settings.model}"),
    )
    if settings.model in _UNLIMITED:
        _draw_share(texts, settings)
    else:
        _draw_limit(texts, ground, settings)
        if settings.share > 0:  # asked on the other tab: not to be forgotten there
            held = {"share": texts.percent(settings.share), "reach": round(_reach(ground, settings))}
            st.caption(texts("centres.share_held", **held))


def _reach(ground: VenueGround, settings: VenueSettings) -> float:
    return ground.rules.walk_10_min_m if settings.reach_m is None else settings.reach_m


def _draw_limit(texts: Texts, ground: VenueGround, settings: VenueSettings) -> None:
    low, high = _span(settings, ground)
    most = float(np.ceil(build_costs(ground.venues).sum() / _STEP_YUAN) * _STEP_YUAN)
    by_budget = settings.budget is not None
    _put("limit", _LIMITS[by_budget])
    st.segmented_control(
        texts("centres.limit"),
        _LIMITS,
        key=_key("limit"),
        format_func=lambda name: texts(f"centres.limits.{name}"),
        on_change=_switch_limit,
        args=(settings, low, high, most),
        label_visibility="collapsed",
        width="stretch",
    )
    if by_budget and most > 0:
        _slide(
            texts("centres.budget"),
            (0.0, most / 10_000, _STEP_YUAN / 10_000),
            (settings.budget or 0.0) / 10_000,
            settings,
            ("budget", lambda value: value * 10_000.0),
        )
    elif by_budget:
        st.caption(texts("centres.no_costs"))
    elif low < high:
        _slide(texts("centres.number"), (low, high, 1), settings.n_open or high, settings, ("n_open", int))
    else:
        st.caption(texts("centres.number_is", n=low))
    unpriced = count_unpriced(ground.venues)
    if by_budget and most > 0 and unpriced:
        st.caption(texts("centres.unpriced", n=unpriced))


def _draw_share(texts: Texts, settings: VenueSettings) -> None:
    """Draw the share of the people who have to be within reach."""
    whole = settings.model == "lscp"
    shown = round(100 * (settings.share or (1.0 if whole else 0.0)))
    low = 5 if whole else 0
    _slide(
        texts("centres.share_lscp" if whole else "centres.share"),
        (low, 100, 1),
        shown,
        settings,
        ("share", lambda value: value / 100.0),
        help_text=texts("centres.share_mclp") if settings.model == "mclp" else None,
    )


def draw_conditions(texts: Texts, ground: VenueGround, settings: VenueSettings) -> None:
    """Draw the conditions that are seldom changed: who counts, reach, land, rooms, what is forced."""
    who, keep = st.columns([1.2, 1], vertical_alignment="bottom")
    _put("weight", settings.weight)
    who.selectbox(
        texts("centres.who"),
        _counted(ground),
        key=_key("weight"),
        format_func=lambda name: texts(f"centres.whom.{name}"),
        on_change=_change,
        args=(settings, "weight"),
    )
    _draw_uncounted(texts, ground, settings)
    _put("keep_existing", settings.keep_existing)
    keep.toggle(
        texts("centres.keep_existing"),
        key=_key("keep_existing"),
        on_change=_change,
        args=(settings, "keep_existing"),
        help=texts("centres.keep_existing_help"),
    )
    reach = round(_reach(ground, settings))
    _slide(texts("centres.reach"), (100, 3000, 50), reach, settings, ("reach_m", float))
    uses = land_uses(ground.venues)
    if uses:
        _put("land_uses", [one for one in settings.land_uses if one in uses])
        st.multiselect(
            texts("centres.land_uses"),
            uses,
            key=_key("land_uses"),
            on_change=_change,
            args=(settings, "land_uses"),
            placeholder=texts("centres.all_land_uses"),
        )
    if settings.model not in _UNLIMITED:
        _draw_share(texts, settings)
    if settings.model in ONLY_FOR["colocation_m"]:
        _slide(
            texts("centres.colocation"),
            (0, 500, 50),
            round(settings.colocation_m),
            settings,
            ("colocation_m", float),
            help_text=texts("centres.colocation_help"),
        )
    if settings.model in _BY_ROOM:
        _slide(
            texts("centres.per_place"),
            (1, 100, 1),
            round(settings.residents_per_place),
            settings,
            ("residents_per_place", float),
            help_text=texts("centres.per_place_help"),
        )
    _draw_forced(texts, ground, settings)


def _draw_uncounted(texts: Texts, ground: VenueGround, settings: VenueSettings) -> None:
    """Say that the elderly are not counted, or not everywhere."""
    if ground.elderly is None:
        st.caption(texts("centres.no_elderly"))
    elif settings.weight == "elderly" and ground.elderly.uncounted_residents:
        st.caption(texts("centres.uncounted", n=ground.elderly.uncounted_residents))


def _draw_forced(texts: Texts, ground: VenueGround, settings: VenueSettings) -> None:
    names = dict(zip(ground.venue_ids, ground.venues["name"], strict=True)) if "name" in ground.venues else {}
    for key, forced in (("forced_in", settings.opened), ("forced_out", settings.closed)):
        if forced:
            said = texts("common.comma").join(str(names.get(one) or one) for one in forced)
            st.caption(escape_markdown(texts(f"centres.{key}", names=said)))
    if settings.opened or settings.closed:
        st.button(
            texts("centres.free_all"),
            on_click=ask,
            args=(replace(settings, opened=(), closed=()),),
            key="centres_free_all",
        )


def ask(settings: VenueSettings) -> None:
    """Keep a question for the visitor's next run."""
    state = get_state()
    alone = state.centres.alone if state.centres is not None else False
    change_state(centres=CentresChoice(scenario=state.scenario, settings=settings, alone=alone))


def _slide(
    label: str,
    span: tuple[float, float, float],
    shown: float,
    settings: VenueSettings,
    field: tuple[str, Callable[[Any], Any]],
    *,
    help_text: str | None = None,
) -> None:
    low, high, step = span
    name, turn = field
    _put(name, min(max(shown, low), high))
    st.slider(
        label,
        low,
        high,
        step=step,
        key=_key(name),
        on_change=_change,
        args=(settings, name, turn),
        help=help_text,
    )


def _key(field: str) -> str:
    return f"centres_{field}"


def _put(field: str, value: object) -> None:
    # The state is the truth: a widget's own memory is overwritten with it before each run.
    st.session_state[_key(field)] = value


def _change(settings: VenueSettings, field: str, turn: Callable[[Any], Any] = lambda value: value) -> None:
    value = st.session_state[_key(field)]
    answer: Any = tuple(value) if isinstance(value, list) else turn(value)
    changed = replace(settings, **{field: answer})
    if field == "model":
        # What was to be covered is an aim there, and not meant as a condition of another one.
        changed = _for_model(replace(changed, share=0.0) if settings.model in _UNLIMITED else changed)
    ask(changed)


def _for_model(settings: VenueSettings) -> VenueSettings:
    """Drop the limits that the aim does not know."""
    held = for_model(settings)
    if held.model in _UNLIMITED:
        return replace(held, budget=None)
    unlimited = held.n_open is None and held.budget is None
    return replace(held, n_open=1 if unlimited else held.n_open)


def _switch_limit(settings: VenueSettings, low: int, high: int, most: float) -> None:
    if st.session_state[_key("limit")] == "budget":
        half = round(most / 2 / _STEP_YUAN) * _STEP_YUAN
        ask(replace(settings, n_open=None, budget=float(half)))
    else:
        ask(replace(settings, n_open=min(low + max(1, (high - low) // 4), high), budget=None))
