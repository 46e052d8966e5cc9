"""The trade-off curve: money for new centres against people within ten minutes, worked out meanwhile."""

from collections.abc import Callable
from functools import partial
from typing import Any

import altair as alt
import numpy as np
import pandas as pd
import streamlit as st

from scenarios.project.codec import to_json
from scenarios.propose import Progress
from scenarios.venues.curve import CurvePoint, cost_curve, covering
from scenarios.venues.plan import VenuePlan
from scenarios.venues.question import VenueGround
from scenarios.venues.settings import VenueSettings, to_document
from ui.boundary import show_error
from ui.centres_form import ask
from ui.jobs import JobView, Told, Work, all_jobs, watch_job
from ui.texts.catalog import Texts

_WAN = 10_000
_FREE = ("model", "n_open", "budget", "reach_m", "share", "colocation_m")
"""What of a question the curve does not depend on."""


def draw_curve(texts: Texts, ground: VenueGround, plan: VenuePlan, token: str) -> None:
    """Draw the curve, and where the present answer lies; `token` tells the ground from others."""
    settings = plan.settings
    asked = {name: value for name, value in to_document(settings).items() if name not in _FREE}
    key = ("centres_curve", token, to_json(asked))
    job = all_jobs().find(key)
    if job is None:
        all_jobs().start(key, _work(ground, settings))
    view = job.view() if job is not None else None
    if view is None or view.state == "running":
        watch_job(key, "stop_centres_curve", partial(_progress, texts))
    elif view.error is not None:
        show_error(texts, view.error)
    elif isinstance(view.answer, tuple) and view.answer:
        _draw_points(texts, plan, view.answer)
    else:
        st.caption(texts("centres.curve.none"))
    if view is not None and view.told_to_stop and st.button(texts("centres.curve.again")):
        all_jobs().forget(key)
        st.rerun()


def _progress(texts: Texts, view: JobView) -> Told:
    done = view.progress.done if view.progress is not None else 0
    return Told(view.share, texts("centres.curve.working", done=done), texts("centres.curve.stop"))


def _work(ground: VenueGround, settings: VenueSettings) -> Work:
    def run(stop: Callable[[], bool], on_progress: Callable[[Progress], None]) -> tuple[CurvePoint, ...]:
        def told(done: int, total: int) -> None:
            on_progress(Progress(stage="solve", done=done, total=total))

        return cost_curve(ground, settings, stop=stop, on_step=told)

    return run


def _draw_points(texts: Texts, plan: VenuePlan, points: tuple[CurvePoint, ...]) -> None:
    frame = curve_frame(points)
    by_number = points[0].by_number
    picked: Any = st.altair_chart(
        _chart(texts, frame, _present(plan, by_number=by_number), by_number=by_number),
        width="stretch",
        height=260,
        on_select="rerun",
        key="centres_curve_chart",
    )
    st.caption(_sentence(texts, points))
    chosen = picked["selection"].get("limit") or []
    if chosen:
        _offer(texts, plan.settings, points, float(chosen[0]["limit"]))


def curve_frame(points: tuple[CurvePoint, ...]) -> pd.DataFrame:
    """Give the points as rows: limit, what they cost (or how many), share in percent."""
    return pd.DataFrame(
        {
            "limit": [point.limit for point in points],
            "x": [point.n_open if point.by_number else point.cost / _WAN for point in points],
            "y": [100 * point.share for point in points],
            "n": [point.n_open for point in points],
        }
    ).drop_duplicates("x")


def _present(plan: VenuePlan, *, by_number: bool) -> tuple[float, float] | None:
    if plan.certificate["status"] == "none":
        return None
    opened = plan.venues["decision"] == "opens"
    cost = float(np.nansum(plan.venues.loc[opened, "cost"].to_numpy(float))) / _WAN
    return (
        float(plan.venues["open"].sum()) if by_number else cost,
        100 * (plan.coverage["10"] or 0.0),
    )


def _chart(
    texts: Texts, frame: pd.DataFrame, present: tuple[float, float] | None, *, by_number: bool
) -> alt.LayerChart | alt.FacetChart:
    x_title = texts("centres.curve.number" if by_number else "centres.curve.cost")
    y_title = texts("centres.curve.share")
    pick = alt.selection_point(name="limit", fields=["limit"], on="click", nearest=True)
    tips = [
        alt.Tooltip("x:Q", title=x_title, format=",.0f"),
        alt.Tooltip("y:Q", title=y_title, format=".1f"),
        alt.Tooltip("n:Q", title=texts("centres.curve.number")),
    ]
    axes = {
        "x": alt.X("x:Q", title=x_title),
        "y": alt.Y("y:Q", title=y_title, scale=alt.Scale(zero=False, nice=True)),
    }
    base = alt.Chart(frame)
    best = base.mark_line(interpolate="step-after", color="#1b5e8c").encode(**axes)
    dots = base.mark_point(filled=True, size=70, color="#1b5e8c", opacity=1).encode(**axes, tooltip=tips)
    layers: list[alt.Chart] = [best, dots.add_params(pick)]
    if present is not None:
        here = pd.DataFrame({"x": [present[0]], "y": [present[1]], "text": [texts("centres.curve.present")]})
        mark = alt.Chart(here)
        layers.append(mark.mark_point(shape="diamond", filled=True, size=150, color="#e08214").encode(**axes))
        layers.append(
            mark.mark_text(align="left", dx=10, dy=10, color="#a85f0a").encode(**axes, text="text:N")
        )
    return alt.layer(*layers)


def _sentence(texts: Texts, points: tuple[CurvePoint, ...]) -> str:
    first, last = points[0], points[-1]
    said = [
        texts(
            "centres.curve.from_to",
            first=texts.percent(first.share),
            last=texts.percent(last.share),
            n=last.n_open,
        )
    ]
    if last.cost:
        said.append(texts("centres.costs", n=round(last.cost / _WAN, 1)) + texts("centres.stop"))
    said.append(
        texts("centres.curve.proven" if all(point.proven for point in points) else "centres.curve.open")
    )
    return " ".join(said)


def _offer(texts: Texts, settings: VenueSettings, points: tuple[CurvePoint, ...], limit: float) -> None:
    """Offer to ask for the limit that was picked on the curve."""
    point = next((one for one in points if one.limit == limit), None)
    if point is None:
        return
    asked = covering(settings, point.n_open if point.by_number else point.cost, by_number=point.by_number)
    amount = point.n_open if point.by_number else round(point.cost / _WAN, 1)
    label = texts("centres.curve.take_n" if point.by_number else "centres.curve.take", n=amount)
    st.button(label, on_click=ask, args=(asked,), key="centres_take_point")
