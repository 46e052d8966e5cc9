"""Say in plain words what is known about a community's plan, in the same words on screen and paper."""

import math
from collections.abc import Mapping

from exports.places import Places, say_cells
from exports.texts import Texts
from scenarios.outcome import CHOSEN, Certificate

_MOST_LISTED = 8


def certificate_sentence(certificate: Certificate, texts: Texts) -> str:
    """Say what is known about a community's plan, without a solver's word."""
    known = math.isfinite(certificate.gap)
    gap = texts.percent(certificate.gap) if known else "–"
    key = certificate.status
    if key == "feasible" and not known:
        key = "unknown"
    elif key == "relaxed" and _only_wishes_gave(certificate):
        key = "wishes_set_aside"
    return texts(f"certificate.{key}", n_grids=certificate.n_grids, gap=gap)


def wish_sentence(certificate: Certificate, wish: str, texts: Texts) -> str:
    """Say what is known about a plan that was found with one thing weighing most: `wish` is a preset."""
    if not texts.has(f"presets.{wish}.name") or certificate.status not in ("optimal", "feasible"):
        return certificate_sentence(certificate, texts)
    known = math.isfinite(certificate.gap)
    key = "optimal" if certificate.proven else "feasible" if known else "unknown"
    gap = texts.percent(certificate.gap) if known else "–"
    return texts(f"certificate.wish.{key}", wish=texts(f"presets.{wish}.name"), gap=gap)


def reason_sentence(
    code: str, facts: Mapping[str, object], texts: Texts, places: Places | None = None
) -> str:
    """Say why a plan is not what was asked for; `places` tells compounds and buildings from ids."""
    shown = {name: listed(value, texts) for name, value in facts.items()}
    shown["place"] = say_cells(_texts_of(facts.get("cells")), places, texts)
    return texts(_reason_key(code, facts, texts), **shown, **_wished(facts, texts))


def certificate_lines(certificate: Certificate, texts: Texts, places: Places | None = None) -> list[str]:
    """Give the sentence, then a line for each reason; a code without a text is left out."""
    known = [(code, facts) for code, facts in certificate.reasons if texts.has(f"reasons.{code}")]
    said = (reason_sentence(code, facts, texts, places) for code, facts in known)
    # Two reasons may read alike, such as a limit of time that was met twice.
    return [certificate_sentence(certificate, texts), *dict.fromkeys(said)]


def _only_wishes_gave(certificate: Certificate) -> bool:
    """Tell whether every hard rule holds, and only what the planner locked did not."""
    codes = {code for code, _ in certificate.reasons} - {CHOSEN, "kept_from_before", "time_limit"}
    return codes == {"locks_conflict"}


def _reason_key(code: str, facts: Mapping[str, object], texts: Texts) -> str:
    lock = f"reasons.locks.{facts.get('lock')}_{'nearest' if 'nearest' in facts else facts.get('why')}"
    if code == "locks_conflict" and texts.has(lock):
        return lock
    if code == CHOSEN:
        wish = f"presets.{facts.get('wish')}.name"
        return "reasons.chosen_other" if not texts.has(wish) else f"reasons.{CHOSEN}{_proven(facts)}"
    return f"reasons.{code}"


def _proven(facts: Mapping[str, object]) -> str:
    return "_proven" if facts.get("proven") else ""


def _wished(facts: Mapping[str, object], texts: Texts) -> dict[str, str]:
    key = f"presets.{facts.get('wish')}.name"
    return {"wish_name": texts(key)} if "wish" in facts and texts.has(key) else {}


def _texts_of(value: object) -> list[str]:
    return [str(item) for item in value] if isinstance(value, (list, tuple)) else []


def listed(value: object, texts: Texts) -> object:
    """Write a list as words, the first few by name and the rest as a count; anything else stays as it is."""
    if not isinstance(value, (list, tuple, set, frozenset)):
        return value
    items = [str(item) for item in value]
    rest = texts("messages.and_more", n=len(items) - _MOST_LISTED) if len(items) > _MOST_LISTED else ""
    return texts("messages.comma").join(items[:_MOST_LISTED]) + rest
