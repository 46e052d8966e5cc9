"""Where a branch can be set up, which places share one, what is covered, and where communities stand."""
