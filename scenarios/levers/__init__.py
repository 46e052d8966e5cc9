"""Levers: what a scenario changes, each a small typed value, and the answers that follow from them."""
