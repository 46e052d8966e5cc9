"""Look up a text by key in the reader's language; numbers are written the way that language writes them."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from babel.numbers import format_decimal, format_percent

LANGUAGES: Mapping[str, str] = {"zh_Hans": "简体中文", "zh_Hant": "繁體中文", "en": "English"}
"""Language folder → its own name; the first is the default."""

_HERE = Path(__file__).parent


class _Facts(dict[str, object]):
    """Facts that leave a place open when one is missing: the reader still gets the sentence."""

    def __missing__(self, key: str) -> str:
        return f"{{{key}}}"


def _flatten(table: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    flat: dict[str, str] = {}
    for key, value in table.items():
        name = f"{prefix}{key}"
        flat.update(_flatten(value, f"{name}.") if isinstance(value, dict) else {name: value})
    return flat


@cache
def read_catalog(language: str) -> Mapping[str, str]:
    """Read all texts of one language: dotted key → text with `{fact}` places."""
    texts: dict[str, str] = {}
    for path in sorted((_HERE / language).glob("*.toml")):
        texts.update(_flatten(tomllib.loads(path.read_text(encoding="utf-8"))))
    return texts


@dataclass(frozen=True, slots=True)
class Texts:
    """The texts of one language, as a value that is handed down: `texts("grids.title", n=3)`."""

    language: str

    def __call__(self, key: str, **facts: object) -> str:
        """Give the text of `key` with its facts filled in; floats and ints are written with separators."""
        shown = _Facts({name: self._show(value) for name, value in facts.items()})
        return read_catalog(self.language)[key].format_map(shown)

    def template(self, key: str) -> str:
        """Give the text of `key` as it stands, its places to be filled by the browser."""
        return read_catalog(self.language)[key]

    def has(self, key: str) -> bool:
        """Tell whether there is a text of that key."""
        return key in read_catalog(self.language)

    def number(self, value: float, digits: int = 0) -> str:
        """Write a number with thousands separators and at most `digits` decimals."""
        pattern = "#,##0" + ("." + "#" * digits if digits else "")
        return format_decimal(value, format=pattern, locale=self.language)

    def percent(self, value: float, digits: int = 1) -> str:
        """Write a share (0.023) as a percentage (2.3 %)."""
        pattern = "#,##0" + ("." + "#" * digits if digits else "") + "%"
        return format_percent(value, format=pattern, locale=self.language)

    def _show(self, value: object) -> object:
        if isinstance(value, bool):
            return value
        if isinstance(value, int):
            return self.number(value)
        if isinstance(value, float):
            return self.number(value, 2)
        return value


def choose_language(accepted: str | None) -> str:
    """Choose the language for a browser's tag ("zh-TW", "en-US", "zh-Hans-CN"); the default if unknown."""
    tag = (accepted or "").replace("_", "-").lower()
    if tag.startswith("zh"):
        return "zh_Hant" if any(part in tag for part in ("hant", "-tw", "-hk", "-mo")) else "zh_Hans"
    return "en" if tag.startswith("en") else next(iter(LANGUAGES))
