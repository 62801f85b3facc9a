"""State files: the same bytes as cepler's, and whatever was written is read again."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from promoter.common.errors import InvalidFile
from promoter.gate.documents import ScalarNode, read_document
from promoter.gate.history import History
from promoter.gate.sources import FileSource, load_states
from promoter.gate.state import DeployState, EnvironmentState, FileState
from promoter.gate.state_file import quoted, read_canonical, read_state, scalar, write_state
from promoter.git import Git

# As cepler 0.7.22 wrote them for commit messages; it quotes what YAML would read otherwise.
WRITTEN = {
    "fix: a thing": '"fix: a thing"',
    "plain": "plain",
    "two words": "two words",
    "true": '"true"',
    "No": '"No"',
    "nOpe": "nOpe",
    "~": '"~"',
    "null": '"null"',
    "": '""',
    "12": '"12"',
    "+1": '"+1"',
    "1e3": '"1e3"',
    "1_000": "1_000",
    ".5": '".5"',
    ".dot": '".dot"',
    "inf": '"inf"',
    "NaN": '"NaN"',
    "0x1f": '"0x1f"',
    "0xyz": '"0xyz"',
    "- dash": '"- dash"',
    "a - b": "a - b",
    "# hash": '"# hash"',
    "(#12)": '"(#12)"',
    "back\\slash": '"back\\\\slash"',
    'say "it"': '"say \\"it\\""',
    "it's": '"it\'s"',
    "tab\there": '"tab\\there"',
    "ünïcode": "ünïcode",
    "ends ": '"ends "',
    " leads": '" leads"',
    "x\x1by": "x\x1by",
    "a\x01b": '"a\\u0001b"',
}
TEXTS = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=20)
SIMPLE = st.text(alphabet="ab1.~-+ex# :'\"\\\t\n{}[]ü", max_size=10)
IDS = st.text(alphabet="0123456789abcdef", min_size=40, max_size=40)
# What YAML can hold: it has no other control characters, and breaks lines at these.
READABLE = st.text(
    alphabet=st.characters(max_codepoint=0xD7FF, exclude_categories=["Cc", "Zl", "Zp"]),
    max_size=12,
)
FILES = st.dictionaries(
    st.builds("{{{}}}/{}".format, READABLE, READABLE),
    st.builds(FileState, st.none() | IDS, IDS, READABLE | SIMPLE, st.booleans()),
    max_size=4,
)
DEPLOYED = st.builds(DeployState, IDS, st.none() | IDS, FILES, st.booleans())
PASSED = st.none() | READABLE.filter(lambda text: text not in ("~", "null"))
STATES = st.builds(
    EnvironmentState,
    st.integers(0, 2**32 - 1),
    DEPLOYED,
    PASSED,
    st.lists(DEPLOYED, max_size=2).map(tuple),
)


@pytest.mark.parametrize("text", WRITTEN)
def test_a_text_is_written_as_cepler_writes_it(text: str) -> None:
    assert scalar(text) == WRITTEN[text]


@given(TEXTS | SIMPLE)
def test_a_written_text_is_one_line(text: str) -> None:
    assert "\n" not in scalar(text)
    assert quoted(text).startswith('"')


@given(READABLE | SIMPLE)
def test_a_written_text_is_read_as_the_same(text: str) -> None:
    line = f"message: {scalar(text)}\n"
    node = dict(yaml.compose(line, Loader=yaml.SafeLoader).value)
    (value,) = node.values()
    assert value.value == text
    read = read_document(line.encode(), "file").root.entries[0][1]  # type: ignore[union-attr]
    assert isinstance(read, ScalarNode)
    assert read.text == text


@given(STATES)
def test_what_is_written_is_read_again(state: EnvironmentState) -> None:
    content = write_state(state)
    assert read_state(content, "file") == state
    assert write_state(read_state(content, "file")) == content


@given(STATES)
def test_the_fast_way_in_and_yaml_say_the_same(state: EnvironmentState) -> None:
    content = write_state(state)
    fast = read_canonical(content)
    slow = read_state(b"# by hand\n" + content.removeprefix(b"---\n"), "file")
    assert fast is None or fast == slow
    assert slow == state


def test_the_usual_state_file_is_read_fast() -> None:
    file = FileState("a" * 40, "b" * 40, "fix: a thing (#12)")
    state = DeployState("c" * 40, "d" * 40, {"{latest}/m/a": file})
    written = write_state(EnvironmentState(2, state, "staging", (state,)))
    assert read_canonical(written) is not None


def test_a_cut_file_is_refused_wherever_it_is_cut(tmp_path: Path) -> None:
    file = FileState("a" * 40, "b" * 40, "fix: a thing")
    files = {f"{{latest}}/m/{name}": file for name in "abc"}
    content = write_state(EnvironmentState(2, DeployState("c" * 40, None, files)))
    taken = []
    for end in range(1, len(content) - 1):
        (tmp_path / "s.state").write_bytes(content[:end])
        try:
            load_states(FileSource(tmp_path), History(Git(tmp_path)), ".")
            taken.append(content[:end].decode().splitlines()[-1].split(":")[0].strip())
        except InvalidFile as error:
            assert "s.state: " in str(error)
            assert error.next_step
    # After a whole entry there is nothing to see: less is recorded, so it is deployed again.
    assert taken == ["head_commit", "message", "message"]
