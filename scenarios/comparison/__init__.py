"""Scenarios side by side: who moves, what differs, what is better, and one lever over a range."""
