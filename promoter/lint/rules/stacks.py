"""Environments whose stack cannot be synthesized, and stacks that nothing gates."""

from __future__ import annotations

from collections.abc import Iterator

from promoter.lint.finding import Finding
from promoter.lint.subject import FOLDER, GateSnapshot

ID = "stack-mismatch"


def check(subject: GateSnapshot) -> Iterator[Finding]:
    """Environments without a stack that can be built, and stacks without an environment."""
    gated = {environment.name: environment.file for environment in subject.environments()}
    for traced in subject.traced:
        if traced.problem:
            yield Finding(
                ID,
                gated.get(traced.stack, "cdktf.json"),
                f"{traced.stack}: {traced.problem}",
                f"mend it until this works: LANA_STACKS={traced.stack} python -m stacks",
            )
        elif traced.stack not in gated:
            yield Finding(
                ID,
                "cdktf.json",
                f"stack {traced.stack} is in no file of {FOLDER}/, so no gate decides over it",
                f"add it to the file of its deployment in {FOLDER}/, or remove the stack",
            )
