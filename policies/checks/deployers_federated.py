"""A deployer signs in with the token of one job, which no other environment's job gets."""

import re

from policies.stack import Body, CheckedStack, Violations

_GITHUB = "https://token.actions.githubusercontent.com"
_CLAIM = re.compile(r"assertion\.(\w+) == '([^']+)'")
_SUBJECT = re.compile(r"repo:[^:*]+/[^:*]+:environment:(?P<a>[^:*]+)|[^/*]+/[^/*]+//(?P<b>[^/*]+)")


def check(stack: CheckedStack) -> Violations:
    """Return foundations that nobody deploys without a key, and tokens of other jobs."""
    google = list(stack.resources("google_iam_workload_identity_pool_provider"))
    azure = list(stack.resources("azurerm_federated_identity_credential"))
    if stack.is_foundation and not (google or azure):
        yield stack.name, "nobody can deploy without a key"
    job = stack.name.removesuffix("-foundation")
    for place, body in google:
        claim = "environment" if body["oidc"]["issuer_uri"] == _GITHUB else "job"
        if _claims(body).get(claim) != job:
            yield place, f"its tokens are not limited to {claim} {job}"
        if not {"repository", "pipeline"} & set(_claims(body)):
            yield place, "its tokens are not limited to one repository or pipeline"
    for place, body in azure:
        found = _SUBJECT.fullmatch(body["subject"])
        if found is None or job not in (found["a"], found["b"]):
            yield place, f"its subject {body['subject']} is not the job {job}"
        if body.get("audience") != ["api://AzureADTokenExchange"]:
            yield place, "its tokens may be for another service (audience)"
    for place, _ in stack.resources("google_service_account_key"):
        yield place, "a key never expires"


def _claims(body: Body) -> dict[str, str]:
    """Return the claims that a condition requires, none where it is more than a list of them."""
    parts = [_CLAIM.fullmatch(part) for part in body.get("attribute_condition", "").split(" && ")]
    return {part[1]: part[2] for part in parts if part} if all(parts) else {}
