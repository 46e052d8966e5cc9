"""Sheets as files: PDF with all pages, contents and bookmarks; PNG and SVG with the first page."""

from dataclasses import replace
from pathlib import Path

from pypdf import PdfWriter
from pypdf.annotations import Link
from pypdf.generic import ArrayObject

from exports.request import Request
from exports.sheet.fonts import MM_PER_PT
from exports.sheet.marks import Document
from exports.sheet.pages import build_document
from exports.sheet.render import draw_pdf, draw_png, draw_svg


def write_pdf(request: Request, path: Path) -> None:
    """Write every page; more than one get bookmarks, and contents lead to their pages."""
    document = build_document(request)
    steps = len(document.pages)
    draft = path.with_name("drawn.pdf")
    draw_pdf(
        document, draft, title=document.title, on_page=lambda number: request.step(steps + number, 2 * steps)
    )
    if steps == 1:
        draft.replace(path)
    else:
        _bind(document, draft, path)


def write_png(request: Request, path: Path) -> None:
    """Write the first page as a picture of 300 dots an inch."""
    document = build_document(_single(request))
    with path.open("wb") as file:
        draw_png(document, file)


def write_svg(request: Request, path: Path) -> None:
    """Write the first page as SVG."""
    document = build_document(_single(request))
    draw_svg(document, path)


def _single(request: Request) -> Request:
    """Ask for one page only."""
    return replace(request, sheet=replace(request.sheet, atlas="none", parts=request.sheet.parts[:1]))


def _bind(document: Document, draft: Path, path: Path) -> None:
    writer = PdfWriter(clone_from=draft)
    before = ""
    for number, page in enumerate(document.pages):
        if page.title != before:  # a table that runs on has one bookmark
            writer.add_outline_item(title=page.title, page_number=number)
        before = page.title
        for box, target in page.links:
            left, bottom, right, top = (part / MM_PER_PT for part in box)
            link = Link(rect=(left, bottom, right, top), target_page_index=target, border=ArrayObject())
            writer.add_annotation(number, link)
    writer.page_mode = "/UseOutlines"
    writer.write(path)
