"""What a stack is made of: one construct a package, with typed and documented properties."""
