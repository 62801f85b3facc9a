"""Production runs on real time."""

import yaml

from policies.stack import CheckedStack, Violations


def check(stack: CheckedStack) -> Violations:
    """Return production servers that are configured with a clock of their own."""
    if not stack.is_production:
        return
    for place, item in stack.objects_of("ConfigMap"):
        settings = (item.get("data") or {}).get("lana.yml")
        if settings is not None:
            mode = (yaml.safe_load(settings) or {}).get("time", {}).get("mode")
            if mode != "realtime":
                yield place, f"the server's time is {mode or 'not set'}"
