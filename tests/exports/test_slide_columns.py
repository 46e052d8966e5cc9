"""Columns of tables on slides: no word is broken, all fit beside each other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import ImageFont

from exports.sheet.fonts import find_type
from exports.slide_columns import lay_columns
from ui.texts.catalog import LANGUAGES, Texts

WIDTH_MM = 310.0
STAFF = ("community", "residents", "n_grids", "needed", "posts", "filled", "vacant", "short", "grid_workers")
MM_PER_PT = 25.4 / 72


def width_mm(text: str, size_pt: float) -> float:
    face = find_type("zh_Hans").bold
    font = ImageFont.truetype(face.path, 100, index=face.number)
    return font.getlength(text) / 100 * size_pt * MM_PER_PT


@pytest.mark.parametrize("language", LANGUAGES)
def test_titles_of_staff_break_between_words_only(language):
    """ "Communit-y" and "Neede-d" once stood on two lines, on the English slide of staff."""
    texts = Texts(language)
    titles = [texts(f"staff.column.{name}") for name in (*STAFF, "grid_workers_short", "households_each")]
    shares = [max(len(title), 4) + 2.0 for title in titles]
    heads = [(title, share, True) for title, share in zip(titles, shares, strict=True)]
    columns = lay_columns(heads, [["54,942"] * len(heads)], WIDTH_MM, 11)
    for title, width in zip(titles, columns.widths, strict=True):
        for word in title.split():
            if word.isascii():
                assert width_mm(word, columns.size_pt) <= width - 4.0, word


@given(
    st.lists(
        st.tuples(st.text("abc 户网格", min_size=1, max_size=30), st.floats(0.1, 9)), min_size=1, max_size=12
    )
)
def test_columns_fill_the_width_whatever_is_wished(wishes):
    heads = [(title, share, False) for title, share in wishes]
    columns = lay_columns(heads, [], WIDTH_MM, 12)
    assert sum(columns.widths) == pytest.approx(WIDTH_MM)
    assert all(width > 0 for width in columns.widths)
    assert 8 <= columns.size_pt <= 12
