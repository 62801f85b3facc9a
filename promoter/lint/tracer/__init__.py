"""A folder for PYTHONPATH: a Python that starts with it reports the files that it reads."""
