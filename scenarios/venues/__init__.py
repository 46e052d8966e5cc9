"""Service centres: how far people walk to them, where they should stand, and what they offer today."""
