"""Pictures written strip by strip are the picture drawn at once."""

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from exports.choices import SheetChoices
from exports.request import Request
from exports.sheet import render
from exports.sheet.pages import build_document
from exports.sheet.picture import PictureWriter
from ui.texts.catalog import Texts


@given(
    width=st.integers(1, 40),
    cuts=st.lists(st.integers(1, 300), min_size=1, max_size=4),
    seed=st.integers(0, 99),
)
@settings(max_examples=40, deadline=None)
def test_any_picture_in_any_strips_comes_back(width, cuts, seed):
    dots = np.random.default_rng(seed).integers(0, 256, (sum(cuts), width, 3), dtype=np.uint8)
    file = io.BytesIO()
    with PictureWriter(file, width=width, height=sum(cuts), dpi=300, about={"Title": "草案"}) as picture:
        for strip in np.split(dots, np.cumsum(cuts)[:-1]):
            picture.add(strip)
    file.seek(0)
    with Image.open(file) as image:
        assert np.array_equal(np.asarray(image), dots)
        assert image.text["Title"] == "草案"
        assert image.info["dpi"] == pytest.approx((300, 300), abs=0.1)


def test_a_sheet_in_strips_looks_like_the_sheet_in_one_piece(outcome, monkeypatch):
    document = build_document(
        Request(outcome=outcome, texts=Texts("zh_Hans"), sheet=SheetChoices(paper="A4", parts=("map",)))
    )
    pictures = []
    for dots in (10**9, 300_000):
        monkeypatch.setattr(render, "_STRIP_DOTS", dots)
        file = io.BytesIO()
        render.draw_png(document, file, dpi=100)
        pictures.append(np.asarray(Image.open(file)).astype(int))
    assert pictures[0].shape == pictures[1].shape
    far = np.abs(pictures[0] - pictures[1]).max(axis=2) > 60
    assert far.mean() < 0.002  # a dashed line that leaves a strip begins its dashes anew
