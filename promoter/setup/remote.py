"""The right to push to a remote, before anything is pushed."""

from promoter.common.errors import GitError, PromoterError
from promoter.site.site import Site


def require_push(site: Site, branch: str) -> None:
    """Raise `PromoterError` where the remote refuses a push to ``branch`` from here.

    A dry run: access is decided, but neither hooks nor a forge's rules for branches are.
    """
    target = f"{site.tip}:refs/heads/{branch}"
    done = site.git.attempt("push", "--dry-run", "--quiet", "--force", site.remote, target)
    if done.returncode != 0:
        lines = done.stderr.decode(errors="replace").strip().splitlines()
        cause = next((line for line in lines if line.startswith("fatal: ")), "".join(lines[:1]))
        raise PromoterError(
            f"push to {branch} of {site.remote}: {cause.removeprefix('fatal: ')}",
            next_step="use an account that may push there, or name another --remote",
        ) from GitError("push --dry-run", "\n".join(lines))
