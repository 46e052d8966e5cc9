"""Several different plans for one community: work them out, show them as cards, look, take one."""

from dataclasses import replace

import geopandas as gpd
import streamlit as st

from exports.certificates import certificate_sentence, wish_sentence
from scenarios.alternatives import OTHER, OWN
from scenarios.outcome import Certificate, Outcome
from ui import workspace
from ui.boundary import boundary, escape_markdown, show_error
from ui.frame import community_names
from ui.jobs import Job, JobView, all_jobs
from ui.lock_state import usable_locks
from ui.map.thumbnail import draw_thumbnail
from ui.moves import load_today
from ui.offers import Offer, Offers, take_offer, work_out
from ui.plans import Figures, broken_grids, certificate_of, measure_figures, same_plan
from ui.presets import plan_title
from ui.proposals import asks_otherwise, find_job, settings_in_force
from ui.state import Preview, State, change_state, get_state, write_state
from ui.texts.catalog import Texts

_POLL_S = 0.5
_FIGURES = ("n_grids", "border_m", "compounds_split", "households_moved", "polsby_popper")


def community_in_question(state: State, outcome: Outcome) -> str | None:
    """Give the community chosen at the top, or else that of the marked grid."""
    if state.community is not None:
        return state.community
    own = outcome.grids.loc[outcome.grids["code"] == state.selected, "community_code"]
    return str(own.iloc[0]) if len(own) else None


def find_offers(state: State, outcome: Outcome, community: str) -> tuple[Offer, ...]:
    """Give the alternatives worked out for a community under the rules and locks in force."""
    job = _job(state, outcome, community)
    answer = job.view().answer if job is not None else None
    return answer.plans if isinstance(answer, Offers) else ()


def _why_few(state: State, outcome: Outcome, community: str) -> str:
    job = _job(state, outcome, community)
    answer = job.view().answer if job is not None else None
    return answer.why_few if isinstance(answer, Offers) else ""


def preview_offer(state: State, outcome: Outcome) -> Offer | None:
    """Give the alternative that the map is to show, if there is one."""
    if state.preview is None:
        return None
    offers = find_offers(state, outcome, state.preview.community)
    return next((offer for offer in offers if offer.preset == state.preview.preset), None)


def draw_looking(texts: Texts, state: State, outcome: Outcome | None) -> None:
    """Say that the map shows an alternative, as long as it does."""
    offer = preview_offer(state, outcome) if outcome is not None else None
    if offer is not None:
        preset = offer_title(texts, offer)
        st.info(escape_markdown(texts("alternatives.looking", preset=preset)))


def draw_alternatives(texts: Texts, state: State, outcome: Outcome) -> None:
    """Draw the alternatives of the community in question, or the button that asks for them."""
    community = community_in_question(state, outcome)
    if community is None:
        st.caption(texts("alternatives.pick"))
        return
    name = community_names(state).get(community, community)
    st.caption(escape_markdown(texts("alternatives.note", community=name)))
    job = _job(state, outcome, community)
    view = job.view() if job is not None else None
    if view is not None and view.state == "running":
        _watch(texts.language, community)
        return
    offers = find_offers(state, outcome, community)
    if view is not None:
        _tell_end(texts, view, offers)
    label = "alternatives.again" if offers else "alternatives.show"
    if len(offers) and (why := _why_few(state, outcome, community)):
        st.caption(texts(f"alternatives.few.{why}"))
    if not offers and st.button(
        texts(label), key="show_alternatives", type="primary", width="stretch", disabled=_is_busy(state)
    ):
        with boundary(texts):
            _start(state, outcome, community)
        st.rerun()
    for offer in offers:
        _draw_card(texts, state, outcome, offer)


def _tell_end(texts: Texts, view: JobView, offers: tuple[Offer, ...]) -> None:
    if view.error is not None:
        show_error(texts, view.error)
    elif view.state == "stopped":
        st.info(texts("alternatives.stopped"))
    elif not offers:
        st.info(texts("alternatives.none"))


def _draw_card(texts: Texts, state: State, outcome: Outcome, offer: Offer) -> None:
    community, title = offer.community, offer_title(texts, offer)
    name = community_names(state).get(community, community)
    certificate = certificate_of(offer.outcome, community)
    with st.container(border=True, gap="small"):
        picture, facts = st.columns([1, 1.35], gap="small", vertical_alignment="center")
        spoken = texts("alternatives.picture", community=name, preset=title)
        picture.image(_picture(offer.token, spoken, offer.outcome.grids), width="stretch", alt=spoken)
        with facts, st.container(gap=None):
            st.markdown(f"**{title}**")
            st.caption("  \n".join(_figure_lines(texts, state, outcome, offer)))
        if certificate is not None:
            st.caption(escape_markdown(_proof(texts, certificate, offer)))
        _draw_buttons(texts, state, outcome, offer)


def offer_title(texts: Texts, offer: Offer) -> str:
    """Name an alternative by what it is best at, or by what it gains."""
    return plan_title(texts, offer.presets, offer.found.gain, len(offer.found.plan.facts))


def _proof(texts: Texts, certificate: Certificate, offer: Offer) -> str:
    """Say what is proven of an alternative, and what it costs by the planner's own weights."""
    wish = offer.preset
    if wish == OWN or offer.found.extra is None:
        return certificate_sentence(certificate, texts)
    said = "" if wish.startswith(OTHER) else wish_sentence(certificate, wish, texts)
    if wish.startswith(OTHER) and certificate.proven and offer.found.gain == "n_grids":
        said = texts("alternatives.best_of_count", n=certificate.n_grids)
    extra = texts("alternatives.extra", share=texts.percent(offer.found.extra))
    return f"{said} {extra}".strip()


@st.cache_resource(show_spinner=False, max_entries=64)
def _picture(token: str, title: str, _grids: gpd.GeoDataFrame) -> str:  # noqa: ARG001  # part of the key
    return draw_thumbnail(_grids, title=title, broken=broken_grids(_grids))


def _draw_buttons(texts: Texts, state: State, outcome: Outcome, offer: Offer) -> None:
    if same_plan(outcome, offer.outcome, offer.community):
        st.caption(f"✓ {texts('alternatives.now')}")
        return
    wish = Preview(community=offer.community, preset=offer.preset)
    looking = state.preview == wish
    look, take = st.columns(2, gap="small")
    label = texts("alternatives.back" if looking else "alternatives.look")
    if look.button(label, key=f"look_{offer.preset}", width="stretch"):
        _look(None if looking else wish)
        st.rerun()
    if take.button(
        texts("alternatives.take"), key=f"take_{offer.preset}", width="stretch", disabled=_is_busy(state)
    ):
        with boundary(texts):
            _take(texts, state, offer)
            st.rerun()
    if asks_otherwise(state, outcome):
        st.caption(f":material/info: {texts('alternatives.take_changes')}")


def figure_text(texts: Texts, name: str, value: float, change: float) -> str:
    """Write one figure of an alternative with its difference to the plan as it is."""
    scale, digits = {"border_m": (1000, 1), "polsby_popper": (1, 2)}.get(name, (1, 0))
    step = round(change / scale, digits)
    written = texts.number(abs(step), digits)
    changed = texts("alternatives.unchanged") if step == 0 else f"{'+' if step > 0 else '−'}{written}"
    return texts(f"alternatives.figure.{name}", value=texts.number(value / scale, digits), change=changed)


def _figure_lines(texts: Texts, state: State, outcome: Outcome, offer: Offer) -> list[str]:
    if state.project is None:
        return []
    then = offer.figures
    now = measure_figures(outcome, offer.community, load_today(state.project, state.scenario))
    return [
        figure_text(texts, name, _value(then, name), _value(then, name) - _value(now, name))
        for name in _figures_of(offer.outcome, then)
    ]


def _figures_of(outcome: Outcome, figures: Figures) -> list[str]:
    """Leave out what this project knows nothing of."""
    known = {
        "compounds_split": bool(outcome.cells["compound_id"].notna().any()),
        "households_moved": figures.households_moved is not None,
    }
    return [name for name in _FIGURES if known.get(name, True)]


def _value(figures: Figures, name: str) -> float:
    return float(getattr(figures, name) or 0)


def _key(state: State, outcome: Outcome, community: str) -> tuple[object, ...]:
    settings = settings_in_force(state, outcome)
    asked = (settings.rules, tuple(sorted(settings.weights.items())), usable_locks(state, outcome))
    return ("alternatives", str(state.project), state.scenario, community, *asked)


def _job(state: State, outcome: Outcome, community: str) -> Job | None:
    return all_jobs().find(_key(state, outcome, community))


def _is_busy(state: State) -> bool:
    """Tell whether a proposal is under way, which would overwrite what is taken meanwhile."""
    job = find_job(state)
    return job is not None and job.view().state == "running"


def _start(state: State, outcome: Outcome, community: str) -> None:
    if state.project is not None:
        # From now on that community is looked at, whatever grid is clicked.
        change_state(community=community)
        settings = settings_in_force(state, outcome)
        all_jobs().start(_key(state, outcome, community), work_out(state.project, settings, community))


@st.fragment(run_every=_POLL_S)
def _watch(language: str, community: str) -> None:
    texts, state = Texts(language), get_state()
    outcome = workspace.load_outcome(state.project, state.scenario) if state.project else None
    job = _job(state, outcome, community) if outcome is not None else None
    if job is None or job.view().state != "running":
        st.rerun()
        return
    view = job.view()
    step = view.progress
    seconds = int(view.elapsed_s)
    if step is None or step.total == 0:
        st.progress(0.0, text=texts("alternatives.starting", seconds=seconds))
    else:
        said = texts("alternatives.working", done=step.done, total=step.total, seconds=seconds)
        st.progress(step.done / step.total, text=said)
    label = texts("grids_page.stopping" if view.stopping else "grids_page.stop")
    if st.button(label, key="stop_alternatives", disabled=view.stopping, width="stretch"):
        job.cancel()


def _look(wish: Preview | None) -> None:
    state = replace(get_state(), preview=wish, selected=None)
    write_state(state.looking_at("communities", wish.community) if wish else state)


def _take(texts: Texts, state: State, offer: Offer) -> None:
    if state.project is None:
        return
    take_offer(state.project, state.scenario, offer, author=state.author)
    change_state(preview=None, selected=None, outlined=())
    name = community_names(state).get(offer.community, offer.community)
    preset = offer_title(texts, offer)
    st.toast(escape_markdown(texts("alternatives.taken", preset=preset, community=name)))
