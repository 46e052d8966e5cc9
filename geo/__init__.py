"""Frames and shapes: read, validate, cells, adjacency, measures. Knows nothing of optimisation or screens."""
