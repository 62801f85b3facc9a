"""`Tracker`: a running ``go build`` of several programs, each published when it is complete."""

import os
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from promoter.toolchain.cache import Workplace
from promoter.toolchain.recipes import ProgramPin

SECONDS = "seconds"
"""A file next to a built program: the seconds of CPU that its build took."""

_TICKS = os.sysconf("SC_CLK_TCK")


class Tracker:
    """Counts the packages that ``go build -v`` prints, and publishes programs from ``output``.

    ``weights`` are the expected seconds of CPU per program; ``total`` is the number of packages,
    0 while it is not known. ``left`` are the programs that are not published yet, by name.
    """

    def __init__(
        self,
        pins: Sequence[ProgramPin],
        weights: Mapping[str, float],
        work: Workplace,
        detail: Callable[[str], None],
        note: Callable[[str], None],
    ) -> None:
        self.output, self.total = work.scratch / "output", 0
        self.output.mkdir()
        self.output.chmod(0o755)  # with a set-group-ID bit go copies there instead of renaming
        self.left = {pin.recipe.name: pin for pin in pins}
        self._weights, self._work, self._detail, self._note = weights, work, detail, note
        self._built: list[str] = []
        self._packages = 0
        self.begin()

    def begin(self) -> None:
        """Begin to count the seconds of another ``go build``."""
        self._since, self._cpu = time.monotonic(), 0.0

    def line(self, _: str) -> None:
        """Take one line of the output: show what is built, what is left and about how long."""
        self._packages += 1
        done = min(self._packages / self.total, 1) if self.total else 0
        cores = os.cpu_count() or 1
        left = sum(self._weights[name] for name in self.left)
        remaining = min(left, sum(self._weights.values()) * (1 - done)) / cores
        built = f"built {', '.join(self._built)}; " if self._built else ""
        counted = f" ({self._packages} of {self.total} packages)" if self.total else ""
        self._detail(f"{built}left {', '.join(self.left)}, about {_about(remaining)}{counted}")

    def publish(self, process: int) -> None:
        """Publish the programs that are complete; ``process`` is the ID of ``go build``."""
        for name in [name for name in self.left if (self.output / name).is_file()]:
            pin, folder = self.left.pop(name), self._work.folders[name]
            cpu, now = _cpu_seconds(process), time.monotonic()
            (folder / SECONDS).write_text(f"{cpu - self._cpu:.1f}\n")
            (self.output / name).rename(folder / name)
            self._work.publish(name)
            self._built.append(name)
            self._note(
                f"built {name} {pin.release} ({now - self._since:.1f} s, "
                f"{cpu - self._cpu:.1f} s of CPU)"
            )
            self._since, self._cpu = now, cpu


def recorded(folder: Path) -> float:
    """Return the most seconds of CPU that a build below ``folder`` took here, or 0."""
    return max((float(file.read_text()) for file in folder.glob(f"*/{SECONDS}")), default=0)


def _cpu_seconds(process: int) -> float:
    """Return the seconds of CPU of a process and its ended children (proc(5), stat)."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / _TICKS


def _about(seconds: float) -> str:
    return f"{seconds / 60:.0f} min" if seconds > 90 else f"{max(seconds, 1):.0f} s"
