"""The content of a Helm release as a digest: as a stack declares it, and as a cluster has it.

The values that a stack declares hold the hash of every file of its chart, so a digest over the
values is one over all that is installed. Helm keeps them with each revision.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from promoter.programs.helm import Helm
from promoter.synthesis.app import StackRelease


def declared_digest(release: StackRelease) -> str:
    """Return the digest (sha256, hex) of a release as its stack declares it."""
    return _digest(release.merged_values())


def observed_digest(helm: Helm, release: StackRelease, revision: int) -> str:
    """Return the digest of one revision as the cluster has it."""
    return _digest(helm.revision_values(release.name, release.namespace, revision))


def _digest(values: Mapping[str, Any]) -> str:
    canonical = json.dumps(_without_null(values), sort_keys=True)
    return hashlib.sha256(canonical.encode()).hexdigest()


def _without_null(value: Any) -> Any:
    """Return ``value`` without keys set to null: Helm takes them as "remove the default"."""
    if isinstance(value, Mapping):
        return {key: _without_null(each) for key, each in value.items() if each is not None}
    return [_without_null(each) for each in value] if isinstance(value, list) else value
