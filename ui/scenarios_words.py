"""Levers, causes, differences and indicators in the reader's language."""

from collections.abc import Mapping
from dataclasses import asdict

from exports.indicator_words import indicator_name, indicator_value
from scenarios.levers.causes import Cause, Sentence
from scenarios.levers.lever import Lever
from ui.texts.catalog import Texts

__all__ = [
    "cause_clause",
    "grid_name",
    "indicator_name",
    "indicator_value",
    "lever_sentence",
    "sentence_text",
]

_CODE_DIGITS = 3
_NAMED = {
    "rule": "rules.name.{value}",
    "cost": "grids_page.cost.{value}.name",
    "item": "rules.name.{value}",
    "staff": "levers.value.{value}",
    "becomes": "levers.value.{value}",
    "line": "columns.{value}",
}
"""Name of a fact → the key of what its value is called."""
_COUNTS = ("households", "residents", "formal_members")


def lever_sentence(lever: Lever, texts: Texts, names: Mapping[str, str]) -> str:
    """Say what a lever does; `names` gives names of communities and places by their codes and ids."""
    return _clause(lever.name, asdict(lever), texts, names)  # type: ignore[call-overload]  # levers are dataclasses


def cause_clause(cause: Cause, texts: Texts, names: Mapping[str, str]) -> str:
    """Say a cause as part of a sentence."""
    return _clause(cause.code, cause.facts, texts, names, key="says" if cause.added else "without")


def sentence_text(sentence: Sentence, texts: Texts, names: Mapping[str, str]) -> str:
    """Say one difference, with its causes where it has any."""
    if sentence.code.startswith("cause_"):
        said = cause_clause(sentence.why[0], texts, names)
        return _begin(texts("compare.shape.alone", said=said))
    facts = dict(sentence.facts)
    home = str(facts.pop("community_code", ""))
    for name in ("grid", "source", "renamed"):
        if name in facts:
            facts[name] = grid_name(str(facts[name]), home, names)
    said = texts(f"compare.say.{sentence.code}", **facts)
    if "community" not in facts:
        return _begin(texts("compare.shape.alone", said=said))
    if not sentence.why:
        return texts("compare.shape.plain", community=facts["community"], said=said)
    why = texts("compare.shape.join").join(cause_clause(cause, texts, names) for cause in sentence.why)
    return texts("compare.shape.because", community=facts["community"], said=said, why=why)


def grid_name(code: str, community: str, names: Mapping[str, str]) -> str:
    """Give the last digits of a grid's code, after its community's name unless that stands beside it.

    `names` gives communities' names by their codes; the whole code stays where nothing is known of it.
    """
    if community and code.startswith(community):
        return code[-_CODE_DIGITS:]
    home, number = code[:-_CODE_DIGITS], code[-_CODE_DIGITS:]
    return f"{names[home]} {number}" if home in names else code


def _clause(
    code: str, facts: Mapping[str, object], texts: Texts, names: Mapping[str, str], key: str = "says"
) -> str:
    shown: dict[str, object] = {name: _shown(name, value, texts, names) for name, value in facts.items()}
    if code == "counts":
        given = [(name, facts.get(name)) for name in _COUNTS if facts.get(name) is not None]
        shown["changes"] = ", ".join(f"{texts(f'levers.field.{name}')} {value}" for name, value in given)
    if code == "move_border":
        cells = facts.get("cells") or ()
        shown["ground"] = shown["compound"] if facts.get("compound") else " + ".join(map(str, cells))  # type: ignore[call-overload]  # a tuple of ids
    return texts(f"levers.{code}.{key}", **shown)


def _shown(name: str, value: object, texts: Texts, names: Mapping[str, str]) -> object:
    key = _NAMED.get(name, "").format(value=value)
    if key and texts.has(key):
        return _without_unit(texts(key)) if name == "line" else texts(key)
    if name == "yuan" and isinstance(value, int):
        return texts.number(value)
    if isinstance(value, float) and value == int(value):
        return int(value)
    return names.get(value, value) if isinstance(value, str) else value


def _without_unit(text: str) -> str:
    return text.partition("（")[0].partition(" (")[0]


def _begin(text: str) -> str:
    return text[:1].upper() + text[1:]
