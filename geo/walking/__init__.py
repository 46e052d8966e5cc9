"""Walking: a network from the roads, places snapped to it, and the ways between them."""
