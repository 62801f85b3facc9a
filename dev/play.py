"""``make play`` and ``make play-down``: the demo's end, kept running to try things out."""

from __future__ import annotations

import argparse
import shlex
import sys
from pathlib import Path

from dev.demo import ROOT, only_one, run_demo
from dev.scene import Scene
from promoter.cli import guarded
from promoter.cli.progress import shown

COMMANDS = (
    ("promoter status", "what runs where"),
    ("promoter plan", "what each environment would take, and what holds it"),
    ("promoter why local-production", "the same, file by file"),
    ("promoter trace local-production", "back to the source commits, every link checked"),
    ("kubectl get pods --all-namespaces", "the embedded cluster; its nodes are simulated"),
)

# Type a command as one of the people, like: as rob promoter approve ...
_AS = 'local who=$1; shift; GIT_CONFIG_GLOBAL="${GIT_CONFIG_GLOBAL%/*}/people/$who.gitconfig" "$@";'


def main() -> int:
    """Start or stop the playground; return 0."""
    parser = argparse.ArgumentParser(prog="python -m dev.play", description=__doc__)
    parser.add_argument("action", choices=("up", "down"))
    parser.add_argument("--folder", type=Path, default=ROOT / ".local" / "play")
    options = parser.parse_args()
    scene = Scene(ROOT, options.folder.resolve())
    with only_one(scene.folder):
        return up(scene) if options.action == "up" else down(scene)


def up(scene: Scene) -> int:
    """Run the demo and leave its platform running, or start the one of an earlier run."""
    if not scene.report.exists():
        try:
            run_demo(scene)
        except BaseException:
            scene.close()
            raise
    running = scene.platform.up(shown())
    file = scene.folder / "env.sh"
    variables = {**scene.variables, "KUBECONFIG": str(running.kubeconfig)}
    lines = [f"export {name}={shlex.quote(value)}" for name, value in variables.items()]
    lines.append(f"as() {{ {_AS} }}")
    programs = (Path(sys.executable).parent, scene.toolchain.program("kubectl").parent)
    lines.append(f'export PATH={shlex.quote(":".join(map(str, programs)))}:"$PATH"')
    file.write_text("\n".join(lines) + "\n")
    clone, source = shlex.quote(str(scene.clone)), shlex.quote(str(file))
    print(f"\nThe playground runs. To use it:\n\n  cd {clone}\n  source {source}\n")
    for command, purpose in COMMANDS:
        print(f"  {command:36}# {purpose}")
    print("\nTo stop it: make play-down")
    return 0


def down(scene: Scene) -> int:
    """Stop the playground's platform; its files stay, so that it can be started again."""
    if scene.clone.exists():
        scene.close()
    print("the playground is stopped")
    return 0


if __name__ == "__main__":
    sys.exit(guarded(main))
