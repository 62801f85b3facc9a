"""``python -m dev.defects`` (make defects): exit 0 when every defect makes its test fail, else 1.

Each edit of dev/defects.yml is made in this tree, its test runs, and the file is restored.
"""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import yaml

ROOT = Path(__file__).parent.parent
DATA = ROOT / "dev/defects.yml"
_FAILED = 1  # pytest's exit code when a test failed; any other one means that none ran.


@dataclass(frozen=True)
class Defect:
    """A defect, the edit of ``file`` that puts it back, and the ``test`` that fails then."""

    defect: str
    file: str
    old: str
    new: str
    test: str

    def edited(self) -> str:
        """Return the file with the defect; raises `ValueError` where the edit does not apply."""
        text = (ROOT / self.file).read_text(encoding="utf-8")
        if self.old not in text:
            raise ValueError(f"{self.file}: there is no {self.old!r}")
        return text.replace(self.old, self.new)

    def is_found(self) -> bool:
        """Run the test with the defect in place; return True if the test fails."""
        file, text = ROOT / self.file, self.edited()
        before = file.read_bytes()
        try:
            file.write_text(text, encoding="utf-8")
            command = [sys.executable, "-m", "pytest", "-q", "-x", self.test]
            done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
        finally:
            file.write_bytes(before)
        return done.returncode == _FAILED


def defects() -> tuple[Defect, ...]:
    """Return every defect in the order of the file."""
    return tuple(Defect(**row) for row in yaml.safe_load(DATA.read_text(encoding="utf-8")))


def main() -> int:
    """Try each defect; return the exit code."""
    code = 0
    for each in defects():
        found = each.is_found()
        sys.stdout.write(f"{'found' if found else 'NOT FOUND'}  {each.defect}\n")
        sys.stdout.flush()
        code = code if found else 1
    return code


if __name__ == "__main__":
    sys.exit(main())
