"""The card of a grid: why it ends where it ends, in short sentences beside the map."""

from pathlib import Path

import streamlit as st

from scenarios.desk.desk import open_desk
from scenarios.desk.ground import DeskGround
from scenarios.explain.grid import Explanation, explain, planned_of
from scenarios.outcome import Outcome
from scenarios.store import layers_token
from ui.boundary import escape_markdown
from ui.explain_words import explain_in_words, number_in
from ui.texts.catalog import Texts


def draw_explain(
    texts: Texts, project: Path | None, outcome: Outcome, code: str | None, *, token: str = ""
) -> None:
    """Draw the card of a grid of the plan shown; nothing where no grid of it is marked, or the plan is stale.

    Parameters
    ----------
    outcome
        The plan shown: that of the project, or another one of the same cells.
    token
        Differs between plans shown; the card is worked out once for each.
    """
    if project is None or code is None or outcome.stale or not (outcome.grids["code"] == code).any():
        return
    draw_explanation(texts, _explanation(str(project), outcome.scenario, token, code, outcome))


def draw_explanation(texts: Texts, item: Explanation, *, expanded: bool = True) -> None:
    """Draw the card of an explanation, `explain_on_desk` for a plan that is being adjusted."""
    title = texts("explain.title", code=number_in(item.community_code, item.code))
    with st.expander(title, expanded=expanded):
        for section in explain_in_words(texts, item):
            if not section.lines:
                continue
            lines = [
                f"- :red[{escape_markdown(line.text)}]" if line.broken else f"- {escape_markdown(line.text)}"
                for line in section.lines
            ]
            st.markdown("\n".join([f"**{escape_markdown(section.title)}**", "", *lines]))


@st.cache_resource(show_spinner=False, max_entries=64)
def _explanation(project: str, scenario: str, token: str, code: str, _outcome: Outcome) -> Explanation:  # noqa: ARG001  # the token is part of the key
    return explain(_ground(project, layers_token(Path(project)), scenario), planned_of(_outcome), code)


@st.cache_resource(show_spinner=False, max_entries=4)
def _ground(project: str, layers: str, scenario: str) -> DeskGround:  # noqa: ARG001  # layers are part of the key
    return open_desk(Path(project), scenario).ground
