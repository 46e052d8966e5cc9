"""The planning desk: a person's edits to a plan, measured at once, logged for good, undone at will."""
