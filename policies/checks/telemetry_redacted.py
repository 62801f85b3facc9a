"""Spans leave the cluster with listed attributes only, and to Honeycomb only."""

from policies.stack import CheckedStack, Violations

_ENDPOINTS = ("api.honeycomb.io:443", "api.eu1.honeycomb.io:443")
_PERSONAL = ("graphql.query", "graphql.variables", "enduser.", "user.", "http.request.header")


def check(stack: CheckedStack) -> Violations:
    """Return exporters to elsewhere, and pipelines without an allow-list of attributes."""
    for place, collector in stack.configurations("collector.yaml"):
        for name, exporter in collector.get("exporters", {}).items():
            if exporter.get("endpoint") not in _ENDPOINTS:
                yield f"{place}/{name}", f"it sends to {exporter.get('endpoint')}"
        processors = collector.get("processors", {})
        for name, pipeline in collector["service"]["pipelines"].items():
            used = [each for each in pipeline.get("processors", []) if "redaction" in each]
            allowing = [processors.get(each, {}) for each in used]
            if not any(each.get("allow_all_keys") is False for each in allowing):
                yield f"{place}/{name}", "no redaction processor limits its attributes"
        for name, processor in processors.items():
            for key in processor.get("allowed_keys", []):
                if key.startswith(_PERSONAL):
                    yield f"{place}/{name}", f"{key} may hold a customer's data"
