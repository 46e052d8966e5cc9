"""Write an outcome to a file, by the file's ending; a failure leaves neither a file nor half of one."""

import datetime as dt
import errno
import os
import tempfile
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path

import geopandas as gpd
import pandas as pd
from pyogrio.errors import DataLayerError, DataSourceError

from exports.choices import SheetChoices
from exports.errors import ChoiceError, EndingError, WriteError
from exports.request import Format, Request, Writer
from exports.texts import Texts
from geo.crs import canonical_name, is_geographic
from scenarios.outcome import Outcome
from scenarios.project.gpkg import settle_journal

WGS84 = "WGS84"


def _late(module: str, name: str) -> Writer:
    """Load a writer when it is called: each brings libraries that the others do without."""

    def write(request: Request, path: Path) -> None:
        getattr(import_module(module), name)(request, path)

    return write


FORMATS: Mapping[str, Format] = {
    ".pdf": Format(write=_late("exports.printed", "write_pdf"), is_sheet=True, is_drawn=True),
    ".png": Format(write=_late("exports.printed", "write_png"), is_sheet=True, is_drawn=True),
    ".svg": Format(write=_late("exports.printed", "write_svg"), is_sheet=True, is_drawn=True),
    ".pptx": Format(write=_late("exports.slides", "write_slides"), is_sheet=True, is_drawn=True),
    ".xlsx": Format(write=_late("exports.workbook", "write_workbook"), is_sheet=True),
    ".html": Format(write=_late("exports.webpage", "write_webpage"), fixed_crs=WGS84),
    ".gpkg": Format(write=_late("exports.geopackage", "write_geopackage")),
    ".geojson": Format(write=_late("exports.geojson", "write_geojson")),
    ".zip": Format(write=_late("exports.shapefile", "write_shapefile")),
    ".kml": Format(write=_late("exports.kml", "write_kml"), in_degrees=True),
}
"""Ending → format. A new format is one file with a writer, and one line here."""

COMPARED = tuple(ending for ending, kind in FORMATS.items() if kind.is_sheet)
"""The endings of the formats that can set scenarios side by side."""


def export(
    outcome: Outcome,
    path: Path,
    texts: Texts,
    *,
    crs: str | None = None,
    date: dt.date | None = None,
    layers: Mapping[str, gpd.GeoDataFrame | pd.DataFrame] | None = None,
    sources: str = "",
) -> None:
    """Write `outcome` to `path` with the usual choices; see `write_request`."""
    request = Request(outcome=outcome, texts=texts, crs=crs, date=date, layers=layers or {}, sources=sources)
    write_request(request, path)


def write_request(request: Request, path: Path) -> None:
    """Write to `path` in the format of its ending, replacing a file that is there.

    Raises
    ------
    EndingError
        `no_ending`, `unknown_ending`, with the endings that exist.
    ChoiceError
        `crs_fixed`: the format has one coordinate system by its standard; `no_crs_on_paper`: paper has a
        metric one; `crs_not_degrees`; `atlas_needs_pdf`; `no_comparison_here`; `atlas_or_comparison`;
        `unknown_extent`.
    FontError
        `no_chinese_font`, for paper.
    ExportStopped
        `export_stopped`; no file is written.
    WriteError
        `no_folder`, `no_grids`, `disk_full`, `not_writable`, `write_failed`.
    geo.errors.CrsError
        The coordinate system is unknown.
    """
    chosen = check_choices(path, request.sheet, crs=request.crs, compares=bool(request.others))
    if request.outcome.grids.empty:
        raise WriteError("no_grids", scenario=request.outcome.scenario)
    if not path.absolute().parent.is_dir():
        raise WriteError("no_folder", folder=str(path.parent))
    try:
        _write_beside(chosen, request, path)
    except (OSError, DataSourceError, DataLayerError) as error:
        raise _write_error(path, error) from error


_CAUSES = {
    errno.ENOSPC: "disk_full",
    errno.EDQUOT: "disk_full",
    errno.EACCES: "not_writable",
    errno.EPERM: "not_writable",
    errno.EROFS: "not_writable",
    errno.ENOENT: "not_writable",  # the folder is there, or was: some refuse new files in this way
    errno.ENOTDIR: "not_writable",
}


def _write_error(path: Path, error: Exception) -> WriteError:
    """Tell the usual causes apart, in words of ours: the system's own are English."""
    code = _CAUSES.get(getattr(error, "errno", None) or 0, "write_failed")
    return WriteError(code, file=path.name, folder=str(path.absolute().parent), reason=str(error))


def check_choices(path: Path, sheet: SheetChoices, *, crs: str | None, compares: bool) -> Format:
    """Give the format of an ending, or refuse what it cannot hold; asks nothing of the project.

    Raises
    ------
    EndingError, ChoiceError
        As `write_request`.
    """
    chosen, ending = _format_of(path), path.suffix.lower()
    if crs is not None and chosen.is_sheet:
        raise ChoiceError("no_crs_on_paper", ending=ending)
    if crs is not None and chosen.fixed_crs not in (None, canonical_name(crs)):
        raise ChoiceError("crs_fixed", ending=ending, crs=crs, fixed=chosen.fixed_crs)
    if crs is not None and chosen.in_degrees and not is_geographic(crs):
        raise ChoiceError("crs_not_degrees", ending=ending, crs=crs)
    if compares and not chosen.is_sheet:
        raise ChoiceError("no_comparison_here", ending=ending, endings=COMPARED)
    if sheet.atlas != "none" and compares:
        raise ChoiceError("atlas_or_comparison")
    if sheet.atlas != "none" and ending != ".pdf":
        raise ChoiceError("atlas_needs_pdf", ending=ending)
    return chosen


def _format_of(path: Path) -> Format:
    ending = path.suffix.lower()
    if not ending:
        raise EndingError("no_ending", file=path.name, endings=" ".join(FORMATS))
    if ending not in FORMATS:
        raise EndingError("unknown_ending", ending=ending, endings=" ".join(FORMATS))
    return FORMATS[ending]


def _write_beside(chosen: Format, request: Request, path: Path) -> None:
    """Write in a folder beside `path`, on the same disk, and move the finished file: all or nothing."""
    with tempfile.TemporaryDirectory(prefix=".gridplan-", dir=path.absolute().parent) as folder:
        # A plain name inside: some drivers take a layer's name or a companion's name from the file's.
        target = Path(folder) / f"export{path.suffix.lower()}"
        chosen.write(request, target)
        if path.suffix.lower() == ".gpkg":
            settle_journal(path)
        os.replace(target, path)  # noqa: PTH105 - named for what it does: atomic on one file system
