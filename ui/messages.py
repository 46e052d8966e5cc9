"""Codes become sentences: errors and faults in the reader's language."""

from collections.abc import Mapping, Sequence
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass

from exports.certificates import listed
from exports.texts import scenario_title
from geo.layers import Fault
from ui.texts.catalog import Texts

_MOST_RANGES = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What happened, what to do about it, and where (empty for an error without a place)."""

    what: str
    mend: str
    where: str = ""


def error_text(error: Exception, texts: Texts) -> Said:
    """Say an error of any package in words; an unknown one gets a plain sentence, never its own text."""
    code, facts = code_of(error) or "unexpected", getattr(error, "facts", {})
    key = f"errors.{code}" if texts.has(f"errors.{code}.what") else "errors.unexpected"
    shown = _readable({"code": code, **facts}, texts)
    if "scenario" in shown:
        shown["scenario"] = scenario_title(texts, str(shown["scenario"]))
    return Said(what=texts(f"{key}.what", **shown), mend=texts(f"{key}.next", **shown))


def code_of(error: Exception) -> str | None:
    """Give the code of an error; None where it has none."""
    if isinstance(error, BrokenProcessPool):  # Python's own, raised wherever a process is waited for
        return "process_lost"
    code = getattr(error, "code", None)
    return code if isinstance(code, str) else None


def fault_text(fault: Fault, texts: Texts) -> Said:
    """Say a fault in words, with its layer, row and column."""
    facts = _readable(
        {
            "layer": layer_name(fault.layer, texts),
            "row": fault.row or "",
            "column": fault.column or "",
            **fault.facts,
        },
        texts,
    )
    key = f"faults.{fault.code}"
    return Said(
        what=texts(f"{key}.text", **facts), mend=texts(f"{key}.mend", **facts), where=_place(fault, texts)
    )


def layer_name(layer: str, texts: Texts) -> str:
    """Give a layer's name in the reader's language."""
    return texts(f"layers.{layer}.name") if texts.has(f"layers.{layer}.name") else layer


def _place(fault: Fault, texts: Texts) -> str:
    parts = [layer_name(fault.layer, texts)]
    rows = fault.facts.get("rows")
    if isinstance(rows, tuple):
        parts.append(texts("messages.rows", rows=row_ranges(rows, texts), n=len(rows)))
    elif fault.row is not None:
        parts.append(texts("messages.row", row=fault.row))
    if fault.column:
        key = f"columns.{fault.column}"
        parts.append(texts("messages.column", column=texts(key) if texts.has(key) else fault.column))
    return " ".join(part for part in parts if part)


def row_ranges(rows: Sequence[int], texts: Texts) -> str:
    """Write rows as ranges, the first few of them: "2–16、25"."""
    runs: list[list[int]] = []
    for row in sorted(rows):
        if runs and row == runs[-1][1] + 1:
            runs[-1][1] = row
        else:
            runs.append([row, row])
    said = [str(first) if first == last else f"{first}–{last}" for first, last in runs[:_MOST_RANGES]]
    return texts("messages.comma").join(said) + ("…" if len(runs) > _MOST_RANGES else "")


def _readable(facts: Mapping[str, object], texts: Texts) -> dict[str, object]:
    return {name: listed(value, texts) for name, value in facts.items() if name != "faults"}
