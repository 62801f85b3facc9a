"""Other people's words on their way to a terminal or a commit message."""

from __future__ import annotations

import re

# Escape sequences, line ends, and what turns the direction of writing round.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def plain(text: str) -> str:
    """``text`` as one line that a terminal shows and does not obey: ``?`` for the rest."""
    return _CONTROL.sub("?", text)
