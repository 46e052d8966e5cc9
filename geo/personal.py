"""Refuse personal records: identity-card numbers, mobile numbers, a person per row.

A project holds counts per place. The values themselves never appear in a finding.
"""

import re
import unicodedata
from datetime import date

import numpy as np
import pandas as pd

from geo.faults import found
from geo.headers import normalise
from geo.layers import Fault

_ID_CARD = re.compile(r"(?<![\d.])([1-6]\d{5})((?:19|20)\d{6})(\d{3})([\dXx])(?![\dA-Za-z])")
_MOBILE = re.compile(r"(?<![\d.A-Za-z])(?:\+?86)?(1[3-9]\d{9})(?![\d.])")
_BARE_MOBILE = re.compile(r"1[3-9]\d{9}")
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECK = "10X98765432"
_PERSON_HEADERS = (
    *(
        "身份证",
        "身份證",
        "证件号",
        "證件號",
        "公民身份",
        "手机",
        "手機",
        "移动电话",
        "姓名",
        "户主",
        "戶主",
        "性别",
        "性別",
    ),
    *(
        "出生日期",
        "出生年月",
        "民族",
        "籍贯",
        "籍貫",
        "入党",
        "入黨",
        "转正",
        "轉正",
        "党龄",
        "黨齡",
        "政治面貌",
        "idcard",
        "identitycard",
        "mobile",
        "cellphone",
        "dateofbirth",
    ),
)
_NUMBERED_HEADERS = ("id", "fid", "code", "编号", "編號", "代码", "代碼", "编码", "編碼", "序号", "序號")
_SEQUENCE_SHARE = 0.8  # a column of identifiers is taken for phone numbers when most look so …
_DISTINCT_PREFIXES = 5  # … and their first digits scatter as those of real numbers do


def find_personal(table: pd.DataFrame, layer: str) -> tuple[Fault, ...]:
    """Find columns that hold records of persons; every source column is looked at, known or not.

    Parameters
    ----------
    table
        Raw values without the geometry; headers as in the source.
    layer
        Name of the layer, for the findings.

    Returns
    -------
    tuple
        One fault a column: `personal_id_numbers`, `personal_phone_numbers` or `personal_header`.
    """
    faults = []
    for header in table.columns:
        filled = table[header].dropna()
        if filled.empty:
            continue
        fault = _find_in_column(str(header), _texts(filled), layer)
        if fault:
            faults.append(fault)
    return tuple(faults)


def _find_in_column(header: str, texts: list[str], layer: str) -> Fault | None:
    ids = sum(_has_id_card(text) for text in texts)
    if ids:
        return found("personal_id_numbers", layer, None, header, n=ids)
    phones = _count_phones(header, texts)
    if phones:
        return found("personal_phone_numbers", layer, None, header, n=phones)
    plain = normalise(header)
    if any(word in plain for word in _PERSON_HEADERS):
        return found("personal_header", layer, None, header)
    return None


def _texts(filled: pd.Series) -> list[str]:
    """Give the values that may hold such a number as half-width text without blanks or hyphens in numbers."""
    if pd.api.types.is_bool_dtype(filled.dtype) or pd.api.types.is_datetime64_any_dtype(filled.dtype):
        return []
    # Ten digits or fewer can be neither kind of number.
    return [text for text in map(_text, filled) if len(text) >= 11]


def _text(value: object) -> str:
    if isinstance(value, float | np.floating):
        return f"{value:.0f}" if float(value).is_integer() else ""
    plain = unicodedata.normalize("NFKC", str(value)).strip()
    plain = plain.removesuffix(".0") if plain.endswith(".0") else plain
    return re.sub(r"(?<=\d)[\s-]+(?=\d)", "", plain)


def _has_id_card(text: str) -> bool:
    return any(_is_id_card(match) for match in _ID_CARD.finditer(text))


def _is_id_card(match: re.Match[str]) -> bool:
    region, day, serial, check = match.groups()
    try:
        date(int(day[:4]), int(day[4:6]), int(day[6:]))
    except ValueError:
        return False
    digits = region + day + serial
    total = sum(weight * int(digit) for weight, digit in zip(_ID_WEIGHTS, digits, strict=True))
    return _ID_CHECK[total % 11] == check.upper()


def _count_phones(header: str, texts: list[str]) -> int:
    n = sum(_MOBILE.search(text) is not None for text in texts)
    if not n:
        return 0
    bare = [text for text in texts if _BARE_MOBILE.fullmatch(text)]
    plain = normalise(header)
    if len(bare) == n and any(plain.endswith(word) for word in _NUMBERED_HEADERS):
        # Identifiers may happen to have eleven digits; running numbers share their first ones.
        scattered = len({text[:3] for text in bare}) >= min(_DISTINCT_PREFIXES, len(bare))
        return n if scattered and len(bare) >= 2 and n >= _SEQUENCE_SHARE * len(texts) else 0
    return n
