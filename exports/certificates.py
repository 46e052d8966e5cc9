"""Say in plain words what is known about a community's plan, in the same words on screen and paper."""

import math
from collections.abc import Mapping

from exports.texts import Texts
from scenarios.outcome import Certificate

_MOST_LISTED = 8


def certificate_sentence(certificate: Certificate, texts: Texts) -> str:
    """Say what is known about a community's plan, without a solver's word."""
    # Where no plan was found the gap is not a number, and no sentence speaks of it.
    gap = texts.percent(certificate.gap) if math.isfinite(certificate.gap) else "–"
    return texts(f"certificate.{certificate.status}", n_grids=certificate.n_grids, gap=gap)


def reason_sentence(code: str, facts: Mapping[str, object], texts: Texts) -> str:
    """Say why a plan is not what was asked for."""
    shown = {name: listed(value, texts) for name, value in facts.items()}
    lock = f"reasons.locks.{facts.get('lock')}_{'nearest' if 'nearest' in facts else facts.get('why')}"
    return texts(lock if code == "locks_conflict" and texts.has(lock) else f"reasons.{code}", **shown)


def certificate_lines(certificate: Certificate, texts: Texts) -> list[str]:
    """Give the sentence, then a line for each reason; a code without a text is left out."""
    known = [(code, facts) for code, facts in certificate.reasons if texts.has(f"reasons.{code}")]
    return [
        certificate_sentence(certificate, texts),
        *(reason_sentence(code, facts, texts) for code, facts in known),
    ]


def listed(value: object, texts: Texts) -> object:
    """Write a list as words, the first few by name and the rest as a count; anything else stays as it is."""
    if not isinstance(value, (list, tuple, set, frozenset)):
        return value
    items = [str(item) for item in value]
    rest = texts("messages.and_more", n=len(items) - _MOST_LISTED) if len(items) > _MOST_LISTED else ""
    return texts("messages.comma").join(items[:_MOST_LISTED]) + rest
