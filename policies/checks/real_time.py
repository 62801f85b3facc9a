"""Production runs on real time."""

from __future__ import annotations

from collections.abc import Iterator

import yaml

from policies.subject import CheckedStack

ID = "real-time"
TITLE = "Production's clock cannot be moved"


def check(subject: CheckedStack) -> Iterator[tuple[str, str]]:
    """Find a production server that is configured with a clock of its own."""
    if not subject.is_production:
        return
    for place, found in subject.objects_of("ConfigMap"):
        if "lana.yml" in found["data"]:
            mode = yaml.safe_load(found["data"]["lana.yml"])["time"]["mode"]
            if mode != "realtime":
                yield place, f"the server's time is {mode}"
