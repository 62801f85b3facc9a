"""What is asked of the traces of an environment."""
