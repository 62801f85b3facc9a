"""``promoter providers lock`` with OpenTofu and the helm provider's mirror, and what init does."""

from __future__ import annotations

import json
import platform
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from promoter.common.errors import InvalidFile, PromoterError, UsageError
from promoter.common.progress import Silent
from promoter.gate.config import read_config
from promoter.gate.patterns import Patterns
from promoter.programs.provider_lock import READ_ONLY, ProviderLock, lock_path
from promoter.synthesis.app import SynthesizedStack
from promoter.synthesis.provider_locks import lock_providers, required_providers
from promoter.synthesis.stack import Stack, Target
from promoter.toolchain import Toolchain
from stacks.platforms import PLATFORMS
from tests.stacks.stack_tree import REPOSITORY, copy_tree

SYSTEM = f"linux_{ {'x86_64': 'amd64', 'aarch64': 'arm64'}[platform.machine()] }"
GOOGLE = 'provider "registry.opentofu.org/hashicorp/google" {\n  version     = "8.1.0"\n}\n'


@dataclass(frozen=True)
class Locked:
    """A tree whose local platform has a lock."""

    stack: Stack
    file: Path

    def edit(self, old: str, new: str) -> None:
        text = self.file.read_text()
        assert old in text
        self.file.write_text(text.replace(old, new))
        shutil.rmtree(self.stack.folder / ".terraform", ignore_errors=True)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Locked:
    root = tmp_path_factory.mktemp("locks") / "tree"
    copy_tree(root)
    shutil.copytree(REPOSITORY / "dev/toolchain", root / "dev/toolchain")
    # Of one platform, so that nothing else is synthesized.
    for other in ("gcp", "azure"):
        shutil.rmtree(root / "stacks" / other)
    toolchain = Toolchain(root)
    mirror = str(toolchain.provider_mirror())
    (file,) = lock_providers(toolchain, mirror=mirror, systems=(SYSTEM,))
    target = Target(root / ".local", None)
    stack = Stack("local-qa", root, toolchain, target, Silent())
    stack.synthesize()
    return Locked(stack, file)


@pytest.fixture
def locked(made: Locked, tmp_path: Path) -> Iterator[Locked]:
    kept = shutil.copy(made.file, tmp_path / "kept")
    yield made
    shutil.copy(kept, made.file)


def test_init_takes_what_is_locked_and_nothing_else(locked: Locked) -> None:
    assert locked.file == locked.stack.tree / lock_path("local")
    text = locked.file.read_text()
    version = locked.stack.toolchain.pin("terraform-provider-helm").release
    assert f'version     = "{version}"' in text
    assert "h1:" in text
    # Further providers of the platform, as those of a foundation, are no part of this stack.
    locked.file.write_text(f"{text}\n{GOOGLE}")
    terraform = locked.stack.terraform()
    assert READ_ONLY in terraform.init_arguments
    terraform.init()
    written = locked.stack.folder / ".terraform.lock.hcl"
    assert "helm" in written.read_text()
    assert "google" not in written.read_text()


def test_another_package_of_the_same_version_is_refused(locked: Locked) -> None:
    locked.edit("h1:", "h1:A")
    with pytest.raises(PromoterError, match="checksums") as caught:
        locked.stack.terraform().init()
    assert "promoter providers lock" in caught.value.next_step


@pytest.mark.parametrize(
    ("version", "said"), [("3.1.9", "no longer available"), ("3.0.9", "does not match")]
)
def test_a_version_that_nobody_has_is_refused(locked: Locked, version: str, said: str) -> None:
    locked.edit('= "3.2.0"', f'= "{version}"')
    with pytest.raises(PromoterError, match=said) as caught:
        locked.stack.terraform().init()
    assert "promoter providers lock" in caught.value.next_step


def test_a_bot_finds_every_version_in_a_lock_and_writes_it_anew(locked: Locked) -> None:
    """Renovate's expressions have JavaScript's names of groups, which Python spells ``(?P<``."""
    settings = json.loads((REPOSITORY / ".github/renovate.json").read_text())
    (manager,) = settings["customManagers"]
    (path,) = (each.strip("/") for each in manager["managerFilePatterns"])
    assert all(re.search(path, lock_path(each)) for each in PLATFORMS)
    (pattern,) = manager["matchStrings"]
    text = f"{locked.file.read_text()}\n{GOOGLE}"
    found = {
        each["depName"]: each["currentValue"]
        for each in re.finditer(pattern.replace("(?<", "(?P<"), text)
    }
    lock = ProviderLock.parse(text, "lock")
    assert found == {
        address.partition("/")[2]: each.version for address, each in lock.providers.items()
    }
    (rule,) = (each for each in settings["packageRules"] if "postUpgradeTasks" in each)
    task = rule["postUpgradeTasks"]
    assert task["commands"] == ["promoter providers lock"]
    assert task["fileFilters"] == [lock_path("*")]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            '"~> 3.1, >= 3.1.2"',
            '"~> 3.0"',
            "line 4: helm 3.2.0 was locked for other versions than ~> 3.1, >= 3.1.2",
        ),
        ("hashicorp/helm", "hashicorp/other", "it has no helm"),
        ("  version ", "  revision ", "line 4: it has no version"),
    ],
)
def test_a_lock_that_does_not_fit_the_stack_is_named_before_init(
    locked: Locked, old: str, new: str, message: str
) -> None:
    locked.edit(old, new)
    with pytest.raises(InvalidFile) as caught:
        locked.stack.terraform()
    assert f"read {lock_path('local')}: {message}" in str(caught.value)
    assert "promoter providers lock" in caught.value.next_step


def test_without_a_lock_nothing_is_required(locked: Locked) -> None:
    locked.file.unlink()
    assert READ_ONLY not in locked.stack.terraform().init_arguments


def test_a_mirror_without_the_packages_is_an_error(locked: Locked, tmp_path: Path) -> None:
    before = locked.file.read_text()
    with pytest.raises(PromoterError, match="lock the providers of local: ") as caught:
        lock_providers(locked.stack.toolchain, mirror=str(tmp_path), systems=(SYSTEM,))
    assert "--mirror" in caught.value.next_step
    assert locked.file.read_text() == before


def test_an_unknown_platform_is_wrong_usage(locked: Locked) -> None:
    with pytest.raises(UsageError, match="lock aws: no stack is of that platform"):
        lock_providers(locked.stack.toolchain, ("aws",))


def test_stacks_of_a_platform_require_one_version(tmp_path: Path) -> None:
    for name, version in (("gcp-a", "~> 8.0"), ("gcp-b", "~> 8.1")):
        folder = tmp_path / name
        folder.mkdir()
        required = f'{{"google": {{"source": "hashicorp/google", "version": "{version}"}}}}'
        text = f'{{"terraform": {{"required_providers": {required}}}}}'
        (folder / "cdk.tf.json").write_text(text)
    stacks = [SynthesizedStack(tmp_path / name) for name in ("gcp-a", "gcp-b")]
    with pytest.raises(PromoterError, match=r"gcp-b requires ~> 8\.1, another stack ~> 8\.0"):
        required_providers(stacks, "gcp")


def test_constraints_are_compared_as_opentofu_orders_them() -> None:
    text = (
        'provider "registry.opentofu.org/hashicorp/helm" {\n  version     = "3.1.2"\n'
        '  constraints = ">= 3.1.2, ~> 3.1"\n}\n'
    )
    lock = ProviderLock.parse(text, "x")
    assert lock.entries_of({"hashicorp/helm": "~> 3.1, >= 3.1.2"}) == text


def test_every_environments_patterns_have_its_lock() -> None:
    """A changed lock reaches QA after staging, as every other input does."""
    for file in (REPOSITORY / "cepler").glob("*.yml"):
        for name, environment in read_config(file.read_bytes(), file.name).environments.items():
            patterns = Patterns(environment.propagated or environment.latest)
            assert patterns.matches(lock_path(name.partition("-")[0])), name
