"""The chart's Terraform modules are called with what they take, and only for what they return."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from policies.stack import Body, CheckedStack, Violations

# "//" is a comment of Terraform's JSON syntax.
_META = {"source", "providers", "depends_on", "count", "for_each", "version", "//"}
_CLAUSE = re.compile(r"(~>|>=|<=|=|<|>)?\s*([0-9]+(?:\.[0-9]+)*)")
_END = (1 << 30,)


def check(stack: CheckedStack) -> Violations:
    """Return missing and unknown variables, unknown outputs, and versions that exclude each other.

    Any of them ends `tofu init` or `tofu validate` of the stack, which no testflight runs.
    """
    text = json.dumps(stack.content)
    required = stack.content["terraform"].get("required_providers", {})
    for folder, module in stack.modules:
        place = folder.rstrip("/")
        call = stack.content["module"][place.removeprefix("module.")]
        yield from ((place, reason) for reason in _variables(call, module.get("variable", {})))
        outputs = set(re.findall(rf"\b{re.escape(place)}\.(\w+)", text))
        for output in sorted(outputs - module.get("output", {}).keys()):
            yield place, f"it has no output {output}"
        for provider, constraint in _providers(module):
            own = required.get(provider, {}).get("version", "")
            if not _overlap(own, constraint):
                yield place, f"it requires {provider} {constraint}, the stack {own}"


def _variables(call: Body, known: Mapping[str, Any]) -> Iterator[str]:
    given = call.keys() - _META
    for name in sorted(given - known.keys()):
        yield f"it has no variable {name}"
    for name in sorted(known.keys() - given):
        if "default" not in known[name]:
            yield f"its variable {name} has no value"


def _providers(module: Body) -> Iterator[tuple[str, str]]:
    declared = (module.get("terraform") or {}).get("required_providers") or {}
    for name, body in declared.items():
        yield name, str(body.get("version", ""))


def _overlap(*constraints: str) -> bool:
    """Return whether a version can satisfy all constraints."""
    ranges = [_range(*clause) for each in constraints for clause in _CLAUSE.findall(each)]
    lowest = max((low for low, _ in ranges), default=())
    return all(lowest < high for _, high in ranges)


def _range(operator: str, version: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the first version that a clause allows, and the first after it that it does not."""
    number = tuple(map(int, version.split(".")))
    if operator == "~>":
        return number, (*number[:-2], number[-2] + 1) if len(number) > 1 else _END
    if operator in ("<", "<="):
        return (), number if operator == "<" else (*number, 0)
    return number, _END if operator in (">", ">=") else (*number, 0)
