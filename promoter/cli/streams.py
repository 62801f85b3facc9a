"""Standard output and error on which a pipe that closes or a full device changes no outcome."""

import errno
import io
import os
import select
import sys
from typing import TextIO, cast

_ANSWER_SECONDS = 0.2


class _Descriptor(io.RawIOBase):
    """A descriptor. Once ``lossy``, its first error is kept, and what follows is dropped."""

    def __init__(self, number: int, *, lossy: bool) -> None:
        self._number = number
        self.lossy = lossy
        self.error: OSError | None = None

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._number

    def isatty(self) -> bool:
        return os.isatty(self._number)

    def write(self, data: "memoryview") -> int:  # type: ignore[override]
        if self.error is None:
            try:
                return os.write(self._number, data)
            except OSError as error:
                if not self.lossy:
                    raise
                self.error = error
        return len(data)


class _Printable(io.TextIOWrapper):
    """A stream on which nobody's text can move the cursor, hide or reverse what is written."""

    def write(self, text: str) -> int:
        return super().write(_sanitized(text))


class _Display(io.TextIOBase):
    """A stream as it is, for a live display that moves the cursor and sanitizes what it shows."""

    def __init__(self, stream: io.TextIOWrapper) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        return io.TextIOWrapper.write(self._stream, text)

    def flush(self) -> None:
        self._stream.flush()

    def isatty(self) -> bool:
        return self._stream.isatty()

    def fileno(self) -> int:
        return self._stream.fileno()


def display() -> TextIO:
    """Return standard error for a live display."""
    return (
        cast("TextIO", _Display(sys.stderr)) if isinstance(sys.stderr, _Printable) else sys.stderr
    )


def _sanitized(text: str) -> str:
    if text.replace("\n", "").isprintable():
        return text
    # Here, because `promoter cepler` starts too often to import what it hardly ever needs.
    from promoter.common.text import printable

    return printable(text)


def protect() -> None:
    """Replace both streams: errors on standard error are ignored, on standard output raised.

    Everybody's text is sanitized there (`printable`), so that no command can forget it.

    A standard stream that was closed is /dev/null, so that no file of ours gets its number. What
    the locale cannot express is written as an escape.
    """
    _open_standard_streams()
    sys.stdout = _stream(1, lossy=False, encoding=_encoding(sys.stdout))
    sys.stderr = _stream(2, lossy=True, encoding=_encoding(sys.stderr))


def keep_going() -> None:
    """Ignore errors on standard output, too: the command changes something, and has to finish."""
    if (descriptor := _descriptor()) is not None:
        descriptor.lossy = True


def finish() -> str:
    """Write what is left; return why standard output was lost, empty if it was not, or closed.

    Raises `OSError` where it is not to be ignored.
    """
    sys.stdout.flush()
    descriptor = _descriptor()
    error = descriptor.error if descriptor is not None else None
    return "" if error is None or error.errno == errno.EPIPE else str(error.strerror)


def abandon() -> None:
    """Drop what standard output still has to write: the interpreter would fail on it at its end."""
    keep_going()
    if (descriptor := _descriptor()) is not None:
        descriptor.error = descriptor.error or BrokenPipeError()


def read_answer() -> str:
    """Return the next line of standard input, a terminal, without the space around it.

    An interrupt that arrives just before a read starts would wait for the end of that line: it
    is handled within ``_ANSWER_SECONDS``, as no read starts before there is something to read.
    """
    while not select.select([sys.stdin], [], [], _ANSWER_SECONDS)[0]:
        pass
    return sys.stdin.readline().strip()


def _descriptor() -> _Descriptor | None:
    raw = getattr(getattr(sys.stdout, "buffer", None), "raw", None)
    return raw if isinstance(raw, _Descriptor) else None


def _stream(number: int, *, lossy: bool, encoding: str) -> io.TextIOWrapper:
    raw = cast("io.RawIOBase", _Descriptor(number, lossy=lossy))
    buffered = io.BufferedWriter(raw)
    return _Printable(
        buffered,
        encoding=encoding,
        errors="backslashreplace",
        line_buffering=number == 2 or os.isatty(number),
    )


def _encoding(stream: object) -> str:
    return getattr(stream, "encoding", None) or "utf-8"


def _open_standard_streams() -> None:
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
