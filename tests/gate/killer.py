"""Runs ``promoter cepler`` and kills it, gits and all, before its N-th call that writes a file.

A program of its own: it imports what it runs once, forks for each run, and traces the fork and
every git below it (ptrace). A filter in the kernel stops them only where a system call writes,
so a run costs little more than without. One JSON object a line:

    {"folder": ..., "arguments": [...], "step": N} -> {"killed": ..., "call": ..., "code": ...}
"""

from __future__ import annotations

import ctypes
import json
import os
import platform
import signal
import struct
import sys
from pathlib import Path
from typing import Any

import promoter.cepler.record
import promoter.cli.cepler.concourse  # noqa: F401 - what a record imports when it runs
from promoter.cli.cepler import run

# Calls by their number; of those that open, the place of the flags among the arguments.
_X86 = {
    "write": 1, "pwrite64": 18, "writev": 20, "sendfile": 40, "fsync": 74, "fdatasync": 75,
    "truncate": 76, "ftruncate": 77, "rename": 82, "mkdir": 83, "rmdir": 84, "creat": 85,
    "link": 86, "unlink": 87, "symlink": 88, "chmod": 90, "fchmod": 91, "mkdirat": 258,
    "unlinkat": 263, "renameat": 264, "linkat": 265, "symlinkat": 266, "fchmodat": 268,
    "fallocate": 285, "pwritev": 296, "renameat2": 316, "copy_file_range": 326,
}  # fmt: skip
_ARM = {
    "mkdirat": 34, "unlinkat": 35, "symlinkat": 36, "linkat": 37, "renameat": 38, "truncate": 45,
    "ftruncate": 46, "fallocate": 47, "fchmod": 52, "fchmodat": 53, "write": 64, "writev": 66,
    "pwrite64": 68, "pwritev": 70, "sendfile": 71, "fsync": 82, "fdatasync": 83,
    "renameat2": 276, "copy_file_range": 285,
}  # fmt: skip
_CALLS = {"x86_64": _X86, "aarch64": _ARM}
_OPENS = {"x86_64": {"open": (2, 1), "openat": (257, 2)}, "aarch64": {"openat": (56, 2)}}
_TO_A_FILE = {"write", "pwrite64", "writev", "pwritev"}

_TRACEME, _CONT, _SETOPTIONS, _GET_SYSCALL_INFO = 0, 7, 0x4200, 0x420E
_FORK, _VFORK, _CLONE, _EXEC, _SECCOMP = 1, 2, 3, 4, 7
_EXITKILL = 1 << 20
_WALL = 0x40000000

_LIBC = ctypes.CDLL(None, use_errno=True)
_LIBC.ptrace.argtypes = (ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p)
_LIBC.ptrace.restype = ctypes.c_long


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


def _filter() -> bytes:
    """The kernel's filter: stop at what writes, let everything else go on."""
    load, equal, any_bit, give = 0x20, 0x15, 0x45, 0x06
    trace, allow = 0x7FF00000, 0x7FFF0000
    machine = platform.machine()
    code = [(load, 0, 0, 0)]
    for number in _CALLS[machine].values():
        code += [(equal, 0, 1, number), (give, 0, 0, trace)]
    for number, place in _OPENS[machine].values():
        code += [(equal, 0, 4, number), (load, 0, 0, 16 + 8 * place)]
        code += [(any_bit, 0, 1, os.O_CREAT | os.O_TRUNC), (give, 0, 0, trace), (give, 0, 0, allow)]
    return b"".join(struct.pack("HBBI", *each) for each in [*code, (give, 0, 0, allow)])


def _ptrace(request: int, pid: int, address: int = 0, data: Any = 0) -> int:
    done = int(_LIBC.ptrace(request, pid, address, data))
    if done < 0:
        raise OSError(ctypes.get_errno(), f"ptrace {request} of {pid}")
    return done


def _be_traced() -> None:
    _ptrace(_TRACEME, 0)
    os.kill(os.getpid(), signal.SIGSTOP)
    code = ctypes.create_string_buffer(_filter())
    program = _Program(len(code) // 8, ctypes.addressof(code))
    for call in ((38, 1, 0, 0, 0), (22, 2, ctypes.byref(program), 0, 0)):
        if _LIBC.prctl(*call) != 0:
            raise OSError(ctypes.get_errno(), "prctl")


def _child(folder: str, arguments: list[str]) -> None:
    """The command itself, from here on as any other process that runs it."""
    code = 70
    try:
        os.chdir(folder)
        nowhere = os.open(os.devnull, os.O_RDWR)
        for descriptor in range(3):
            os.dup2(nowhere, descriptor)
        _be_traced()
        code = run(arguments)
    finally:
        os._exit(code)


def _written(pid: int) -> str | None:
    """The call that ``pid`` is stopped at; None where it writes to a pipe."""
    info = ctypes.create_string_buffer(128)
    _ptrace(_GET_SYSCALL_INFO, pid, len(info), ctypes.addressof(info))
    number, first = struct.unpack_from("QQ", info.raw, 24)
    names = {place: name for name, place in _CALLS[platform.machine()].items()}
    name = names.get(number, "open")
    if name in _TO_A_FILE and not Path(f"/proc/{pid}/fd/{first}").resolve().is_file():
        return None
    return name


def kill(folder: str, arguments: list[str], step: int) -> dict[str, Any]:
    """Run and kill; tells whether it came to that, and at which call."""
    first = os.fork()
    if first == 0:
        _child(folder, arguments)
    os.waitpid(first, _WALL)
    events = (_FORK, _VFORK, _CLONE, _EXEC, _SECCOMP)
    _ptrace(_SETOPTIONS, first, 0, sum(1 << event for event in events) | _EXITKILL)
    _ptrace(_CONT, first)
    alive, new, calls, code, killed = {first}, {first}, 0, None, None
    while True:
        try:
            pid, status = os.waitpid(-1, _WALL)
        except ChildProcessError:
            return {"killed": killed is not None, "call": killed, "calls": calls, "code": code}
        if not os.WIFSTOPPED(status):
            alive.discard(pid)
            if pid == first:
                code = os.waitstatus_to_exitcode(status)
            continue
        alive.add(pid)
        if killed is None and status >> 16 == _SECCOMP and (call := _written(pid)) is not None:
            calls += 1
            killed = call if calls == step else None
        if killed is not None:
            for each in alive:
                os.kill(each, signal.SIGKILL)
            continue
        stopped_by = os.WSTOPSIG(status)
        begins = pid not in new and stopped_by == signal.SIGSTOP
        new.add(pid)
        _ptrace(_CONT, pid, 0, 0 if status >> 16 or begins else stopped_by)


def main() -> None:
    """Answer questions until there are no more."""

    try:
        kill(".", ["--help"], 1_000_000)
        sys.stdout.write("{}\n")
    except (OSError, KeyError) as error:
        sys.stdout.write(json.dumps({"unable": repr(error)}) + "\n")
    sys.stdout.flush()
    for line in sys.stdin:
        request = json.loads(line)
        answer = kill(request["folder"], request["arguments"], request["step"])
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
