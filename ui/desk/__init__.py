"""Adjusting a plan by hand: the map on which cells are picked, the panel beside it, undo, history."""
