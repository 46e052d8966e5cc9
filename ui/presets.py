"""Ready-made sets of weights for the form, and the names of plans found with them."""

from collections.abc import Mapping, Sequence

from scenarios import alternatives
from scenarios.propose import DEFAULT_WEIGHTS
from ui.texts.catalog import Texts

OWN = alternatives.OWN
"""Weights that are no preset's: the planner's own."""

PRESETS: Mapping[str, Mapping[str, float]] = {"standard": DEFAULT_WEIGHTS, **alternatives.PRESETS}
"""Preset → weights, those of a new project first."""


def preset_of(weights: Mapping[str, float]) -> str:
    """Give the preset that has these weights, or `OWN`; a weight of 0 is as good as none."""
    wanted = _in_use(weights)
    return next((name for name, known in PRESETS.items() if _in_use(known) == wanted), OWN)


def plan_title(texts: Texts, presets: Sequence[str], gain: str = "", n_grids: int = 0) -> str:
    """Name a plan by the wishes under which it is the best; one that is just different, by what it gains.

    Parameters
    ----------
    gain
        As in `scenarios.alternatives.Alternative`.
    """
    return texts("common.comma").join(_wish(texts, name, gain, n_grids) for name in presets)


def _wish(texts: Texts, name: str, gain: str, n_grids: int) -> str:
    if name == OWN:
        return texts("alternatives.own")
    if name.startswith(alternatives.OTHER):
        return texts(f"alternatives.gain.{gain or 'none'}", n=n_grids)
    return texts(f"presets.{name}.name")


def _in_use(weights: Mapping[str, float]) -> dict[str, float]:
    return {name: float(weight) for name, weight in weights.items() if weight}
