"""Spans leave the cluster with listed attributes and no messages, and to Honeycomb only."""

from policies.stack import CheckedStack, Violations

_ENDPOINTS = ("api.honeycomb.io:443", "api.eu1.honeycomb.io:443")
_PERSONAL = ("graphql.query", "graphql.variables", "enduser.", "user.", "http.request.header")
_FREE_TEXTS = {
    'set(span.status.message, "")': "messages of its spans",
    'set(spanevent.name, "event")': "messages of its events",
}
"""Statements of a transform processor, with the free text that each of them removes."""


def check(stack: CheckedStack) -> Violations:
    """Return exporters to elsewhere, and pipelines without an allow-list of attributes."""
    for place, collector in stack.configurations("collector.yaml"):
        for name, exporter in collector.get("exporters", {}).items():
            if exporter.get("endpoint") not in _ENDPOINTS:
                yield f"{place}/{name}", f"it sends to {exporter.get('endpoint')}"
        processors = collector.get("processors", {})
        for name, pipeline in collector["service"]["pipelines"].items():
            used = [processors.get(each) or {} for each in pipeline.get("processors", [])]
            if not any(each.get("allow_all_keys") is False for each in used):
                yield f"{place}/{name}", "no redaction processor limits its attributes"
            if name.partition("/")[0] == "traces":
                changes = [line for each in used for line in each.get("trace_statements", [])]
                for statement, text in _FREE_TEXTS.items():
                    if not any(str(line).startswith(statement) for line in changes):
                        yield f"{place}/{name}", f"{text} leave"
        for name, processor in processors.items():
            for key in processor.get("allowed_keys", []):
                if key.startswith(_PERSONAL):
                    yield f"{place}/{name}", f"{key} may hold a customer's data"
