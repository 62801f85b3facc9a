"""The data warehouse is private, and no plan deletes its tables."""

from policies.stack import CheckedStack, Violations


def check(stack: CheckedStack) -> Violations:
    """Return datasets that would be deleted with their tables, or that grant access by themselves.

    BigQuery itself refuses to delete a dataset that has tables.
    """
    for place, body in stack.resources("google_bigquery_dataset"):
        if body.get("delete_contents_on_destroy"):
            yield place, "its tables would be deleted with it"
        if "access" in body:
            yield place, "grants are resources of their own, not access blocks"
