"""List what a community lacks in venues, and what its data do not tell: no data is no score."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from scenarios.facilities.values import CommunityFacilities, Gap, VenueFacts


def find_gaps(row: CommunityFacilities, venues: Sequence[VenueFacts]) -> CommunityFacilities:
    """Give the community with its gaps: what is lacking, the largest first, then the unknown."""
    gaps = [*_area(row), *_activity(row), *_functions(row), *_unknown(row, venues)]
    return replace(row, gaps=tuple(sorted(gaps, key=lambda gap: (not gap.known, -gap.by))))


def _area(row: CommunityFacilities) -> Iterator[Gap]:
    rule = "service_area_per_100_m2"
    if not row.venues:
        if row.area_m2 is None:
            yield Gap(code="venues_unknown", community_code=row.code, known=False, rule=rule)
        elif row.needed_m2 > 0:
            yield Gap(
                code="no_venue",
                community_code=row.code,
                known=True,
                rule=rule,
                by=1.0,
                facts={"need": round(row.needed_m2)},
            )
        return
    if row.short_m2 is None:
        facts: dict[str, object] = {"n": row.without_area}
        yield Gap(code="area_unknown", community_code=row.code, known=False, rule=rule, facts=facts)
    elif row.short_m2 > 0:
        facts = {
            "n": round(row.area_m2 or 0),
            "need": round(row.needed_m2),
            "short": round(row.short_m2),
        }
        by = row.short_m2 / row.needed_m2
        yield Gap(code="area_short", community_code=row.code, known=True, rule=rule, by=by, facts=facts)


def _activity(row: CommunityFacilities) -> Iterator[Gap]:
    if not row.venues:
        return
    rule = "activity_share"
    if row.activity_short_m2 is None:
        yield Gap(code="activity_unknown", community_code=row.code, known=False, rule=rule)
    elif row.activity_short_m2 > 0:
        facts: dict[str, object] = {
            "n": round(row.activity_m2 or 0),
            "need": round(row.activity_needed_m2),
            "short": round(row.activity_short_m2),
        }
        by = row.activity_short_m2 / row.activity_needed_m2
        yield Gap(code="activity_short", community_code=row.code, known=True, rule=rule, by=by, facts=facts)


def _functions(row: CommunityFacilities) -> Iterator[Gap]:
    if not row.venues:
        return
    if row.missing is None:
        yield Gap(code="functions_unknown", community_code=row.code, known=False)
    elif row.missing:
        by = len(row.missing) / (len(row.missing) + len(row.functions or ()))
        code = "area_met_functions_short" if row.area_met else "functions_short"
        facts: dict[str, object] = {"functions": row.missing, "n": len(row.missing)}
        yield Gap(code=code, community_code=row.code, known=True, by=by, facts=facts)


def _unknown(row: CommunityFacilities, venues: Sequence[VenueFacts]) -> Iterator[Gap]:
    """List what venues do not say of windows, services, opening hours and staff."""
    for name in ("windows", "services", "hours", "staff"):
        silent = sum(getattr(venue, name) is None for venue in venues)
        if silent:
            facts: dict[str, object] = {"n": silent, "all": len(venues)}
            yield Gap(code=f"{name}_unknown", community_code=row.code, known=False, facts=facts)
