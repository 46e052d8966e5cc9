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
    if name == "rule" and texts.has(f"rules.name.{value}"):
        return texts(f"rules.name.{value}")
    if name == "cost" and texts.has(f"grids_page.cost.{value}.name"):
        return texts(f"grids_page.cost.{value}.name")
    if name == "item" and texts.has(f"rules.name.{value}"):
        return texts(f"rules.name.{value}")
    if name in ("staff", "becomes") and texts.has(f"levers.value.{value}"):
        return texts(f"levers.value.{value}")
    if isinstance(value, float) and value == int(value):
        return int(value)
    return names.get(value, value) if isinstance(value, str) else value


def _begin(text: str) -> str:
    return text[:1].upper() + text[1:]
