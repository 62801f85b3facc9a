"""The parts of a stack: one construct per package, with typed and documented properties."""
