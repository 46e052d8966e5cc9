"""The rules in words: name, value with its unit, and the documents and articles they come from."""

from collections.abc import Mapping

from exports.texts import Texts
from scenarios.rules import Rule

_SIZE_RULES = ("min_households", "max_households", "residents_reference")


def size_rules(texts: Texts, rules: Mapping[str, object]) -> list[str]:
    """Name the rules that decide a grid's size, with their values."""
    return [
        f"{texts(f'rules.name.{name}')} {texts.number(float(str(rules[name])))}"
        for name in _SIZE_RULES
        if name in rules
    ]


def rule_name(texts: Texts, rule: Rule) -> str:
    """Give a rule's name."""
    return texts(f"rules.name.{rule.name}")


def rule_value(texts: Texts, rule: Rule, value: float) -> str:
    """Write a rule's value with its unit."""
    if rule.unit == "switch":
        return texts("rules.on" if value else "rules.off")
    if rule.unit == "percent":
        return texts.percent(value / 100)
    return f"{texts.number(value, 2)} {texts(f'rules.unit.{rule.unit}')}".rstrip()


def rule_source(texts: Texts, rule: Rule) -> str:
    """Name the documents a rule comes from, each with its article."""
    documents = rule.source.split("; ")
    articles = [*rule.article.split("; "), *[""] * len(documents)]
    named = [
        _document(texts, document, article) for document, article in zip(documents, articles, strict=False)
    ]
    return texts("rules.join").join(named)


def rule_basis(texts: Texts, rule: Rule) -> str:
    """Name the sources of a rule, and whether their text was seen; what is ours has no text to see."""
    if rule.source == "ours":
        return rule_source(texts, rule)
    seen = texts("rules.seen" if rule.verified else "rules.cited")
    return texts("common.bracket", said=rule_source(texts, rule), more=seen)


def _document(texts: Texts, document: str, article: str) -> str:
    known = f"rules.document.{document}"
    name = texts(known) if texts.has(known) else document
    if not article:
        return name
    chapter = f"rules.chapter_{article.removeprefix('ch. ')}"
    return name + (
        texts(chapter)
        if texts.has(chapter) and "ch. " in article
        else texts("rules.article", article=article)
    )
