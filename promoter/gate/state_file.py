"""State files in and out: byte for byte what cepler writes, and anything that it reads.

The form that cepler writes is read by one regular expression (10,000 files in some 10 ms);
what does not fit it, a hand-edited file say, goes through YAML with a line for each error.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from promoter.gate import canonical
from promoter.gate.documents import Node, YamlDocument, read_document
from promoter.gate.scalars import quoted, scalar
from promoter.gate.state import DeployState, EnvironmentState, FileState

_FIELDS = frozenset({"version", "current", "propagated_from", "propagation_queue"})
_DEPLOY_FIELDS = frozenset({"head_commit", "propagated_head", "any_dirty", "files"})
_FILE_FIELDS = frozenset({"file_hash", "dirty", "from_commit", "message"})


def read_state(content: bytes, file: str) -> EnvironmentState:
    """The state file in ``content``; raises `InvalidFile` with line and reason."""
    fast = canonical.read(content)
    return fast if fast is not None else _from_document(read_document(content, file))


def write_state(state: EnvironmentState) -> bytes:
    """The bytes that cepler's ``record`` writes for ``state``."""
    lines = ["---", f"version: {state.version}", "current:"]
    lines += _deploy_lines(state.current, "  ", "  ")
    if state.propagated_from is not None:
        lines.append(f"propagated_from: {scalar(state.propagated_from)}")
    if state.propagation_queue:
        lines.append("propagation_queue:")
        for queued in state.propagation_queue:
            lines += _deploy_lines(queued, "  - ", "    ")
    return ("\n".join(lines) + "\n\n").encode()


def _deploy_lines(state: DeployState, first: str, indent: str) -> Iterator[str]:
    yield f"{first}head_commit: {scalar(state.head_commit)}"
    if state.propagated_head is not None:
        yield f"{indent}propagated_head: {scalar(state.propagated_head)}"
    if state.any_dirty:
        yield f"{indent}any_dirty: true"
    if not state.files:
        yield f"{indent}files: {{}}"
        return
    yield f"{indent}files:"
    for identity in sorted(state.files):
        yield _file_lines(identity, state.files[identity], f"{indent}  ")


def _file_lines(identity: str, state: FileState, indent: str) -> str:
    # The braces of an identity always need quotes; a hand-written key may have none.
    key = quoted(identity) if "{" in identity else scalar(identity)
    file_hash = "~" if state.file_hash is None else scalar(state.file_hash)
    dirty = f"{indent}  dirty: true\n" if state.dirty else ""
    return (
        f"{indent}{key}:\n"
        f"{indent}  file_hash: {file_hash}\n{dirty}"
        f"{indent}  from_commit: {scalar(state.from_commit)}\n"
        f"{indent}  message: {scalar(state.message)}"
    )


def _from_document(document: YamlDocument) -> EnvironmentState:
    fields = document.fields(document.root, "the state file", _FIELDS)
    current = _required(document, document.root, fields, "current")
    queue: tuple[Node, ...] = ()
    if "propagation_queue" in fields:
        queue = document.items(fields["propagation_queue"], "propagation_queue")
    passed = fields.get("propagated_from")
    return EnvironmentState(
        version=document.number(fields["version"], "version") if "version" in fields else 0,
        current=_deploy(document, current, "current"),
        propagated_from=document.optional(passed, "propagated_from") if passed else None,
        propagation_queue=tuple(_deploy(document, node, "propagation_queue") for node in queue),
    )


def _deploy(document: YamlDocument, node: Node, what: str) -> DeployState:
    fields = document.fields(node, what, _DEPLOY_FIELDS)
    head = document.text(_required(document, node, fields, "head_commit"), "head_commit")
    passed = fields.get("propagated_head")
    files: dict[str, FileState] = {}
    if "files" in fields:
        for identity, _, value in document.entries(fields["files"], "files"):
            files[identity] = _file(document, value, identity)
    return DeployState(
        head_commit=head,
        propagated_head=document.optional(passed, "propagated_head") if passed else None,
        files=files,
        any_dirty="any_dirty" in fields and document.flag(fields["any_dirty"], "any_dirty"),
    )


def _file(document: YamlDocument, node: Node, what: str) -> FileState:
    fields = document.fields(node, what, _FILE_FIELDS)
    file_hash = fields.get("file_hash")
    return FileState(
        file_hash=document.optional(file_hash, "file_hash") if file_hash else None,
        from_commit=document.text(_required(document, node, fields, "from_commit"), "from_commit"),
        message=document.text(_required(document, node, fields, "message"), "message"),
        dirty="dirty" in fields and document.flag(fields["dirty"], "dirty"),
    )


def _required(document: YamlDocument, node: Node, fields: Mapping[str, Node], name: str) -> Node:
    if name not in fields:
        raise document.invalid(node, f"{name} is missing")
    return fields[name]
