"""Communities as the census gives them, made by hand and by chance."""

from hypothesis import strategies as st

from scenarios.census import CommunityCount, GridCount

COUNTS = st.integers(0, 5000)
FACTS = (
    "posts", "filled", "grid_workers", "volunteers", "tasks", "budget_personnel", "budget_operations",
    "budget_venues", "budget_activities", "budget_services", "budget_technology",
)  # fmt: skip


@st.composite
def communities(draw: st.DrawFn, code: str = "A") -> CommunityCount:
    """A community of up to five grids, some ground outside them, some facts missing."""
    grids = [
        GridCount(
            code=f"{code}{at}" if at or draw(st.booleans()) else None,
            name=f"第{at}网格",
            community_code=code,
            households=draw(COUNTS),
            residents=draw(COUNTS),
            institutions=draw(st.integers(0, 30)),
            formal_members=draw(st.integers(0, 300)),
        )
        for at in range(draw(st.integers(0, 5)))
    ]
    return CommunityCount(
        code=code,
        name=f"{code}社区",
        households=sum(grid.households for grid in grids),
        residents=sum(grid.residents for grid in grids),
        institutions=sum(grid.institutions for grid in grids),
        formal_members=draw(st.none() | st.just(sum(grid.formal_members for grid in grids))),
        organisations=draw(st.none() | st.integers(0, 20)),
        grids=tuple(grids),
        facts=draw(st.dictionaries(st.sampled_from(FACTS), st.integers(0, 60).map(float))),
    )


@st.composite
def censuses(draw: st.DrawFn) -> tuple[CommunityCount, ...]:
    """One to four communities."""
    return tuple(draw(communities(code)) for code in "ABCD"[: draw(st.integers(1, 4))])


def community(code: str = "A", *, n_grids: int = 2, **facts: float) -> CommunityCount:
    """A community of equal grids with 400 households, 1,000 residents and 3 institutions each."""
    grids = tuple(
        GridCount(
            code=f"{code}{at}",
            name=f"第{at}网格",
            community_code=code,
            households=400,
            residents=1000,
            institutions=3,
            formal_members=10,
        )
        for at in range(n_grids)
    )
    return CommunityCount(
        code=code,
        name=f"{code}社区",
        households=400 * n_grids,
        residents=1000 * n_grids,
        institutions=3 * n_grids,
        formal_members=10 * n_grids,
        organisations=n_grids,
        grids=grids,
        facts=facts,
    )
