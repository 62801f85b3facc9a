"""A Dockerfile's base images and arguments, known before it is built."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

# Set by every builder: https://docs.docker.com/reference/dockerfile/#predefined-args
_PREDEFINED = re.compile(
    r"(HTTPS?|FTP|NO|ALL)_PROXY|(https?|ftp|no|all)_proxy|SOURCE_DATE_EPOCH"
    r"|(TARGET|BUILD)(PLATFORM|OS|ARCH|VARIANT)"
)
_INSTRUCTION = re.compile(r"\s*([A-Za-z]+)\s+(.*)", re.DOTALL)
# A word of its own: `<<<` and a shift are not heredocs.
_HEREDOC = re.compile(r"(?<!\S)\d*<<-?[\"']?([A-Za-z_]\w*)[\"']?(?!\S)")
_FROM = re.compile(r"(?:--\S+\s+)*(\S+)(?:\s+[Aa][Ss]\s+(\S+))?")
_MOUNTED = re.compile(r"--mount=\S*?\bfrom=([^,\s]+)")
_COPIED = re.compile(r"--from=(\S+)")
_VARIABLE = re.compile(r"\$(?:(\w+)|\{(\w+)(?::?-([^}]*))?\})")


@dataclass(frozen=True)
class Dockerfile:
    """The outside images, arguments and files of a Dockerfile.

    ``bases`` are as they are written, variables replaced, ``args`` those without a default,
    ``copies`` the sources and targets that are copied from the build context.
    """

    bases: tuple[str, ...]
    args: frozenset[str]
    copies: tuple[tuple[str, str], ...]


def parse_dockerfile(text: str, given: Mapping[str, str]) -> Dockerfile:
    """Return what ``text`` needs, with the build arguments ``given`` in its base images' names."""
    defaults: dict[str, str] = {}
    required: set[str] = set()
    stages: set[str] = set()
    bases: dict[str, None] = {}
    copies: list[tuple[str, str]] = []
    begun = False
    for name, words in instructions(text):
        if name == "ARG":
            for word in words.split():
                arg, equals, default = word.partition("=")
                if equals and not begun:
                    defaults[arg] = default.strip("\"'")
                elif not equals and arg not in defaults and not _PREDEFINED.fullmatch(arg):
                    required.add(arg)
        elif name == "FROM" and (found := _FROM.match(words)):
            begun = True
            _add(bases, stages, _expanded(found[1], {**defaults, **given}))
            stages.add((found[2] or "").lower())
        else:
            pattern = _COPIED if name in ("COPY", "ADD") else _MOUNTED
            sources = pattern.findall(words)
            for source in sources:
                if not source.isdigit():
                    _add(bases, stages, source)
            if name == "COPY" and not sources:
                *files, target = [word for word in words.split() if not word.startswith("--")]
                copies += [(file, target) for file in files]
    return Dockerfile(tuple(bases), frozenset(required), tuple(copies))


def canonical_name(image: str) -> str:
    """Return ``<registry>/<repository>`` of an image as a Dockerfile names it, without its tag."""
    name = image.partition("@")[0]
    first, slash, _ = name.partition("/")
    folder, _, last = name.rpartition("/")
    name = "/".join(filter(None, (folder, last.partition(":")[0])))
    if slash and (first == "localhost" or "." in first or ":" in first):
        return name
    return f"docker.io/{name}" if slash else f"docker.io/library/{name}"


def _add(bases: dict[str, None], stages: set[str], image: str) -> None:
    if image != "scratch" and image.lower() not in stages:
        bases[image] = None


def _expanded(text: str, values: Mapping[str, str]) -> str:
    return _VARIABLE.sub(lambda m: values.get(m[1] or m[2], m[3] or ""), text)


def instructions(text: str) -> Iterator[tuple[str, str]]:
    """Yield each instruction's name (upper case) and words, without comments and heredocs."""
    lines = iter(text.splitlines())
    for line in lines:
        if line.lstrip().startswith("#"):
            continue
        while line.rstrip().endswith("\\"):
            following = next((each for each in lines if not each.lstrip().startswith("#")), "")
            line = f"{line.rstrip()[:-1]} {following}"
        for end in _HEREDOC.findall(line) if "<<" in line else ():
            for inside in lines:
                if inside.strip() == end:
                    break
        if found := _INSTRUCTION.match(line):
            yield found[1].upper(), found[2].strip()
