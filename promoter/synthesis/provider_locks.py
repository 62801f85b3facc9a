"""Lock the providers of a platform's stacks with OpenTofu, in files that are committed."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from promoter.common.environment import child_environment
from promoter.common.errors import PromoterError, UsageError
from promoter.common.files import write_atomically
from promoter.programs.command import run_program
from promoter.programs.provider_lock import WORKING_NAME, lock_path
from promoter.synthesis.app import App, SynthesizedStack
from promoter.toolchain import Toolchain

SYSTEMS = ("linux_amd64", "linux_arm64", "darwin_arm64")
"""Operating systems that deploy: Concourse's workers and administrators' machines."""


def lock_providers(
    toolchain: Toolchain,
    platforms: Sequence[str] = (),
    *,
    mirror: str = "",
    systems: Sequence[str] = SYSTEMS,
) -> tuple[Path, ...]:
    """Write the lock of each platform (none: of all) and return the files.

    ``mirror`` is a folder or an https address instead of the registry. Raises `UsageError` for
    an unknown platform, `PromoterError` where the packages cannot be read.
    """
    with TemporaryDirectory(prefix="promoter-synthesis-") as folder:
        stacks = App.of(toolchain.root, toolchain).synthesize(Path(folder))
        required = {
            platform: required_providers(stacks, platform)
            for platform in platforms or sorted({_platform(stack) for stack in stacks})
        }
    return tuple(_lock(toolchain, *each, mirror, systems) for each in required.items())


def required_providers(
    stacks: Sequence[SynthesizedStack], platform: str
) -> Mapping[str, Mapping[str, str]]:
    """Return the required providers of a platform's stacks by name.

    Raises `UsageError` for a platform without stacks, `PromoterError` where two of its stacks
    require other versions: one lock cannot fit both.
    """
    found: dict[str, Mapping[str, str]] = {}
    for stack in (each for each in stacks if _platform(each) == platform):
        for name, required in stack.document["terraform"]["required_providers"].items():
            if found.setdefault(name, required) != required:
                raise PromoterError(
                    f"lock {name} of {platform}: {stack.name} requires {required['version']}, "
                    f"another stack {found[name]['version']}",
                    next_step="require one version in both",
                )
    if not found:
        known = ", ".join(sorted({_platform(stack) for stack in stacks}))
        raise UsageError(f"lock {platform}: no stack is of that platform", next_step=known)
    return found


def _lock(
    toolchain: Toolchain,
    platform: str,
    required: Mapping[str, Mapping[str, str]],
    mirror: str,
    systems: Sequence[str],
) -> Path:
    source = (
        [f"-{'net' if mirror.startswith('https://') else 'fs'}-mirror={mirror}"] if mirror else []
    )
    options = [*source, *(f"-platform={system}" for system in systems)]
    program = toolchain.program("tofu")
    with TemporaryDirectory(prefix="promoter-lock-") as name:
        folder = Path(name)
        document = {"terraform": {"required_providers": required}}
        (folder / "main.tf.json").write_text(json.dumps(document), encoding="utf-8")
        with toolchain.progress.task(f"lock the providers of {platform}"):
            done = run_program(
                [program, "providers", "lock", "-no-color", *options],
                folder=folder,
                environment=child_environment(),
            )
        if done.returncode != 0:
            lines = [line.strip(" │╷╵\t") for line in done.stderr.splitlines()]
            cause = " ".join(filter(None, lines))[:600]
            raise PromoterError(
                f"lock the providers of {platform}: {cause}",
                next_step="run it where the registry or a mirror (--mirror) has the packages",
            )
        file = toolchain.root / lock_path(platform)
        write_atomically(file, (folder / WORKING_NAME).read_bytes())
    return file


def _platform(stack: SynthesizedStack) -> str:
    return stack.name.partition("-")[0]
