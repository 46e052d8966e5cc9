"""The slim map: a constant base map, geometry fetched by URL, and small deltas afterwards."""
