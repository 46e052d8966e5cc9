"""Make a file in a worker process, with progress and a stop, and hand it over; draw the preview."""

import tempfile
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from io import BytesIO
from pathlib import Path

import streamlit as st

from exports.order import Order, fill_in_worker, name_file, request_of
from exports.sheet.pages import build_document
from exports.sheet.render import draw_png
from scenarios import store
from scenarios.propose import Progress
from scenarios.run import run_one
from ui.boundary import show_error
from ui.export_form import PRINTED
from ui.jobs import Job, JobView, Told, all_jobs, all_workers, watch_job
from ui.texts.catalog import Texts

_PREVIEW_DOTS = 1500
_KEY = "gridplan_export_job"


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A finished file."""

    name: str
    data: bytes


def preview(order: Order) -> bytes:
    """Draw the first page as a small picture, once for each version of the project and each choice.

    A format that is no paper shows its map: the system of its coordinates is nothing to see.
    """
    sheet = replace(order.sheet, atlas="none", parts=order.sheet.parts[:1])
    others = order.against[:1] if order.to.suffix in PRINTED else ()
    alone = replace(order, sheet=sheet, crs=None, against=others)
    return _preview(alone, store.project_digest(order.project), repr(alone))


@st.cache_data(show_spinner=False, max_entries=24)
def _preview(_order: Order, digest: str, words: str) -> bytes:  # noqa: ARG001  # both are the key
    document = build_document(request_of(_order))
    page, picture = document.pages[0], BytesIO()
    draw_png(document, picture, dpi=_PREVIEW_DOTS / max(page.width, page.height) * 25.4)
    return picture.getvalue()


def draw_make(texts: Texts, order: Order) -> None:
    """Offer to make the file; while it is made show how far it is, then hand it over."""
    job = all_jobs().find(_key())
    if job is not None and job.view().state == "running":
        watch_job(_key(), "export_stop", partial(_progress, texts))
        return
    if st.button(texts("export_page.make"), type="primary", width="stretch", key="export_make"):
        _start(order)
        st.rerun()
    if job is not None:
        _tell(texts, job, order)


def _key() -> tuple[str, str]:
    """Give the visitor's own key: two people export without waiting for each other."""
    return "export", st.session_state.setdefault(_KEY, uuid.uuid4().hex)


def _start(order: Order) -> None:
    workers = all_workers()

    def work(stop: Callable[[], bool], listen: Callable[[Progress], None]) -> Made:
        with tempfile.TemporaryDirectory(prefix="gridplan-") as folder:
            to = Path(folder) / f"plan{order.to.suffix}"
            run_one(
                fill_in_worker,
                replace(order, to=to),
                stop=stop,
                on_share=lambda share: listen(Progress(stage="store", done=round(1000 * share), total=1000)),
                workers=workers,
            )
            return Made(name=name_file(order), data=to.read_bytes())

    all_jobs().start(_key(), work)


def _progress(texts: Texts, view: JobView) -> Told:
    said = texts("export_page.making", share=texts.percent(view.share, 0), seconds=int(view.elapsed_s))
    return Told(view.share, said, texts("export_page.stopping" if view.stopping else "export_page.stop"))


def _tell(texts: Texts, job: Job, order: Order) -> None:
    """Hand over a finished file while it still is what the choices say; say what went wrong."""
    view = job.view()
    if view.state == "stopped":
        st.info(texts("export_page.stopped"))
    elif view.error is not None:
        show_error(texts, view.error)
    elif isinstance(view.answer, Made):
        made = view.answer
        st.download_button(
            texts("export_page.download", name=made.name, size=texts.number(len(made.data) / 1e6, 1)),
            made.data,
            file_name=made.name,
            on_click="ignore",
            width="stretch",
            key="export_download",
        )
        if made.name != name_file(order):
            st.caption(texts("export_page.other_choices"))
