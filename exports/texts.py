"""The reader's language as exports see it; `ui.texts.catalog.Texts` fits, and exports never import `ui`."""

from typing import Protocol

from scenarios.project.schema import BASE_SCENARIO


class Texts(Protocol):
    """Texts by key, and numbers the way the language writes them."""

    @property
    def language(self) -> str:
        """Folder name of the language: `zh_Hans`, `zh_Hant`, `en`."""

    def __call__(self, key: str, **facts: object) -> str:
        """Give the text of `key` with its facts filled in."""

    def has(self, key: str) -> bool:
        """Tell whether there is a text of that key."""

    def number(self, value: float, digits: int = 0) -> str:
        """Write a number with separators and at most `digits` decimals."""

    def percent(self, value: float, digits: int = 1) -> str:
        """Write a share (0.023) as a percentage (2.3 %)."""


def scenario_title(texts: Texts, name: str) -> str:
    """Give the name of a scenario as the reader knows it: the base scenario's in the file is not it."""
    return texts("app.base_scenario") if name == BASE_SCENARIO else name
