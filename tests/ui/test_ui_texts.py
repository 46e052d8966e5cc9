"""The texts are complete: same keys and places in every language, every key in use, every code explained."""

import ast
import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

from geo.schema import LAYERS
from optimize.costs import COSTS
from ui.map.content import LOOKS
from ui.texts.catalog import LANGUAGES, read_catalog

ROOT = Path(__file__).parents[2]
SCREEN = [ROOT / "app.py", *sorted((ROOT / "pages").glob("*.py")), *sorted((ROOT / "ui").rglob("*.py"))]
LIBRARIES = [
    path
    for name in ("geo", "optimize", "scenarios", "exports")
    for path in sorted((ROOT / name).rglob("*.py"))
]


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def calls(paths: list[Path]) -> Iterator[ast.Call]:
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                yield node


def keys_of(node: ast.expr) -> Iterator[str]:
    """The keys that an argument may be, as patterns: what is filled in may be anything."""
    if isinstance(node, ast.JoinedStr):
        yield "".join(re.escape(p.value) if isinstance(p, ast.Constant) else ".+" for p in node.values)
    elif isinstance(node, ast.Constant):
        yield re.escape(str(node.value))
    elif isinstance(node, ast.IfExp):
        yield from keys_of(node.body)
        yield from keys_of(node.orelse)


def key_patterns() -> set[str]:
    """Every key that the screen asks `texts` for."""
    asked = [c for c in calls(SCREEN) if isinstance(c.func, ast.Name) and c.func.id == "texts" and c.args]
    return {key for call in asked for key in keys_of(call.args[0])}


def raised_codes() -> set[str]:
    kinds = re.compile(r"(Error|Stopped|Cancelled|UnknownScenario)$")
    codes = set()
    for call in calls(LIBRARIES):
        name = getattr(call.func, "id", getattr(call.func, "attr", ""))
        first = call.args[0] if call.args else None
        if kinds.search(name) and isinstance(first, ast.Constant) and isinstance(first.value, str):
            codes.add(first.value)
    return codes


def reason_codes() -> set[str]:
    codes = set()
    for call in calls(LIBRARIES):
        if getattr(call.func, "id", "") == "Reason":
            codes |= {
                k.value.value for k in call.keywords if k.arg == "code" and isinstance(k.value, ast.Constant)
            }
        if getattr(call.func, "id", "") == "empty_plan":
            codes |= {
                part.value
                for arg in call.args[1:]
                for part in ast.walk(arg)
                if isinstance(part, ast.Constant)
            }
    return codes


@pytest.mark.parametrize("language", LANGUAGES)
def test_languages_have_the_same_keys_and_places(language: str) -> None:
    first, other = read_catalog(next(iter(LANGUAGES))), read_catalog(language)
    assert first.keys() ^ other.keys() == set()
    assert {key for key in first if places(first[key]) != places(other[key])} == set()


def test_every_key_in_use_exists() -> None:
    known = read_catalog("en").keys()
    patterns = key_patterns()
    assert len(patterns) > 60
    missing = {p for p in patterns if not any(re.fullmatch(p, key) for key in known)}
    assert missing == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_error_has_a_sentence_and_a_next_step(language: str) -> None:
    known = read_catalog(language)
    codes = raised_codes()
    assert len(codes) > 15
    assert {c for c in codes if not {f"errors.{c}.what", f"errors.{c}.next"} <= known.keys()} == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_has_a_sentence(language: str) -> None:
    codes = reason_codes()
    assert {"oversize_cell", "no_cells"} <= codes
    assert {code for code in codes if f"reasons.{code}" not in read_catalog(language)} == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_cost_has_a_name_and_a_help(language: str) -> None:
    known = read_catalog(language)
    assert {c for c in COSTS if f"grids_page.cost.{c}.name" not in known} == set()
    assert {c for c in COSTS if f"grids_page.cost.{c}.help" not in known} == set()


def test_chinese_texts_hold_no_english_sentence() -> None:
    words = re.compile(r"\b[a-z]{3,}\b [a-z]{2,}\b \b[a-z]{2,}\b")
    for language in ("zh_Hans", "zh_Hant"):
        assert {key for key, text in read_catalog(language).items() if words.search(text)} == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_error_carries_the_facts_of_its_sentence(language: str) -> None:
    known = read_catalog(language)
    lacking = {}
    for call in calls(LIBRARIES):
        first = call.args[0] if call.args else None
        code = first.value if isinstance(first, ast.Constant) else None
        name = getattr(call.func, "id", getattr(call.func, "attr", ""))
        if not name.endswith(("Error", "Stopped", "UnknownScenario")) or f"errors.{code}.what" not in known:
            continue
        wanted = places(known[f"errors.{code}.what"]) | places(known[f"errors.{code}.next"])
        lacking |= {code: wanted - {item.arg for item in call.keywords}}
    assert {code: gone for code, gone in lacking.items() if gone} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_choice_a_tooltip_tells_has_a_word(language: str) -> None:
    known = read_catalog(language)
    told = {(name, column) for name, look in LOOKS.items() for column in look.tells}
    lacking = {
        f"{column.name}.{value}"
        for name, spec in LAYERS.items()
        for column in spec.columns
        for value in column.choices
        if (name, column.name) in told and f"common.value.{column.name}.{value}" not in known
    }
    assert lacking == set()
