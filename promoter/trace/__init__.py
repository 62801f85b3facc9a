"""From an environment back to the source commits that run there, every link checked."""
