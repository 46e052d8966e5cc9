"""Take the assignment table out, bring it or drawn boundaries back: look at the difference, then apply it."""

import hashlib
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pandas as pd
import streamlit as st

from exports.assignment import ENDINGS, write_assignment
from scenarios.adoption.adopt import apply, look_ahead, preview
from scenarios.adoption.difference import Adoption, Allow, stand
from scenarios.desk.desk import Desk, open_desk
from scenarios.errors import AdoptionError, ScenarioError
from scenarios.store import project_digest
from ui.boundary import boundary, escape_markdown, show_error
from ui.imports import ENDINGS as READABLE
from ui.imports import Upload, choose_system, save_uploads
from ui.messages import fault_text, layer_name
from ui.state import State, change_state, get_state
from ui.tables import fitted_height
from ui.texts.catalog import Texts

_SAID = "exchange_said"
_MOST_FINDINGS = 30
_MOST_NAMED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class _Looked:
    """A file looked at against one version of a plan: what it would change, or why it was refused."""

    desk: Desk
    adoption: Adoption | None = None
    n_broken: int = 0
    refusal: ScenarioError | None = None


def draw_exchange(texts: Texts, state: State) -> None:
    """Draw the downloads of the assignment table, the upload, and the difference that it would make."""
    if state.project is None:
        return
    st.markdown(f"**{texts('exchange.title')}**")
    st.caption(texts("exchange.table_note"))
    with boundary(texts):
        _draw_downloads(texts, state, state.project)
        st.caption(texts("exchange.upload_note"))
        _draw_upload(texts, state, state.project)


def _draw_downloads(texts: Texts, state: State, project: Path) -> None:
    # A function as the data: the table is made when the button is pressed, and of the plan as it is then.
    for column, ending in zip(st.columns(2), ENDINGS, strict=True):
        column.download_button(
            texts(f"exchange.download_{ending.lstrip('.')}"),
            partial(_table, project, state.scenario, ending, texts),
            file_name=f"{project.stem}-{state.scenario}{ending}",
            key=f"assignment_{ending}",
            on_click="ignore",
            width="stretch",
        )


def _draw_upload(texts: Texts, state: State, project: Path) -> None:
    visit = int(st.session_state.get("exchange_visit", 0))
    files = st.file_uploader(
        texts("exchange.upload"), type=list(READABLE), accept_multiple_files=True, key=f"exchange_{visit}"
    )
    if not files:
        if _SAID in st.session_state:
            st.success(escape_markdown(st.session_state[_SAID]))
        return
    st.session_state.pop(_SAID, None)
    # A workbook holds no shapes whose system could be asked for.
    crs = None if files[0].name.lower().endswith((".xlsx", ".xls")) else choose_system(texts)
    allow = Allow(
        new_grids=st.checkbox(texts("exchange.allow_new"), key="exchange_new"),
        unassigned=st.checkbox(texts("exchange.allow_unassigned"), key="exchange_blank"),
    )
    with st.spinner(texts("data_page.import.reading")):
        looked = _look(str(project), project_digest(project), state.scenario, _held(files), crs, allow)
    if looked.refusal is not None:
        show_error(texts, looked.refusal)
        if isinstance(looked.refusal, AdoptionError):
            _draw_findings(texts, looked.refusal.facts["faults"], expanded=True)
    elif looked.adoption is not None:
        _draw_difference(texts, looked.adoption, looked.n_broken)
        if not looked.adoption.is_empty:
            _draw_apply(texts, looked, visit)


def _draw_difference(texts: Texts, adoption: Adoption, n_broken: int) -> None:
    said = [_headline(texts, adoption)]
    new = [f"{code} {name}" for code, name in adoption.new_grids.items()]
    renamed = [f"{code} {name}" for code, name in adoption.renamed.items()]
    for name, grids in (("new_grids", new), ("renamed", renamed), ("emptied", list(adoption.emptied))):
        if grids:
            said.append(texts(f"exchange.{name}", grids=_few(texts, grids)))
    st.markdown("\n".join(f"- {escape_markdown(line)}" for line in said))
    if n_broken:
        st.markdown(f"- :red[{escape_markdown(texts('exchange.broken_after', n=n_broken))}]")
    if adoption.flows:
        _draw_flows(texts, adoption)
    _draw_findings(texts, adoption.findings, expanded=False)


def _few(texts: Texts, names: list[str]) -> str:
    rest = len(names) - _MOST_NAMED
    shown = texts("messages.comma").join(names[:_MOST_NAMED])
    return shown + (texts("messages.and_more", n=rest) if rest > 0 else "")


def _headline(texts: Texts, adoption: Adoption) -> str:
    if adoption.is_empty:
        return texts("exchange.nothing", file=adoption.source)
    if not adoption.moves:
        return texts("exchange.would_rename", file=adoption.source, n=len(adoption.renamed))
    facts = {"file": adoption.source, "n_cells": len(adoption.moves), "households": adoption.households}
    return texts("exchange.would_change", **facts)


def _draw_flows(texts: Texts, adoption: Adoption) -> None:
    nowhere = texts("exchange.no_grid")
    rows = pd.DataFrame(
        {
            "from_grid": [flow.before or nowhere for flow in adoption.flows],
            "to_grid": [flow.after or nowhere for flow in adoption.flows],
            "households": [flow.households for flow in adoption.flows],
            "n_cells": [flow.n_cells for flow in adoption.flows],
        }
    )
    number, text = st.column_config.NumberColumn, st.column_config.TextColumn
    st.dataframe(
        rows,
        hide_index=True,
        height=fitted_height(len(rows), 4),
        column_config={
            "from_grid": text(texts("exchange.column.from_grid")),
            "to_grid": text(texts("exchange.column.to_grid")),
            "households": number(texts("exchange.column.households"), format="localized"),
            "n_cells": number(texts("exchange.column.n_cells"), format="localized"),
        },
    )


def _draw_findings(texts: Texts, findings: object, *, expanded: bool) -> None:
    if not isinstance(findings, tuple) or not findings:
        return
    weight = {"fault": 0, "repair": 1, "notice": 2}
    ordered = sorted(findings, key=lambda item: weight[item.severity])
    lines = []
    for item in ordered[:_MOST_FINDINGS]:
        said = fault_text(item, texts)
        what = f"{said.what}{texts('exchange.between')}{said.mend}"
        # The list is below the file: which table it is need not be said in every line.
        where = said.where.removeprefix(layer_name(item.layer, texts)).strip()
        lines.append(escape_markdown(texts("common.named", name=where, value=what) if where else what))
    if len(ordered) > _MOST_FINDINGS:
        lines.append(texts("exchange.and_more", n=len(ordered) - _MOST_FINDINGS))
    with st.expander(texts("exchange.findings", n=len(ordered)), expanded=expanded):
        st.markdown("\n".join(f"- {line}" for line in lines))


def _draw_apply(texts: Texts, looked: _Looked, visit: int) -> None:
    author = st.text_input(
        texts("exchange.name"), value=get_state().author, key="exchange_author", max_chars=40
    )
    note = st.text_input(texts("exchange.note"), key="exchange_note", max_chars=200)
    seen = st.session_state.get("exchange_seen")
    st.session_state["exchange_seen"] = looked.desk.version
    if not st.button(texts("exchange.apply"), type="primary", width="stretch", key="exchange_apply"):
        return
    if seen != looked.desk.version:
        # What the person looked at was the difference to an older plan: they have to see this one first.
        st.warning(texts("exchange.changed_meanwhile"))
        return
    assert looked.adoption is not None  # noqa: S101 - there is a button only for a difference
    apply(looked.desk, looked.adoption, author=author.strip(), note=note.strip())
    st.session_state["exchange_visit"] = visit + 1
    change_state(author=author.strip())
    facts = {"n_cells": len(looked.adoption.moves), "households": looked.adoption.households}
    # A toast would be gone with the run that it was shown in.
    st.session_state[_SAID] = texts("exchange.applied", **facts)
    st.rerun()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Held:
    """An upload's name and bytes, known by their digest."""

    name: str
    data: bytes

    def getvalue(self) -> bytes:
        """Give its bytes."""
        return self.data


def _held(files: Sequence[Upload]) -> tuple[_Held, ...]:
    return tuple(_Held(name=file.name, data=file.getvalue()) for file in files)


def _digest(files: tuple[_Held, ...]) -> str:
    digest = hashlib.sha256()
    for file in files:
        digest.update(f"{file.name}|{len(file.data)}|".encode() + file.data)
    return digest.hexdigest()


@st.cache_resource(show_spinner=False, max_entries=8, hash_funcs={_Held: lambda file: _digest((file,))})
def _look(
    project: str, digest: str, scenario: str, files: tuple[_Held, ...], crs: str | None, allow: Allow
) -> _Looked:
    del digest  # part of the key: another version of the project is looked at anew
    desk = open_desk(Path(project), scenario)
    with tempfile.TemporaryDirectory(prefix="gridplan-") as folder:
        paths = save_uploads(files, Path(folder))
        if len(paths) > 1:
            names = [path.name for path in paths]
            return _Looked(desk=desk, refusal=AdoptionError("adoption_one_file", files=names, faults=()))
        try:
            adoption = preview(desk, paths[0], crs=crs, allow=allow)
        except ScenarioError as error:
            return _Looked(desk=desk, refusal=error)
    return _Looked(desk=desk, adoption=adoption, n_broken=len(look_ahead(desk, adoption)))


def _table(project: Path, scenario: str, ending: str, texts: Texts) -> bytes:
    with tempfile.TemporaryDirectory(prefix="gridplan-") as folder:
        target = Path(folder) / f"assignment{ending}"
        write_assignment(stand(open_desk(project, scenario)), target, texts)
        return target.read_bytes()
