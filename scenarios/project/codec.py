"""Facts and certificates as JSON text and back; numpy numbers become plain ones."""

import json
import math
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np

from scenarios.outcome import Certificate


def to_json(value: object) -> str:
    """Write a value as compact JSON with sorted keys; infinities become null."""
    return json.dumps(
        plain(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    )


def plain(value: object) -> Any:  # noqa: ANN401 - JSON has no narrower type
    """Turn numpy numbers, tuples, sets and mappings into what JSON knows; NaN and infinities become None."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (set, frozenset)):
        return sorted(plain(item) for item in value)
    if isinstance(value, (list, tuple, np.ndarray)):
        return [plain(item) for item in value]
    if isinstance(value, np.generic):
        return plain(value.item())
    if isinstance(value, float) and not np.isfinite(value):
        return None
    return value


def certificates_to_json(certificates: tuple[Certificate, ...]) -> str:
    """Write certificates as JSON."""
    return to_json([asdict(item) for item in certificates])


def certificates_from_json(content: str) -> tuple[Certificate, ...]:
    """Read certificates back; a missing number is infinity or NaN written as null."""
    return tuple(_certificate(item) for item in json.loads(content))


def _certificate(item: dict[str, Any]) -> Certificate:
    numbers = {name: _number(item[name]) for name in ("objective", "lower_bound", "gap")}
    reasons = tuple((code, facts) for code, facts in item["reasons"])
    return Certificate(**{**item, **numbers, "reasons": reasons})


def _number(value: float | None) -> float:
    return math.nan if value is None else float(value)  # one object, so that equal certificates are equal
