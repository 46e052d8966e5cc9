"""Indicators of scenarios in words: their names, and their values as they are written."""

from exports.texts import Texts
from scenarios.comparison.indicators import Indicator


def indicator_name(indicator: Indicator, texts: Texts) -> str:
    """Name an indicator."""
    key = f"compare.indicator.{indicator.name}"
    if texts.has(key):
        said = texts(key)
        return said[:1].upper() + said[1:]  # levers name them within a sentence
    cost = f"exports.column.{indicator.name}"
    return texts(cost) if texts.has(cost) else indicator.name


def indicator_value(value: float | None, unit: str, texts: Texts, *, signed: bool = False) -> str:
    """Write a value of an indicator, a difference with its sign."""
    if value is None:
        return "–"
    sign = "+" if signed and value > 0 else ""
    if unit == "share":
        return sign + texts.percent(value)
    digits = {"ratio": 3, "cost": 2, "each": 1}.get(unit, 0)
    if signed and not digits and 0 < abs(value) < 0.5:
        digits = 1  # "-0" would be read as nothing
    return sign + texts.number(value, digits)
