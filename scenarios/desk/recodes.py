"""What became of the codes that were given up by recoding: files from before still bear them."""

from collections.abc import Collection, Iterable

from scenarios.desk.log import EditRecord


def current_codes(records: Iterable[EditRecord], codes: Collection[str]) -> dict[str, str]:
    """Give the code that a grid bears now for each code that it bore before.

    Parameters
    ----------
    records
        The log of a scenario, oldest first.
    codes
        Codes of the grids there are: one of them that is borne again means that grid and no other.
    """
    now: dict[str, str] = {}
    for record in records:
        if record.kind != "recode" or record.undone:
            continue
        old, new = str(record.facts["grid"]), str(record.facts["code"])
        now |= {before: new for before, after in now.items() if after == old}
        now[old] = new
    return {old: new for old, new in now.items() if new in codes and old not in codes}
