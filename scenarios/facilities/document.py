"""The venues of a scenario as the JSON document that `facilities --json` prints."""

from dataclasses import asdict
from typing import Any

from scenarios.facilities.checklist import checklist_document
from scenarios.facilities.values import CommunityFacilities, Facilities
from scenarios.project.codec import plain
from scenarios.rules import RULES

_RULES = ("service_area_per_100_m2", "activity_share")


def facilities_document(found: Facilities) -> dict[str, Any]:
    """Build the document: venues, communities with their gaps, the total, the checklist and the rules."""
    document: dict[str, Any] = plain(
        {
            "scenario": found.scenario,
            "venues": [asdict(venue) for venue in found.venues],
            "communities": [_community(row) for row in found.communities],
            "total": _community(found.total),
            "checklist": checklist_document(found.checklist),
            "rules": {name: getattr(found.rules, name) for name in _RULES},
        }
    )
    return document


def _community(row: CommunityFacilities) -> dict[str, Any]:
    gaps = [{**asdict(gap), "source": RULES[gap.rule].source if gap.rule else None} for gap in row.gaps]
    return {
        **asdict(row),
        "gaps": gaps,
        "area_met": row.area_met,
        "area_met_functions_short": row.area_met_functions_short,
    }
