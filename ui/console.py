"""What the command line says: progress, faults, errors and results as plain lines on stderr."""

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from exports.certificates import certificate_sentence, reason_sentence
from exports.places import Places, known_places
from geo.layers import Fault
from scenarios.document import unmet
from scenarios.outcome import Certificate, Outcome
from scenarios.project.codec import plain
from ui.messages import code_of, error_text, fault_text
from ui.texts.catalog import Texts

if TYPE_CHECKING:  # the command line starts without the engines
    import pandas as pd

    from scenarios.propose import Progress


def print_line(line: str) -> None:
    """Print one line on stderr."""
    print(line, file=sys.stderr)  # noqa: T201 - this is the console


def print_progress(step: "Progress", texts: Texts) -> None:
    """Print how far a proposal is."""
    line = texts(f"console.progress_{step.stage}", done=step.done, total=step.total)
    print_line(f"{line} {step.community}" if step.community else line)


def print_faults(faults: Sequence[Fault], texts: Texts) -> None:
    """Print each fault, repair and notice with its place and its mend."""
    for fault in faults:
        said = fault_text(fault, texts)
        where = f"{said.where}: " if said.where else ""
        print_line(f"[{texts(f'console.{fault.severity}')}] {where}{said.what} {said.mend}".rstrip())


def print_error(error: Exception, texts: Texts) -> None:
    """Print an error, and those beside it, as a sentence and a next step, then the faults it carries."""
    for one in (error, *getattr(error, "others", ())):
        said = error_text(one, texts)
        print_line(f"{said.what} {said.mend}".rstrip())
    print_faults(_faults_of(error), texts)


def print_outcome(outcome: Outcome, texts: Texts, compounds: "pd.DataFrame | None" = None) -> None:
    """Print one line per community, its reasons, and a summary; `compounds` gives places their names."""
    places = known_places(outcome, compounds)
    for item in outcome.certificates:
        _print_certificate(item, texts, places)
    share = outcome.summary["in_band_share"]
    print_line(
        texts(
            "console.summary",
            n_grids=outcome.summary["n_grids"],
            in_band=texts.percent(float(str(share))),
            runtime=outcome.summary["runtime_s"],
        )
    )


def print_unmet(outcome: Outcome, texts: Texts, compounds: "pd.DataFrame | None" = None) -> None:
    """Print the communities whose plan is not what was asked for, with their reasons."""
    places = known_places(outcome, compounds)
    for item in unmet(outcome):
        _print_certificate(item, texts, places)


def error_document(error: Exception) -> dict[str, object]:
    """Give an error as JSON: code, facts, every fault it carries, and any errors beside it."""
    facts = getattr(error, "facts", {})
    others = [error_document(other) for other in getattr(error, "others", ())]
    document: dict[str, object] = plain(
        {
            "error": code_of(error) or type(error).__name__,
            "facts": {name: value for name, value in facts.items() if name != "faults"},
            "faults": [fault_document(fault) for fault in _faults_of(error)],
            **({"others": others} if others else {}),
        }
    )
    return document


def _print_certificate(item: Certificate, texts: Texts, places: Places) -> None:
    print_line(f"{item.community_name}: {certificate_sentence(item, texts)}")
    for code, facts in item.reasons:
        print_line(f"  · {reason_sentence(code, facts, texts, places)}")


def fault_document(fault: Fault) -> dict[str, object]:
    """Give a finding as JSON."""
    return {
        "code": fault.code,
        "severity": fault.severity,
        "layer": fault.layer,
        "row": fault.row,
        "column": fault.column,
        "facts": dict(fault.facts),
    }


def _faults_of(error: Exception) -> tuple[Fault, ...]:
    faults = getattr(error, "facts", {}).get("faults", ())
    return tuple(faults) if isinstance(faults, (tuple, list)) else ()
