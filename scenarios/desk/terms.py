"""The rules that a plan was asked for, as the values they once were."""

from dataclasses import fields

from scenarios.desk.change import Terms
from scenarios.rules import GridRules

_KNOWN = frozenset(item.name for item in fields(GridRules))


def rules_of(terms: Terms) -> GridRules:
    """Give the rules of a plan; a rule that its file does not name has its default.

    Raises
    ------
    RuleError
        A value out of range.
    """
    return GridRules().with_values({name: value for name, value in terms.rules.items() if name in _KNOWN})
