"""What files did not tell by themselves: which layer they hold, which header a column has."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import streamlit as st

from geo.layers import Fault
from geo.schema import LAYERS
from ui.boundary import escape_markdown
from ui.messages import layer_name
from ui.tables import column_name
from ui.texts.catalog import Texts

_UNMAPPED = ("column_missing", "column_ambiguous")


@dataclass(frozen=True, slots=True, kw_only=True)
class Questions:
    """What to ask: files without a layer, and (layer, column) → headers that may hold it."""

    files: tuple[str, ...] = ()
    columns: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)

    def after(self, report: Sequence[Fault]) -> "Questions":
        """Give the questions after another report; one asked before stays, or its answer would be lost."""
        unknown = [str(fault.facts["file"]) for fault in report if fault.code == "layer_unknown"]
        columns = dict(self.columns)
        for fault in report:
            if fault.code in _UNMAPPED and fault.column:
                key = (fault.layer, fault.column)
                columns[key] = _unique([*columns.get(key, ()), *_spare_headers(report, fault.layer)])
        return Questions(files=_unique([*self.files, *unknown]), columns=columns)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What was chosen: file → layer, and layer → header → column."""

    layer_of: Mapping[str, str]
    mapping: Mapping[str, Mapping[str, str]]


def draw_questions(texts: Texts, questions: Questions) -> Answers:
    """Draw a choice for each question; those left open have no answer."""
    layer_of: dict[str, str] = {}
    for file in questions.files:
        layer = st.selectbox(
            escape_markdown(texts("data_page.import.layer_of", file=file)),
            list(LAYERS),
            index=None,
            format_func=lambda name: layer_name(name, texts),
            placeholder=texts("data_page.import.pick_layer"),
            key=f"layer_{file}",
        )
        if layer is not None:
            layer_of[file] = layer
    mapping: dict[str, dict[str, str]] = {}
    for (layer, column), headers in questions.columns.items():
        header = _ask_header(texts, layer, column, headers)
        if header is not None:
            mapping.setdefault(layer, {})[header] = column
    return Answers(layer_of=layer_of, mapping=mapping)


def _ask_header(texts: Texts, layer: str, column: str, headers: tuple[str, ...]) -> str | None:
    if not headers:
        return None
    shown, name = layer_name(layer, texts), column_name(texts, column)
    return st.selectbox(
        escape_markdown(texts("data_page.import.column_of", layer=shown, column=name)),
        headers,
        index=None,
        placeholder=texts("data_page.import.pick_header"),
        key=f"map_{layer}_{column}",
    )


def _spare_headers(report: Sequence[Fault], layer: str) -> list[str]:
    """List the headers of a layer's file that were not used for any column, or could be used for several."""
    found: list[str] = []
    for fault in report:
        if fault.layer == layer and fault.code == "column_ignored":
            found.append(str(fault.facts["header"]))
        if fault.layer == layer and fault.code == "column_ambiguous":
            headers = fault.facts["headers"]
            found += [str(item) for item in headers] if isinstance(headers, list | tuple) else []
    return found


def _unique(items: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(items))
