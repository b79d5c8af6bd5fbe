"""From official sources to the world's tables."""
