"""The Terraform modules that a release brings into the chart, compared with the present ones.

Stacks call the present copy, so a variable, output or provider that they do not have breaks
`tofu init` of every environment, and no testflight runs Terraform.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from promoter.common.environment import BUILD, child_environment
from promoter.common.errors import InvalidFile, PromoterError
from promoter.common.progress import Silent
from promoter.programs.hcl import parse_module
from promoter.programs.terraform import Terraform
from promoter.release.waivers import BumpFinding, ChartWaiver, not_accepted

Files = Mapping[str, bytes]
"""The files of a module by their names."""
Validate = Callable[[Files], str]
"""Return the reason why a module is not validated, "" where it is; raises for an invalid one."""

_ROLE = re.compile(r"roles/(owner|editor|storage\.admin|bigquery\.admin)")
_REFUSED_TYPES = ("google_service_account_key",)
_REFUSED_SETTINGS = ("delete_contents_on_destroy", "force_destroy")


@dataclass(frozen=True)
class ModuleChange:
    """A changed module: what breaks its callers or policies and no waiver accepts, its validation.

    ``unvalidated`` is the reason why OpenTofu did not validate it; one that ``is_new`` or has been
    removed needs none.
    """

    place: str
    findings: tuple[BumpFinding, ...]
    unvalidated: str = ""
    is_new: bool = False

    def objections(self) -> Iterator[str]:
        """Yield the reasons why a person has to look at it."""
        yield from map(str, self.findings)
        if self.unvalidated:
            yield f"{self.place} is not validated: {self.unvalidated}"

    def lines(self) -> Iterator[str]:
        """Yield the lines of the pull request about it."""
        yield from self.objections()
        if self.is_new:
            yield f"{self.place} is new, so no stack calls it; it is not validated"
        elif not [*self.objections()]:
            yield f"{self.place} is validated by OpenTofu"


@dataclass(frozen=True)
class ModuleChanges:
    """The modules that a bump changes."""

    changes: tuple[ModuleChange, ...]

    def findings(self) -> list[BumpFinding]:
        """Return what breaks callers or policies, whether or not modules are validated."""
        return [finding for change in self.changes for finding in change.findings]

    def objections(self) -> list[str]:
        """Return the reasons why a person has to look at them; empty: none is needed."""
        return [line for change in self.changes for line in change.objections()]

    def report(self) -> str:
        """Return the section of the pull request about them, "" where nothing has changed."""
        if not self.changes:
            return ""
        lines = [f"- {line}" for change in self.changes for line in change.lines()]
        names = ", ".join(change.place for change in self.changes)
        return f"\n## Terraform modules\n\nChanged: {names}\n\n" + "\n".join(lines) + "\n"


def module_changes(
    before: Mapping[str, bytes | None],
    after: Mapping[str, bytes | None],
    waivers: Sequence[ChartWaiver],
    validate: Validate,
) -> ModuleChanges:
    """Return the modules of a chart's tf/ that differ, from their files ``<module>/<path>``.

    A module that is new has no callers yet, one that is removed may still have some. Raises
    `InvalidFile` for one that is not HCL.
    """
    old, new = _modules(before), _modules(after)
    removed = (
        ModuleChange(
            name, not_accepted([BumpFinding(name, name, "removed", "is removed")], waivers)
        )
        for name in old.keys() - new.keys()
    )
    changed = (
        ModuleChange(
            name,
            not_accepted(
                [*_differences(old.get(name), files, name), *_refused(name, files)], waivers
            ),
            validate(files) if name in old else "",
            is_new=name not in old,
        )
        for name, files in new.items()
        if old.get(name) != files
    )
    return ModuleChanges(tuple(sorted((*removed, *changed), key=lambda each: each.place)))


def not_validated(_files: Files) -> str:
    """Return that there is no OpenTofu to validate with."""
    return "no OpenTofu was named"


def tofu_validation(program: Callable[[], Path]) -> Validate:
    """Return a `Validate` by `tofu init` and `tofu validate`; ``program`` finds tofu if needed."""

    def validate(files: Files) -> str:
        with TemporaryDirectory() as name:
            folder = Path(name) / "module"  # It is named in messages.
            folder.mkdir()
            for path, content in files.items():
                (folder / path).parent.mkdir(parents=True, exist_ok=True)
                (folder / path).write_bytes(content)
            # Without credentials: a provider that a module names runs here, and no cloud is read.
            own = child_environment(BUILD)
            try:
                tofu = Terraform(program(), folder, own, Silent(), ("-backend=false",))
                tofu.init()
            except PromoterError as error:
                return f"its providers are not available here ({str(error)[:200]})"
            tofu.validate()
            return ""

    return validate


def _modules(files: Mapping[str, bytes | None]) -> dict[str, dict[str, bytes]]:
    found: dict[str, dict[str, bytes]] = {}
    for path, content in files.items():
        name, slash, rest = path.partition("/")
        if slash and content is not None:
            found.setdefault(f"tf/{name}", {})[rest] = content
    return found


def _differences(before: Files | None, after: Files, name: str) -> Iterator[BumpFinding]:
    """Yield what callers of ``before`` would meet in ``after``."""
    if before is None:
        return
    old, new = _parsed(before, name), _parsed(after, name)
    known, now = old.get("variable", {}), new.get("variable", {})
    for variable in sorted(now.keys() - known.keys()):
        if "default" not in now[variable]:
            yield BumpFinding(name, variable, "required", f"requires the new variable {variable}")
    for variable in sorted(now.keys() & known.keys()):
        yield from _changed_variable(name, variable, known[variable], now[variable])
    for kind in ("variable", "output"):
        for gone in sorted(old.get(kind, {}).keys() - new.get(kind, {}).keys()):
            yield BumpFinding(name, gone, "gone", f"no longer has the {kind} {gone}")
    required, requires = _providers(old), _providers(new)
    for provider in sorted(requires.keys() | required.keys()):
        if required.get(provider) != requires.get(provider):
            text = (
                f"requires provider {provider} {requires.get(provider) or 'no longer'}"
                f" instead of {required.get(provider) or 'none'}"
            )
            yield BumpFinding(name, provider, "provider", text)


def _changed_variable(
    name: str, variable: str, old: Mapping[str, Any], new: Mapping[str, Any]
) -> Iterator[BumpFinding]:
    if "default" in old and "default" not in new:
        text = f"requires the variable {variable}, which had a default"
        yield BumpFinding(name, variable, "required", text)
    if (before := _type(old)) != (after := _type(new)):
        text = f"has the type {after} in variable {variable} instead of {before}"
        yield BumpFinding(name, variable, "type", text)


def _type(variable: Mapping[str, Any]) -> str:
    return str(variable.get("type", "any")).removeprefix("${").removesuffix("}")


def _providers(module: Mapping[str, Any]) -> dict[str, str]:
    """Return source and version constraint of each required provider."""
    terraform = module.get("terraform") or {}
    declared = terraform.get("required_providers") or {}
    return {
        name: " ".join(str(value.get(key, "")) for key in ("source", "version")).strip()
        for name, value in declared.items()
        if isinstance(value, dict)
    }


def _refused(name: str, files: Files) -> Iterator[BumpFinding]:
    """Yield what policies refuse in a module."""
    for kind, resources in _parsed(files, name).get("resource", {}).items():
        for resource, body in resources.items():
            for rule in sorted(_broken_rules(kind, body)):
                text = f"has {rule} in {kind}.{resource}, which needs a waiver"
                yield BumpFinding(name, f"{kind}.{resource}", rule, text)


def _broken_rules(kind: str, body: Any) -> set[str]:
    found = {kind} if kind in _REFUSED_TYPES else set()
    for key, value in _attributes(body):
        if key in _REFUSED_SETTINGS and str(value).lower() != "false":
            found.add(key)
        if role := _ROLE.search(str(value)):
            found.add(role[0])
    return found


def _attributes(body: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(body, dict):
        for key, value in body.items():
            if isinstance(value, (dict, list)):
                yield from _attributes(value)
            else:
                yield str(key), value
    elif isinstance(body, list):
        for each in body:
            yield from _attributes(each) if isinstance(each, (dict, list)) else [("", each)]


def _parsed(files: Files, name: str) -> dict[str, Any]:
    try:
        top = {path: content for path, content in files.items() if "/" not in path}
        texts = {f"{name}/{path}": content.decode() for path, content in top.items()}
    except UnicodeDecodeError as error:
        raise InvalidFile(name, "", f"not UTF-8: {error.reason}") from error
    return parse_module(texts)
