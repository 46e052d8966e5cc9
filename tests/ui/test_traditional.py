"""Traditional texts read as such: no simplified letter, one word per idea, rows and columns not exchanged."""

import re

import pytest

from ui.texts.catalog import read_catalog

SAID_OTHERWISE = {
    "數據": "資料",
    "文件夾": "資料夾",
    "軟件": "軟體",
    "信息": "資訊",
    "導入": "匯入",
    "導出": "匯出",
    "打開": "開啟",
    "保存": "儲存",
    "磁盤": "磁碟",
    "命令行": "命令列",
    "默認": "預設",
    "網絡": "網路",
    "打印": "列印",
    "鼠標": "滑鼠",
}
A_ROW = re.compile(r"第 \{\w*row\} 行|[這一每]行[，。的]|\d 行")


def letters_not_traditional(text: str) -> set[str]:
    """The Han letters that the code page of Traditional Chinese lacks."""
    han = {letter for letter in text if "\u4e00" <= letter <= "\u9fff"}
    return {letter for letter in han if letter.encode("cp950", "ignore") == b""}


@pytest.fixture(scope="module")
def said() -> dict[str, str]:
    return dict(read_catalog("zh_Hant"))


def test_no_letter_is_simplified(said: dict[str, str]) -> None:
    assert letters_not_traditional("刚剛") == {"刚"}
    assert {key: found for key, text in said.items() if (found := letters_not_traditional(text))} == {}


def test_one_word_per_idea(said: dict[str, str]) -> None:
    mixed = {(key, word) for key, text in said.items() for word in SAID_OTHERWISE if word in text}
    assert mixed == set()


def test_rows_are_not_called_columns(said: dict[str, str]) -> None:
    # Where Simplified Chinese says 行 and 列, Traditional says 列 and 欄: 列 names the other one.
    assert {key: text for key, text in said.items() if A_ROW.search(text)} == {}
