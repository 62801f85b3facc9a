"""A folder for PYTHONPATH: every Python that starts with it tells what it reads."""
