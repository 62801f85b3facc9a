"""A database server that replaces another one, with its data at a point in time."""

from dataclasses import dataclass

MAX_REPLICAS = 5


@dataclass(frozen=True, kw_only=True)
class Restore:
    """The ``instance`` that is replaced, and the time whose data counts (RFC 3339, UTC)."""

    instance: str
    at: str

    def blocks(self, prefix: str) -> list[str]:
        """Return the names that the blocks of that instance and its replicas may have.

        ``prefix`` is that of the names of all instances.
        """
        place = self.instance.removeprefix(f"{prefix}-")
        return [
            f"{place}-{name}" for name in ("instance", *replica_names(MAX_REPLICAS), "disaster")
        ]


def replica_names(number: int) -> list[str]:
    """Return the names of ``number`` replicas."""
    return [f"replica-{each}" for each in range(1, number + 1)]
