"""Production runs on real time."""

from policies.stack import CheckedStack, Violations


def check(stack: CheckedStack) -> Violations:
    """Return production servers that are configured with a clock of their own."""
    if not stack.is_production:
        return
    for place, settings in stack.configurations("lana.yml"):
        mode = settings.get("time", {}).get("mode")
        if mode != "realtime":
            yield place, f"the server's time is {mode or 'not set'}"
