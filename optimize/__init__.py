"""Arrays in, plans with certificates out. Knows nothing of shapes, frames or screens."""
