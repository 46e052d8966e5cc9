"""Sheets of paper: an outcome laid out in millimetres as plain values, then drawn as PDF, PNG or SVG."""
