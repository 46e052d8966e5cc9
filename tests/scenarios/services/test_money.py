"""Money: five lines that add up by item, grid and community; what a budget buys; settings of one scenario."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenarios.census import CommunityCount
from scenarios.desk.forks import delete_scenario, fork_scenario, rename_scenario
from scenarios.errors import RuleError
from scenarios.facilities.checklist import DEFAULT_CHECKLIST
from scenarios.facilities.measure import add_up
from scenarios.facilities.values import Facilities
from scenarios.money.budget import buy
from scenarios.money.document import money_document
from scenarios.money.lines import ITEMS, LINES
from scenarios.money.measure import Site, measure_money
from scenarios.money.read import read_services, with_costs
from scenarios.money.store import read_money_settings, save_money_settings
from scenarios.money.values import Money, MoneySettings
from scenarios.rules import RULES, UnitCosts, WorkRules
from scenarios.staff.measure import measure_staff
from scenarios.venues.propose import propose_venues
from scenarios.venues.settings import VenueSettings
from tests.scenarios.services.conftest import PLAIN
from tests.scenarios.services.counted import censuses, community


def cost(census: Sequence[CommunityCount], costs: UnitCosts | None = None) -> Money:
    """What communities without venues cost."""
    none = Facilities(
        scenario="base",
        rules=WorkRules(),
        checklist=DEFAULT_CHECKLIST,
        venues=(),
        communities=(),
        total=add_up((), ()),
    )
    staffing = measure_staff(census, WorkRules(), [])
    return measure_money(census, staffing, none, MoneySettings(costs=costs or UnitCosts()))


COSTS = st.builds(
    lambda values: UnitCosts().with_values(values),
    st.dictionaries(
        st.sampled_from(list(UnitCosts.__dataclass_fields__)), st.integers(0, 300_000).map(float), max_size=5
    ),
)


@given(census=censuses(), costs=COSTS)
@settings(max_examples=60, deadline=None)
def test_items_lines_grids_and_communities_add_up(
    census: tuple[CommunityCount, ...], costs: UnitCosts
) -> None:
    found = cost(census, costs)
    for row in found.communities:
        for line in row.lines:
            items = [item for item in row.items if ITEMS[item.name].line == line.name]
            assert line.yuan + line.once == sum(item.yuan or 0 for item in items)
            own = [grid.lines[line.name] for grid in found.grids if grid.community_code == row.code]
            assert sum(own) == line.yuan
    for at, line in enumerate(found.total.lines):
        assert line.yuan == sum(row.lines[at].yuan for row in found.communities)
    assert found.total.yuan == sum(grid.yuan for grid in found.grids)
    assert all(grid.yuan >= 0 for grid in found.grids)


@given(census=censuses(), budget=st.integers(0, 5_000_000), more=st.integers(0, 500_000))
@settings(max_examples=60, deadline=None)
def test_a_budget_is_spent_once_and_a_larger_one_buys_no_less(
    census: tuple[CommunityCount, ...], budget: int, more: int
) -> None:
    found = cost(census)
    few, many = buy(found, budget), buy(found, budget + more)
    assert sum(row.covered for row in few.rows) + few.left == budget
    assert all(0 <= row.covered <= row.needed for row in few.rows)
    assert few.left == 0 or few.short == 0
    for one, other in zip(few.rows, many.rows, strict=True):
        assert other.covered >= one.covered
    assert many.left >= few.left
    assert len(many.choice.centres) >= len(few.choice.centres)


def test_quantities_times_unit_costs() -> None:
    found = cost([community(n_grids=2, posts=5)])
    items = {item.name: item for item in found.communities[0].items}
    assert (items["pay"].quantity, items["pay"].yuan) == (5, 5 * 75_000)
    assert items["grid_work"].yuan == 2 * 3_000
    assert items["members"].yuan == 20 * 200
    assert items["running"].yuan is None  # the project holds no venues
    assert found.total.yuan == 375_000 + 100_000 + 6_000 + 2 * 5_000 + 4_000 + 200_000 + 20_000 + 2 * 1_500


def test_pay_says_what_it_stands_on() -> None:
    by = {
        name: cost([community(**facts)]).communities[0].items[0]
        for name, facts in {"given": {"posts": 6, "filled": 2}, "filled": {"filled": 2}, "needed": {}}.items()
    }
    assert {name: item.basis for name, item in by.items()} == {name: name for name in by}
    assert [by[name].quantity for name in ("given", "filled", "needed")] == [6, 2, 4]
    assert cost([community("A", posts=3), community("B")]).total.items[0].basis == "mixed"


def test_what_is_not_counted_is_in_no_sum_and_is_named() -> None:
    row = cost([replace(community(posts=1), formal_members=None, organisations=None)]).communities[0]
    line = next(line for line in row.lines if line.name == "organisation")
    assert (line.yuan, line.unknown) == (0, ("organisations", "members"))


def test_a_budget_of_the_data_is_known_where_all_its_parts_are(solved_town: Path) -> None:
    row = next(row for row in read_services(solved_town).money.communities if row.code == PLAIN)
    budgets = {line.name: line.budget for line in row.lines}
    assert budgets == {
        "operations": 300_000,
        "organisation": None,
        "service_fund": 150_000,
        "facilities": None,
        "technology": None,
    }
    assert row.lines[2].difference == 150_000 - 200_000
    assert read_services(solved_town).money.total.lines[0].budget is None


def test_venues_cost_what_they_tell_and_what_is_opened_must_be_built(solved_town: Path) -> None:
    before = read_services(solved_town).money
    facilities = next(line for line in before.total.lines if line.name == "facilities")
    assert facilities.yuan == 150_000 + 200 * 300  # the second tells no cost of its own
    assert facilities.once == 0
    assert [price for _, price in before.missing.centres] == [50 * 2000, 300_000]
    propose_venues(solved_town, VenueSettings(n_open=5, opened=("V3", "V4")), stop=lambda: False)
    after = next(line for line in read_services(solved_town).money.total.lines if line.name == "facilities")
    assert after.once == 300_000 + 50 * 2000
    assert after.yuan == facilities.yuan + 40_000 + 50 * 300


def test_what_a_scenario_opens_or_enlarges_is_built_against_the_project(solved_town: Path) -> None:
    services = read_services(solved_town)
    site = {"V1": Site(existing=True, area_m2=450.0), "V2": Site(existing=False, area_m2=120.0)}
    found = measure_money(
        services.census, services.staffing, services.facilities, MoneySettings(), before=site
    )
    assert next(line.once for line in found.total.lines if line.name == "facilities") == (50 + 200) * 2000


def test_a_budget_covers_lines_in_the_order_that_is_set() -> None:
    found = cost([community(n_grids=1, posts=1)])
    needs = {line.name: line.yuan for line in found.total.lines}
    order = tuple(reversed(LINES))
    bought = buy(found, needs["technology"] + 1, order)
    assert [row.name for row in bought.rows] == [*order, "building"]
    assert [row.state for row in bought.rows[:3]] == ["covered", "covered", "partly"]  # no venue, no cost
    rest = buy(found, found.total.yuan + 160_000)
    assert rest.left == 160_000
    assert (rest.choice.posts, rest.choice.area_m2) == (2, 80)
    free = buy(cost([community()], UnitCosts().with_values({"pay_worker_yuan": 0})), 10_000_000)
    assert free.choice.posts is None
    with pytest.raises(RuleError):
        buy(found, -1)


def test_a_forks_unit_costs_leave_the_parent_untouched(solved_town: Path) -> None:
    fork_scenario(solved_town, "base", "加薪")
    fork_scenario(solved_town, "加薪", "孙")
    raised = with_costs(MoneySettings(budget=9_000_000), {"pay_worker_yuan": 90_000})
    save_money_settings(solved_town, "加薪", raised)
    assert read_money_settings(solved_town, "base") == MoneySettings()
    assert read_money_settings(solved_town, "加薪") == read_money_settings(solved_town, "孙") == raised
    base, more = read_services(solved_town).money, read_services(solved_town, "加薪").money
    assert base.total.lines[1:] == more.total.lines[1:]
    assert more.total.yuan > base.total.yuan
    rename_scenario(solved_town, "加薪", "提标")
    assert read_money_settings(solved_town, "提标") == raised
    delete_scenario(solved_town, "提标")
    assert read_money_settings(solved_town, "孙") == raised


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        (MoneySettings(budget=-5), "budget_out_of_range"),
        (MoneySettings(order=LINES[:3]), "lines_order"),
    ],
)
def test_settings_that_make_no_sense_are_refused(
    solved_town: Path, settings: MoneySettings, code: str
) -> None:
    with pytest.raises(RuleError) as caught:
        save_money_settings(solved_town, "base", settings)
    assert caught.value.code == code


def test_every_item_has_its_unit_cost_among_the_rules_with_a_source() -> None:
    assert {item.rule for item in ITEMS.values()} == set(UnitCosts.__dataclass_fields__)
    assert all(RULES[item.rule].source and RULES[item.rule].unit == "yuan" for item in ITEMS.values())
    assert {item.line for item in ITEMS.values()} == set(LINES)


def test_the_document_tells_what_is_seen(solved_town: Path) -> None:
    money = read_services(solved_town).money
    document = money_document(money, buy(money, 1_000_000))
    assert document["total"]["yuan"] == sum(row["yuan"] for row in document["communities"])
    assert document["unit_costs"]["pay_worker_yuan"]["verified"] is False
    assert sum(row["covered"] for row in document["budget"]["rows"]) + document["budget"]["left"] == 1_000_000


def test_a_project_of_homes_alone_is_measured_and_says_what_it_lacks(small_project: Path) -> None:
    services = read_services(small_project)
    total = services.staffing.total
    assert (total.posts, total.filled, total.short, total.load.households) == (None,) * 4
    assert (total.n_grids, total.needed) == (0, total.by_residents)
    assert services.facilities.venues == ()
    assert {gap.code for row in services.facilities.communities for gap in row.gaps} == {"venues_unknown"}
    assert services.facilities.total.area_m2 is None
    money = services.money.total
    assert money.items[0].basis == "needed"
    assert {name for line in money.lines for name in line.unknown} == {"organisations", "members", "running"}
    assert sum(grid.yuan for grid in services.money.grids) == money.yuan
    assert all(line.budget is None for line in money.lines)
