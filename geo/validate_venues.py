"""Check what venues say of themselves: areas that contradict each other, opening hours that cannot be."""

import re
from collections.abc import Iterator

import pandas as pd

from geo.faults import found
from geo.layers import Fault

_TIME = re.compile(r"(?<!\d)(\d{1,2})\s*[:：]\s*(\d{2})(?!\d)")
_LAST = 24 * 60


def check_venues(frame: pd.DataFrame) -> list[Fault]:
    """List venues with more activity area than area, and opening hours beyond the end of a day."""
    return [*_check_areas(frame), *_check_hours(frame)]


def _check_areas(frame: pd.DataFrame) -> Iterator[Fault]:
    if not {"area_m2", "activity_m2"} <= set(frame.columns):
        return
    area, part = (pd.to_numeric(frame[name], errors="coerce") for name in ("area_m2", "activity_m2"))
    for label in frame.index[part > area]:
        yield found(
            "activity_above_area",
            "venues",
            int(str(label)) + 1,
            "activity_m2",
            activity_m2=float(part[label]),
            area_m2=float(area[label]),
        )


def _check_hours(frame: pd.DataFrame) -> Iterator[Fault]:
    if "hours" not in frame:
        return
    for label, value in frame["hours"].items():
        times = _TIME.findall(value) if isinstance(value, str) else []
        if any(int(hour) * 60 + int(minute) > _LAST or int(minute) > 59 for hour, minute in times):
            yield found("hours_impossible", "venues", int(str(label)) + 1, "hours", value=str(value))
