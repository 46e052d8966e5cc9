"""Put an explanation into short sentences, the same on screen and at the command line."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from exports.certificates import certificate_sentence, listed
from scenarios.desk.plan import DEDICATED
from scenarios.explain.border import Stretch
from scenarios.explain.grid import Explanation
from scenarios.explain.size import Room, Step
from scenarios.outcome import Certificate
from ui.texts.catalog import Texts

_SMALL_M = 20.0
_SMALL_SHARE = 0.04
_BARRIERS = ("river", "railway", "wall")
_AGAINST = ("over_max", "below_min", "other_below_min", "other_over_max", "breaks", "other_breaks")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A sentence, and whether it tells of a broken hard rule."""

    text: str
    broken: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A heading with its sentences."""

    title: str
    lines: tuple[Line, ...]


def explain_in_words(texts: Texts, item: Explanation) -> tuple[Section, ...]:
    """Say why a grid is as it is, in five short sections."""
    parts = {
        "border": _border(texts, item),
        "numbers": _numbers(texts, item),
        "today": _today(texts, item),
        "size": _size(texts, item),
        "proof": _proof(texts, item),
    }
    return tuple(Section(title=texts(f"explain.{name}"), lines=tuple(lines)) for name, lines in parts.items())


def number_in(community: str, code: str) -> str:
    """Give the number of a grid within its community; a code of another make stays whole."""
    return code.removeprefix(community) or code


def _border(texts: Texts, item: Explanation) -> Iterator[Line]:
    small = 0.0
    for stretch in item.stretches:
        if stretch.length_m < _SMALL_M and stretch.share < _SMALL_SHARE:
            small += stretch.length_m
        else:
            yield Line(text=_stretch(texts, item, stretch))
    if round(small):
        yield Line(text=texts("explain.across.rest", length=texts.number(small)))


def _stretch(texts: Texts, item: Explanation, stretch: Stretch) -> str:
    follows = stretch.follows
    if follows in ("open", "compound"):
        form, kind = follows if follows == "open" or stretch.line else "edge", ""
    else:
        group = "kind" if follows in _BARRIERS else "class"
        named = "wall_of" if follows == "wall" else "named"
        form, kind = named if stretch.line else "plain", texts(f"common.value.{group}.{follows}")
    along = texts(
        f"explain.along.{form}",
        side=texts(f"explain.side.{stretch.side}"),
        line=stretch.line,
        kind=kind,
        length=texts.number(stretch.length_m),
    )
    code = number_in(item.community_code, stretch.code)
    return texts(f"explain.across.{stretch.kind}", along=along, code=code, name=stretch.name)


def _numbers(texts: Texts, item: Explanation) -> Iterator[Line]:
    rules = item.rules
    low, high = rules.min_households, rules.max_households
    band = "in_band" if low <= item.households <= high else "above" if item.households > high else "below"
    dedicated = item.kind == DEDICATED and band != "in_band"
    yield Line(
        text=texts(
            f"explain.number.{'dedicated' if dedicated else band}",
            households=item.households,
            low=low,
            high=high,
        ),
        broken=band != "in_band" and not dedicated,
    )
    if item.dedicated_to:
        yield Line(text=texts("explain.number.dedicated_to", name=item.dedicated_to))
    yield Line(
        text=texts("explain.number.residents", residents=item.residents, reference=rules.residents_reference)
    )
    few = item.formal_members < rules.formal_members_min
    yield Line(
        text=texts(
            f"explain.number.{'members_few' if few else 'members_enough'}",
            members=item.formal_members,
            needed=rules.formal_members_min,
        )
    )
    pieces = "one_piece" if item.n_pieces == 1 else "pieces"
    yield Line(
        text=texts(f"explain.number.{pieces}", cells=item.n_cells, n=item.n_pieces), broken=item.n_pieces > 1
    )
    yield from _held(texts, item)


def _held(texts: Texts, item: Explanation) -> Iterator[Line]:
    whole = [part.name for part in item.compounds if part.whole]
    if whole:
        names = listed(whole, texts)
        yield Line(text=texts("explain.number.compounds_whole", n=len(whole), names=names))
    for part in item.compounds:
        if not part.whole:
            facts = {"name": part.name, "households": part.households, "total": part.total}
            yield Line(text=texts("explain.number.compound_split", **facts))
    if item.institutions:
        names = listed([name for name, _ in item.institutions], texts)
        yield Line(text=texts("explain.number.institutions", n=len(item.institutions), names=names))
    if item.n_organisations:
        yield Line(text=texts("explain.number.organisations", n=item.n_organisations))


def _today(texts: Texts, item: Explanation) -> Iterator[Line]:
    moves, old = item.moves, item.moves.successor_of
    if not moves.known:
        yield Line(text=texts("explain.moves.unknown"))
        return
    if old is None:
        yield Line(text=texts(f"explain.moves.{'fresh' if item.households else 'nobody'}"))
    else:
        stay = next(share.households for share in moves.here if share.code == old.code)
        form = "all_stay" if stay == old.households else "stay"
        facts = {"name": old.name, "households": stay, "total": old.households}
        yield Line(text=texts(f"explain.moves.{form}", **facts))
    for share in moves.came:
        yield Line(text=texts("explain.moves.came", name=share.name, households=share.households))
    for share in moves.went:
        facts = {"name": "" if old is None else old.name, "households": share.households}
        form = "went" if share.code else "went_nowhere"
        code = number_in(item.community_code, share.code)
        yield Line(text=texts(f"explain.moves.{form}", code=code, **facts))


def _size(texts: Texts, item: Explanation) -> Iterator[Line]:
    if item.kind == DEDICATED:
        return
    if all(stretch.kind in ("community", "edge") for stretch in item.stretches):
        yield Line(text=texts("explain.only_grid"))
        return
    yield from _room(texts, item, "larger", item.larger)
    yield from _room(texts, item, "smaller", item.smaller)
    if item.larger.counts.get("free") or item.smaller.counts.get("free"):
        yield Line(text=texts(f"explain.choice.{_proof_of_choice(item.certificate)}"))


def _proof_of_choice(certificate: Certificate | None) -> str:
    if certificate is None or certificate.status != "optimal":
        return "open"
    return "proven_locked" if certificate.locks else "proven"


def _room(texts: Texts, item: Explanation, way: str, room: Room) -> Iterator[Line]:
    if not room.n:
        yield Line(text=texts(f"explain.{way}.alone"))
    for why in (*_AGAINST, "free"):
        step = room.examples.get(why)
        if step is None:
            continue
        form = why
        if why == "free" and step.splits is not None:
            form = "free_splits"
        elif room.counts[why] == room.n and texts.has(f"explain.{way}.{why}_any"):
            form = f"{why}_any"
        said = _step(texts, item, f"explain.{way}.{form}", step)
        several = room.counts[why] > 1
        yield Line(text=said + (texts("explain.choice.count", n=room.counts[why]) if several else ""))


def _step(texts: Texts, item: Explanation, key: str, step: Step) -> str:
    return texts(
        key,
        cell=f"{step.compound} {step.cell_id}".strip(),
        households=step.households,
        total=step.total,
        other=number_in(item.community_code, step.other or ""),
        other_total=step.other_total,
        low=item.rules.min_households,
        high=item.rules.max_households,
        compound=step.splits or "",
    )


def _proof(texts: Texts, item: Explanation) -> Sequence[Line]:
    if item.certificate is None:
        return ()
    said = certificate_sentence(item.certificate, texts)
    return (Line(text=texts("explain.proof_line", name=item.community_name, said=said)),)
