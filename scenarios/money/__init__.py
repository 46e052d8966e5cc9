"""What it costs: five lines for each community, each grid and the whole, and what a budget buys."""
