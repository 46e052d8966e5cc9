"""Read dirty values where the meaning is certain, and list what was read and what was not.

"1124户" is 1124 and "无" is none; "约300" is not certain and stays a fault. Every reading says how it was
made, so that whatever changes more than the way a value is stored can be listed.
"""

import math
import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

import numpy as np
import pandas as pd

from geo.headers import normalise
from geo.schema import Column

Reading = Literal["plain", "read", "unknown", "bad", "negative", "fraction", "imprecise"]

_NONE = frozenset(("无", "無", "没有", "沒有", "none", "nil", "零", "〇"))
_UNKNOWN = frozenset(
    (
        "未知",
        "不详",
        "不詳",
        "不明",
        "待定",
        "待核",
        "待查",
        "暂无数据",
        "na",
        "n/a",
        "null",
        "nan",
        "unknown",
        "#n/a",
    )
)
_YES = frozenset(
    (
        "是",
        "有",
        "已",
        "对",
        "對",
        "√",
        "✓",
        "✔",
        "已成立",
        "已签",
        "已签订",
        "已簽",
        "yes",
        "y",
        "true",
        "t",
        "1",
        "1.0",
    )
)
_NO = frozenset(
    (
        "否",
        "无",
        "無",
        "没有",
        "未",
        "不",
        "×",
        "✗",
        "✘",
        "未成立",
        "未签",
        "未签订",
        "未簽",
        "no",
        "n",
        "false",
        "f",
        "0",
        "0.0",
    )
)
_NUMBER = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?|[+-]?\.\d+")
_DATE = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[T\s]+[\d:.]+(?:Z|[+-]\d\d:?\d\d)?)?"
)
_PACKED_DATE = re.compile(r"((?:19|20)\d\d)(\d\d)(\d\d)")
_EXCEL_DAYS = (20_000, 60_000)  # 1954 to 2064
_EXCEL_EPOCH = pd.Timestamp(1899, 12, 30)
_EXACT_LIMIT = 2.0**53
_SHOWN_LENGTH = 60


@dataclass(frozen=True, slots=True)
class Read:
    """One value as read: what it became, and how."""

    value: object
    how: Reading


_MISSING = Read(None, "plain")


def is_blank(value: object) -> bool:
    """Tell whether a cell is empty: nothing, not-a-number, or blanks only."""
    if value is None or value is pd.NaT or value is pd.NA:
        return True
    if isinstance(value, float | np.floating):
        return math.isnan(value)
    return isinstance(value, str) and not value.strip()


def shown(value: object) -> str:
    """Write a value as it appears in a finding: short, on one line."""
    text = "".join(sign if sign.isprintable() else " " for sign in str(value))
    return text if len(text) <= _SHOWN_LENGTH else text[: _SHOWN_LENGTH - 1] + "…"


def read_number(value: object, units: tuple[str, ...] = ()) -> Read:
    """Read a number; units, thousands separators, full-width digits and 万 are understood."""
    if is_blank(value):
        return _MISSING
    if isinstance(value, bool | np.bool_):
        return Read(None, "bad")
    if isinstance(value, int | float | np.number):
        return Read(float(value), "plain") if math.isfinite(float(value)) else Read(None, "bad")
    return _read_written_number(str(value).strip(), units)


def _read_written_number(raw: str, units: tuple[str, ...]) -> Read:
    text = unicodedata.normalize("NFKC", raw).lower().replace(" ", "")
    if text in _UNKNOWN:
        return Read(None, "unknown")
    if text in _NONE:
        return Read(0.0, "read")
    plain_units = [unicodedata.normalize("NFKC", unit).lower() for unit in units]
    unit = max((unit for unit in plain_units if text.endswith(unit)), key=len, default="")
    text = text.removesuffix(unit)
    factor = 10_000.0 if text.endswith(("万", "萬")) else 1.0
    text = text.removesuffix("万").removesuffix("萬")
    if not _NUMBER.fullmatch(text):
        return Read(None, "bad")
    number = float(text.replace(",", "")) * factor
    return Read(round(number, 6), "plain" if text == raw and "," not in text else "read")


def read_count(value: object, units: tuple[str, ...] = ()) -> Read:
    """Read a whole number that is not negative."""
    read = read_number(value, units)
    if not isinstance(read.value, float):
        return read
    if read.value < 0:
        return Read(None, "negative")
    if not read.value.is_integer():
        return Read(None, "fraction")
    return Read(int(read.value), read.how)


def read_amount(value: object, units: tuple[str, ...] = ()) -> Read:
    """Read a number that is not negative."""
    read = read_number(value, units)
    return Read(None, "negative") if isinstance(read.value, float) and read.value < 0 else read


def read_identifier(value: object) -> Read:
    """Read an identifier as text; a number becomes its digits, unless it was too long to survive as one."""
    if is_blank(value):
        return _MISSING
    if isinstance(value, float | np.floating):
        if abs(float(value)) >= _EXACT_LIMIT:
            return Read(None, "imprecise")
        return Read(str(int(value)) if float(value).is_integer() else str(value), "plain")
    text = str(value)
    if re.fullmatch(r"\d(?:\.\d+)?[eE]\+\d+", text.strip()):
        return Read(None, "imprecise")
    return clean_text(text)


def read_text(value: object) -> Read:
    """Read a text without blanks around it and without control characters."""
    if is_blank(value):
        return _MISSING
    if isinstance(value, float | np.floating) and float(value).is_integer():
        return Read(str(int(value)), "plain")
    return clean_text(str(value))


def read_date(value: object) -> Read:
    """Read a day: ISO, 2024/3/5, 2024年3月5日, 20240305 or Excel's day number."""
    if is_blank(value):
        return _MISSING
    if isinstance(value, datetime | date | np.datetime64):
        return Read(pd.Timestamp(value).tz_localize(None).normalize(), "plain")
    number = float(value) if isinstance(value, int | float | np.integer | np.floating) else math.nan
    if _EXCEL_DAYS[0] <= number <= _EXCEL_DAYS[1]:
        return Read(_EXCEL_EPOCH + pd.Timedelta(days=int(number)), "read")
    return _read_written_date(unicodedata.normalize("NFKC", str(value).strip().removesuffix(".0")))


def _read_written_date(text: str) -> Read:
    if text.lower() in _UNKNOWN | _NONE:
        return Read(None, "unknown")
    match = _DATE.fullmatch(text) or _PACKED_DATE.fullmatch(text)
    if not match:
        return Read(None, "bad")
    year, month, day = (int(part) for part in match.groups())
    try:
        stamp = pd.Timestamp(year, month, day)
    except ValueError:
        return Read(None, "bad")
    return Read(stamp, "plain" if text.startswith(stamp.strftime("%Y-%m-%d")) else "read")


def read_flag(value: object) -> Read:
    """Read yes or no."""
    if is_blank(value):
        return _MISSING
    if isinstance(value, bool | np.bool_):
        return Read(bool(value), "plain")
    text = unicodedata.normalize("NFKC", str(value)).strip().lower()
    if text in _YES:
        return Read(True, "plain")
    if text in _NO:
        return Read(False, "plain")
    return Read(None, "unknown" if text in _UNKNOWN else "bad")


def read_choice(value: object, column: Column) -> Read:
    """Read one of a column's choices by its name or any of its spellings."""
    if is_blank(value):
        return _MISSING
    plain = normalise(str(value))
    for choice, spellings in column.choices.items():
        if plain == normalise(choice):
            return Read(choice, "plain")
        if any(plain == normalise(spelling) for spelling in spellings):
            return Read(choice, "read")
    if str(value).strip().lower() in _UNKNOWN | _NONE:
        return Read(None, "unknown")
    return Read(clean_text(str(value)).value if column.open_choice else None, "bad")


def clean_text(text: str) -> Read:
    """Take control characters and the blanks around out of a text; only the former count as a change."""
    spaced = re.sub(r"[\r\n\t]+", " ", text)
    clean = "".join(sign for sign in spaced if unicodedata.category(sign) not in ("Cc", "Cf", "Cs", "Co"))
    return Read(clean.strip() or None, "plain" if clean == text else "read")
