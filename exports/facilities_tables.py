"""What venues offer in tables: communities, venues, what is lacking, with its source."""

from collections.abc import Iterable, Mapping

from exports.rule_words import rule_basis
from exports.service_table import Table, Value, counts, decimals, percent, words
from exports.texts import Texts
from scenarios.facilities.checklist import Function
from scenarios.facilities.values import CommunityFacilities, Facilities, Gap
from scenarios.rules import RULES


def facilities_table(texts: Texts, found: Facilities) -> Table:
    """Give area, activity area and functions of the communities, the total below."""
    columns = [
        *words(texts, "facilities", "community", width=16),
        *words(texts, "facilities", "state", width=20),
        *counts(texts, "facilities", "households", "venues", "area", "needed", "short"),
        *decimals(texts, "facilities", "activity_share"),
        *counts(texts, "facilities", "activity_short", "windows", "staff"),
        *words(texts, "facilities", "missing", width=36),
    ]
    rows = [
        *(_row(texts, row.name, row, found) for row in found.communities),
        _row(texts, texts("facilities.all"), found.total, found),
    ]
    return Table(name="facilities", columns=columns, rows=rows, last_is_sum=True)


def _row(texts: Texts, name: str, row: CommunityFacilities, found: Facilities) -> list[Value]:
    return [
        name,
        texts(f"facilities.state.{state_of(row)}") if row.code else "",
        row.households,
        len(row.venues),
        _whole(row.area_m2),
        _whole(row.needed_m2),
        _whole(row.short_m2),
        percent(row.activity_share),
        _whole(row.activity_short_m2),
        row.windows,
        row.staff,
        "" if not row.code else _missing(texts, row, found),
    ]


def _missing(texts: Texts, row: CommunityFacilities, found: Facilities) -> Value:
    """Name the functions that a community lacks; nothing without a venue, None where that is not known."""
    if not row.venues:
        return ""
    return None if row.missing is None else say(texts, row.missing, found)


def state_of(row: CommunityFacilities) -> str:
    """Name what is found of a community, a key below `facilities.state`."""
    if not row.venues:
        return "unknown" if row.area_m2 is None else "none"
    if row.area_met is None or row.missing is None:
        return "unknown"
    if row.area_met:
        return "functions" if row.missing else "fine"
    return "both" if row.missing else "area"


def venue_table(texts: Texts, found: Facilities, names: Mapping[str, str]) -> Table:
    """Give each venue with what it offers; `names` are those of the communities."""
    columns = [
        *words(texts, "facilities", "name", width=24),
        *words(texts, "facilities", "community", width=16),
        *words(texts, "facilities", "service", width=10),
        *counts(texts, "facilities", "area", "activity"),
        *words(texts, "facilities", "functions", "missing", width=30),
        *counts(texts, "facilities", "windows", "staff"),
        *words(texts, "facilities", "hours", "services", width=26),
    ]
    rows: list[list[Value]] = []
    for venue in found.venues:
        code = venue.community_code
        has = None if venue.functions is None else [say(texts, venue.functions, found), *venue.other]
        rows.append(
            [
                venue.name,
                texts("facilities.outside") if code is None else names.get(code, code),
                texts(f"facilities.service.{venue.service}"),
                _whole(venue.area_m2),
                _whole(venue.activity_m2),
                None if has is None else _join(texts, [part for part in has if part]),
                None if venue.missing is None else say(texts, venue.missing, found),
                venue.windows,
                venue.staff,
                venue.hours,
                None if venue.services is None else _join(texts, venue.services),
            ]
        )
    return Table(name="venues", columns=columns, rows=rows)


def gap_table(texts: Texts, found: Facilities) -> Table:
    """Give what is lacking in each community, and what its data do not tell, with the rule's source."""
    columns = [
        *words(texts, "facilities", "community", width=16),
        *words(texts, "facilities", "kind", width=10),
        *words(texts, "facilities", "gap", width=56),
        *words(texts, "facilities", "basis", width=40),
    ]
    rows = [
        [
            row.name,
            texts(f"facilities.kind.{'known' if gap.known else 'unknown'}"),
            say_gap(texts, gap, found),
            rule_basis(texts, RULES[gap.rule]) if gap.rule else "",
        ]
        for row in found.communities
        for gap in row.gaps
    ]
    return Table(name="gaps", columns=columns, rows=rows)


def say_gap(texts: Texts, gap: Gap, found: Facilities) -> str:
    """Say one thing that is lacking or not known."""
    facts = dict(gap.facts)
    if "functions" in facts:
        facts["functions"] = say(texts, facts["functions"], found)  # type: ignore[arg-type]  # names
    return texts(f"facilities.gap.{gap.code}", **facts)


def say(texts: Texts, names: Iterable[str], found: Facilities) -> str:
    """Name functions in the reader's language."""
    keys = {item.name: item for item in found.checklist}
    return _join(texts, [function_name(texts, keys[name]) if name in keys else name for name in names])


def function_name(texts: Texts, item: Function) -> str:
    """Name a function: by its text, or as the planner wrote it."""
    key = f"facilities.function.{item.key}"
    return texts(key) if item.key and texts.has(key) else item.name


def facilities_sentences(texts: Texts, found: Facilities) -> list[str]:
    """Say how many communities have area enough, too little or none, and where functions are short."""
    if not found.venues:
        return [texts("facilities.no_venues")]
    states = [state_of(row) for row in found.communities]
    met = sum(bool(row.venues) and row.area_met is True for row in found.communities)
    short = sum(bool(row.venues) and row.area_met is False for row in found.communities)
    total = found.total
    lacking = texts("facilities.no_data")
    if total.short_m2 is not None:
        lacking = texts("facilities.square", n=round(total.short_m2))
    area = texts("facilities.no_data")
    if total.area_m2 is not None:
        area = texts("facilities.square", n=round(total.area_m2))
    return [
        texts(
            "facilities.headline",
            n=len(states),
            met=met,
            short=short,
            none=states.count("none"),
            functions=states.count("functions"),
        ),
        texts(
            "facilities.totals",
            venues=len(total.venues),
            area=area,
            needed=round(total.needed_m2),
            short=lacking,
        ),
    ]


def _join(texts: Texts, parts: Iterable[str]) -> str:
    return texts("common.comma").join(parts)


def _whole(value: float | None) -> int | None:
    return None if value is None else round(value)
