"""What a planner has fixed: asked of the engine, listed, typed, kept, joined with locks of the desk."""
