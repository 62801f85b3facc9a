"""What developers run here: the demo, and the stand-ins for the two upstream repositories."""
