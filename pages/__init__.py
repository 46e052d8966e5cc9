"""One file a page; each has render() and reads like the planner's work."""
