"""The log of edits as rows for reading; no Streamlit in here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo

import pandas as pd

from scenarios.desk.desk import Desk
from scenarios.desk.log import ORIGINS, EditRecord
from ui.desk.words import local_time, say_edit
from ui.texts.catalog import Texts


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the sentences of a log need: the reader's time zone, and every entry by its number."""

    zone: tzinfo | None
    known: Mapping[int, EditRecord]


def history_rows(texts: Texts, records: Sequence[EditRecord], told: Told) -> pd.DataFrame:
    """Give entries as a table: number, when, who, what, why."""
    return pd.DataFrame(
        {
            "seq": [str(record.seq) for record in records],
            "at": [local_time(record.at, told.zone, texts) for record in records],
            "who": [who_did(texts, record) for record in records],
            "what": [_what(texts, record, told.known) for record in records],
            "why": [record.note for record in records],
        }
    )


def first_point(records: Sequence[EditRecord]) -> int:
    """Give the number of the earliest entry to which there is a way back: nothing goes behind an origin."""
    origins = [record.seq for record in records if record.kind in ORIGINS]
    return origins[-1] if origins else min((record.seq for record in records), default=0)


def find_places(records: Sequence[EditRecord], desk: Desk | None) -> dict[int, frozenset[str]]:
    """Give the communities that each entry concerns; all of them where it does not say."""
    if desk is None:
        return {record.seq: frozenset() for record in records}
    everywhere = frozenset(desk.ground.members)
    found: dict[int, frozenset[str]] = {}
    for record in records:
        if record.reverts is not None and record.reverts in found:
            found[record.seq] = found[record.reverts]
        else:
            found[record.seq] = _places(record, desk) or everywhere
    return found


def _places(record: EditRecord, desk: Desk) -> frozenset[str]:
    facts = record.facts
    named = [str(code) for code in facts.get("communities") or ()]
    cells = facts.get("cells")
    listed = [*cells] if isinstance(cells, list) else []
    listed += [*facts["to"]] if isinstance(facts.get("to"), dict) else []
    named += [desk.ground.community_of(cell) for cell in listed if cell in desk.ground.place]
    grids = [facts.get("grid"), facts.get("code"), *(facts.get("grids") or ())]
    named += [home for code in grids if isinstance(code, str) and (home := _home(desk, code))]
    return frozenset(named) & desk.ground.members.keys()


def _home(desk: Desk, code: str) -> str | None:
    """Give the community of a grid, also of one that is gone: its code began with that of its community."""
    item = desk.measures.grids.get(code)
    if item is not None:
        return item.community_code
    return next((community for community in desk.ground.members if code.startswith(community)), None)


def who_did(texts: Texts, record: EditRecord) -> str:
    """Name whoever made an entry."""
    return record.author or texts("edits.program" if record.kind in ORIGINS else "edits.nobody")


def _what(texts: Texts, record: EditRecord, known: Mapping[int, EditRecord]) -> str:
    said = say_edit(texts, record, known.get)
    return texts("history.was_undone", edit=said) if record.undone else said
