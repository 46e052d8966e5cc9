"""Unpack a zip of layers into a private folder; unsafe paths and bombs are refused before that."""

import shutil
import zipfile
from pathlib import Path, PurePosixPath

from geo.errors import FormatError
from geo.read_raw import opening

SIZE_LIMIT_MB = 1024
ENTRY_LIMIT = 5000
_MB = 1024 * 1024
_ENCRYPTED = 0x1


def unpack(archive: Path, folder: Path) -> None:
    """Unpack an archive into an empty folder.

    Raises
    ------
    FormatError
        `source_unreadable` when it is no zip or is damaged, `archive_unsafe_path` when an entry points
        outside the folder, `archive_too_large`, `archive_encrypted`; `source_kind_unknown` for an archive
        inside it.
    """
    with (
        opening(archive.name),
        zipfile.ZipFile(archive, metadata_encoding=_name_encoding(archive)) as opened,
    ):
        entries = [entry for entry in opened.infolist() if not _path_of(entry).endswith("/")]
        _check(entries, archive.name)
        for entry in entries:
            target = folder / PurePosixPath(_path_of(entry))
            target.parent.mkdir(parents=True, exist_ok=True)
            with opened.open(entry) as source, target.open("wb") as out:
                shutil.copyfileobj(source, out)


def _name_encoding(archive: Path) -> str | None:
    # Chinese Windows writes GBK names without saying so; entries that are marked as UTF-8 are not affected.
    try:
        with zipfile.ZipFile(archive, metadata_encoding="gb18030"):
            return "gb18030"
    except UnicodeDecodeError:
        return None


def _check(entries: list[zipfile.ZipInfo], file: str) -> None:
    for entry in entries:
        if _is_unsafe(entry):
            raise FormatError("archive_unsafe_path", file=file, entry=entry.filename)
        if entry.flag_bits & _ENCRYPTED:
            raise FormatError("archive_encrypted", file=file)
        if entry.filename.lower().endswith(".zip"):
            # Each would have the limit to itself, and an archive may hold its own copy without end.
            raise FormatError("source_kind_unknown", file=f"{file} / {entry.filename}")
    # zipfile never gives more bytes of an entry than its header declares, so the sum is a true limit.
    size_mb = sum(entry.file_size for entry in entries) / _MB
    if size_mb > SIZE_LIMIT_MB or len(entries) > ENTRY_LIMIT:
        raise FormatError("archive_too_large", file=file, size_mb=round(size_mb), limit_mb=SIZE_LIMIT_MB)


def _path_of(entry: zipfile.ZipInfo) -> str:
    # Old packers on Windows part folders by backslashes. What follows a NUL is cut off in `filename` only.
    return entry.orig_filename.replace("\\", "/")


def _is_unsafe(entry: zipfile.ZipInfo) -> bool:
    name = _path_of(entry)
    parts = PurePosixPath(name).parts
    return name.startswith("/") or ".." in parts or ":" in name or "\0" in name
