"""The generator of the synthetic sub-district, and its output."""
