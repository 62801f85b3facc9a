"""``python -m promoter.smoketest.fakes <part>``: the fake of one part, until SIGTERM."""

import sys
from importlib import import_module

from promoter.smoketest.fakes.server import serve

_MODULES = {"keycloak": "identity", "oathkeeper": "identity"}

if __name__ == "__main__":
    name = sys.argv[1]
    module = import_module(f"promoter.smoketest.fakes.{_MODULES.get(name, 'parts')}")
    serve(name, getattr(module, name.replace("-", "_")))
