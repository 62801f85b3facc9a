"""Port-forwards through the API server, one for each port of a pod that is asked."""

import re
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import NamedTemporaryFile

from promoter.programs.kubectl import Kubectl
from promoter.smoketest.processes import Program, start_process

_FORWARDING = re.compile(rb"Forwarding from 127\.0\.0\.1:(\d+) ->")


@dataclass
class _Forward:
    """The loopback address that is forwarded to one port, "" while there is none."""

    address: str = ""
    lock: threading.Lock = field(default_factory=threading.Lock)


@dataclass
class Forwards:
    """Port-forwards to the pods of the namespace of ``kubectl``, until ``stack`` ends."""

    kubectl: Kubectl
    stack: ExitStack
    _forwards: dict[tuple[str, int], _Forward] = field(default_factory=dict)

    @contextmanager
    def address(self, pod: str, port: int) -> Iterator[str]:
        """Yield a loopback address (``host:port``) that is forwarded to ``port`` of ``pod``.

        It is shared by all who ask at once; whoever asks after an error of a block gets another.
        """
        forward = self._forwards.setdefault((pod, port), _Forward())
        with forward.lock:
            if not forward.address:
                started = _forwarded(self.kubectl, pod, port)
                forward.address = self.stack.enter_context(started)
            address = forward.address
        try:
            yield address
        except BaseException:
            with forward.lock:
                if forward.address == address:
                    forward.address = ""
            raise


@contextmanager
def _forwarded(kubectl: Kubectl, pod: str, port: int) -> Iterator[str]:
    command = (str(kubectl.program), "--namespace", kubectl.namespace, "port-forward")
    argv = (*command, "--address=127.0.0.1", f"pod/{pod}", f":{port}")
    program = Program(argv, kubectl.environment, ready=_FORWARDING)
    with (
        NamedTemporaryFile(prefix="port-forward-") as log,
        start_process(f"port-forward to {pod}:{port}", program, Path(log.name)) as process,
    ):
        yield f"127.0.0.1:{process.port()}"
