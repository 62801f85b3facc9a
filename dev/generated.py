"""Generated parts of a page: what is between ``<!-- generated: NAME -->`` and ``<!-- end -->``."""

from pathlib import Path

_END = "<!-- end -->"


def with_section(text: str, name: str, content: str) -> str:
    """Return the page ``text`` with ``content`` in its section ``name``."""
    start = f"<!-- generated: {name} -->\n"
    before, _, rest = text.partition(start)
    return f"{before}{start}{content}{_END}{rest.partition(_END)[2]}"


def write_section(page: Path, name: str, content: str) -> None:
    """Write ``content`` into a section of ``page``."""
    text = page.read_text(encoding="utf-8")
    page.write_text(with_section(text, name, content), encoding="utf-8")
