"""What a community's plan costs against the best one: the certificate at once, the exact price later.

The exact price needs the community open for live answers, seconds of work for a large one. It is sought in
the background, once the person pauses, and given up when they go on: no edit waits for it.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from math import isfinite

import streamlit as st

from optimize.errors import Cancelled
from scenarios.desk.certify import BROKEN
from scenarios.desk.desk import Desk
from scenarios.desk.resolve import open_on_desk, price_live
from scenarios.live import EditCost, LiveCommunity
from scenarios.outcome import Certificate
from scenarios.propose import Progress, ProposalStopped
from ui.boundary import escape_markdown
from ui.desk.session import desk_session
from ui.jobs import Work, all_jobs
from ui.texts.catalog import Texts

_POLL_S = 1.0
_PAUSE_S = 2.0
_MOST_COSTS = 3
_WORTH_M = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """The price of one version of a community's plan."""

    version: int
    community: str
    cost: EditCost


def draw_cost(texts: Texts, desk: Desk, community: str) -> None:
    """Say what the plan costs against the best one; finer once the exact price is known."""
    certificate = next((item for item in desk.certificates if item.community_code == community), None)
    if certificate is None:
        return
    if desk.measures.communities[community].unassigned:
        st.caption(texts("desk.cost.open"))  # a plan that leaves cells out is cheaper for it
        return
    price = find_price(desk, community)
    if price is not None:
        st.markdown(price_words(texts, price.cost))
        return
    st.markdown(certificate_words(texts, certificate))
    if certificate.status not in ("optimal", BROKEN):
        _wait(texts.language, desk.version, community)


def certificate_words(texts: Texts, certificate: Certificate) -> str:
    """Say what is known of the cost at once."""
    if certificate.proven:
        return texts("desk.cost.best")
    bound, cost = certificate.lower_bound, certificate.objective
    if not (isfinite(bound) and isfinite(cost)) or bound <= 0:
        return texts("desk.cost.unknown")
    if certificate.status == BROKEN:
        # A plan that breaks a rule may well cost less than all that keep them, which makes it no better.
        return texts("desk.cost.broken", share=signed_percent(texts, cost / bound - 1))
    return texts("desk.cost.above_bound", share=texts.percent(max(0.0, cost / bound - 1)))


def price_words(texts: Texts, cost: EditCost) -> str:
    """Say the exact price: against the best plan under the locks, and what makes the difference."""
    if cost.extra is None:
        return texts("desk.cost.no_plan")
    best = next(iter(cost.best.certificates), None)
    known = "extra" if best is not None and best.proven else "extra_found"
    most = signed_percent(texts, cost.at_most) if cost.at_most is not None else "?"
    said = texts(f"desk.cost.{known}", share=signed_percent(texts, cost.extra), most=most)
    if cost.extra_free is not None and abs(cost.extra_free - cost.extra) > 0.0005:
        said += texts("desk.cost.free", share=signed_percent(texts, cost.extra_free))
    weighty = sorted(cost.by_cost_m.items(), key=lambda item: -abs(item[1]))[:_MOST_COSTS]
    parts = [
        texts(
            "desk.cost.part", name=escape_markdown(texts(f"grids_page.cost.{name}.name")), n=f"{metres:+,.0f}"
        )
        for name, metres in weighty
        if abs(metres) >= _WORTH_M
    ]
    return said + (texts("desk.cost.parts", parts=texts("common.comma").join(parts)) if parts else "")


def signed_percent(texts: Texts, share: float) -> str:
    """Write a share with its sign: +2.3 %."""
    return ("+" if share > 0 else "") + texts.percent(share)


def find_price(desk: Desk, community: str) -> Price | None:
    """Give the price of the plan as it is, if it has been found."""
    job = all_jobs().find(_key(desk))
    answer = job.view().answer if job is not None else None
    same = isinstance(answer, Price) and (answer.version, answer.community) == (desk.version, community)
    return answer if same and isinstance(answer, Price) else None


def stop_price(desk: Desk) -> None:
    """Give up the price that is being sought: the plan is about to change."""
    job = all_jobs().find(_key(desk))
    if job is not None:
        job.cancel()


def _work(desk: Desk, community: str) -> Work:
    lives = _lives()

    def work(stop: Callable[[], bool], _on_progress: Callable[[Progress], None]) -> Price:
        try:
            live = lives.get(desk, community, stop)
            cost = price_live(desk, live, stop=stop)
        except Cancelled as error:
            raise ProposalStopped("stopped") from error
        return Price(version=desk.version, community=community, cost=cost)

    return work


@st.fragment(run_every=_POLL_S)
def _wait(language: str, version: int, community: str) -> None:
    session = desk_session()
    desk = session.desk
    if desk is None or desk.version != version:
        return
    if find_price(desk, community) is not None:
        st.rerun()
    job = all_jobs().find(_key(desk))
    if job is not None and job.view().state == "running":
        st.caption(Texts(language)("desk.cost.waiting"))
    elif session.quiet_s() > _PAUSE_S:
        all_jobs().start(_key(desk), _work(desk, community))


def _key(desk: Desk) -> Hashable:
    return ("price", str(desk.path), desk.scenario)


class _Lives:
    """Communities open for live answers, shared by all visitors; a third one pushes out the first."""

    def __init__(self, most: int = 2) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._known: OrderedDict[Hashable, LiveCommunity] = OrderedDict()

    def get(self, desk: Desk, community: str, stop: Callable[[], bool]) -> LiveCommunity:
        """Give a community open for live answers."""
        weights = tuple(sorted(desk.terms.weights.items()))
        key = (desk.ground.key, community, desk.rules, weights, desk.terms.seed)
        with self._lock:
            known = self._known.get(key)
        if known is None:
            known = open_on_desk(desk, community, stop=stop)
            with self._lock:
                self._known[key] = known
        with self._lock:
            self._known.move_to_end(key)
            while len(self._known) > self._most:
                self._known.popitem(last=False)
        return known


@st.cache_resource(show_spinner=False)
def _lives() -> _Lives:
    """Give the one shelf of this server."""
    return _Lives()
