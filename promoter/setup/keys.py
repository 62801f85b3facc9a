"""Signing keys, and the files that list whose signatures count."""

from dataclasses import dataclass
from pathlib import Path

from promoter.common.errors import GitError, UsageError
from promoter.git import Git
from promoter.git.objects import EMPTY_TREE
from promoter.git.signing import listed_keys, signing_key

_CONFIGURE = (
    "git config gpg.format ssh; git config user.signingkey <file>.pub "
    "(ssh-keygen -t ed25519 makes a key)"
)


@dataclass(frozen=True)
class SigningKey:
    """A public SSH key and the mail address of its owner."""

    principal: str
    public: str

    @property
    def line(self) -> str:
        """The line of an allowed-signers file (ssh-keygen(1), "ALLOWED SIGNERS")."""
        return f'{self.principal} namespaces="git,promoter" {self.public}'


def own_key(git: Git) -> SigningKey:
    """Return the key that git signs with; raise `UsageError` where git cannot sign.

    A commit object without files is signed to prove it; no ref names it.
    """
    if not (configured := signing_key(git)):
        raise UsageError("sign: git has no SSH key to sign with", next_step=_CONFIGURE)
    mail = git.config("user.email")
    if not mail:
        raise UsageError("sign: git has no user.email", next_step="git config user.email <mail>")
    key = SigningKey(mail, _public(configured))
    try:
        git.commit_tree(EMPTY_TREE, [], "chore: check that git can sign", sign=True)
    except GitError as error:
        raise UsageError(f"sign with {configured}: {error}", next_step=_CONFIGURE) from error
    return key


def key_in(file: Path, principal: str = "") -> SigningKey:
    """Return the public key in ``file``; its comment is the owner unless ``principal`` is given."""
    fields = _read(file).split(maxsplit=2)
    owner = principal or (fields[2].strip() if len(fields) == 3 else "")
    if not owner or " " in owner:
        raise UsageError(
            f"read {file}: the key has no owner's mail address as its comment",
            next_step="add it at the end of the line",
        )
    return SigningKey(owner, " ".join(fields[:2]))


def with_key(listed: bytes, key: SigningKey) -> bytes:
    """Return the allowed-signers file ``listed`` with ``key`` added; unchanged if it has it."""
    text = listed.decode()
    if any(key.public in line for line in listed_keys(listed)):
        return listed
    separator = "" if not text or text.endswith("\n") else "\n"
    return f"{text}{separator}{key.line}\n".encode()


def _public(configured: str) -> str:
    """Return type and key of git's user.signingkey: a file, its private twin, or a literal."""
    literal = configured.removeprefix("key::")
    if literal.startswith(("ssh-", "ecdsa-", "sk-")):
        return " ".join(literal.split()[:2])
    file = Path(configured).expanduser()
    return " ".join(_read(file if file.suffix == ".pub" else Path(f"{file}.pub")).split()[:2])


def _read(file: Path) -> str:
    try:
        text = file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not a public key"
        raise UsageError(f"read key {file}: {reason}", next_step=_CONFIGURE) from error
    if not text.startswith(("ssh-", "ecdsa-", "sk-")) or len(text.split()) < 2:
        raise UsageError(f"read key {file}: not a public SSH key", next_step=_CONFIGURE)
    return text
