"""Every code that a package raises has a sentence and a next step in every language."""

import re
from pathlib import Path

import pytest

from ui.texts.catalog import LANGUAGES, read_catalog

ROOT = Path(__file__).parents[1]
RAISED = re.compile(r"raise \w+\(\s*\"([a-z_]+)\"")
REASONS = re.compile(r"Reason\(\s*(?:code=)?\"([a-z_]+)\"|empty_plan\(\w+, \"([a-z_]+)\"")


def codes(pattern: re.Pattern[str], *packages: str) -> set[str]:
    sources = [path.read_text(encoding="utf-8") for name in packages for path in (ROOT / name).rglob("*.py")]
    return {code for source in sources for found in pattern.findall(source) for code in _parts(found) if code}


def _parts(found: str | tuple[str, ...]) -> tuple[str, ...]:
    return (found,) if isinstance(found, str) else found


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_error_has_a_sentence_and_a_next_step(language: str) -> None:
    texts = read_catalog(language)
    front_door = set(RAISED.findall((ROOT / "gridplan.py").read_text(encoding="utf-8")))
    raised = codes(RAISED, "geo", "optimize", "scenarios", "exports", "ui") | front_door
    assert len(raised) > 20
    missing = {code for code in raised if not {f"errors.{code}.what", f"errors.{code}.next"} <= texts.keys()}
    missing -= {code for code in missing if {f"faults.{code}.text", f"faults.{code}.mend"} <= texts.keys()}
    assert missing == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_has_a_sentence(language: str) -> None:
    raised = codes(REASONS, "optimize", "scenarios")
    assert len(raised) > 5
    assert {code for code in raised if f"reasons.{code}" not in read_catalog(language)} == set()
