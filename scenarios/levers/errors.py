"""What can be wrong with a lever or with a scenario made of levers."""

from scenarios.errors import ScenarioError


class LeverError(ScenarioError):
    """A lever that is unknown, is written wrongly, or finds nothing to change."""


class TreeError(ScenarioError):
    """A scenario that cannot be what is asked: its own ancestor, not answered yet, or from another file."""
