"""A bump changes one scalar of vendir.yml and not one byte more."""

from __future__ import annotations

import pytest

from promoter.common.errors import YamlEditError
from promoter.common.yaml_edit import replace
from promoter.vendoring.config import parse_config

PLACE = ("directories", 0, "contents", 0, "git", "ref")
OLD, NEW = "a" * 40, "b" * 40
TEXT = """\
# A comment, kept
apiVersion: vendir.k14s.io/v1alpha1   # and this one
kind: Config

directories:
  -   path: "charts"
      contents:
      - git:   {url: 'é', ref: REF }
        path:    lana-bank
# the end, without a newline"""


def edited(content: bytes, ref: str) -> bytes:
    return replace(content.decode(), PLACE, ref, "vendir.yml").encode()


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("quote", ["", "'", '"'])
@pytest.mark.parametrize("bom", ["", "\ufeff"])
def test_every_other_byte_stays(end: str, quote: str, bom: str) -> None:
    text = bom + TEXT.replace("\n", end)
    before = text.replace("REF", f"{quote}{OLD}{quote}").encode()
    after = edited(before, NEW)
    assert after == text.replace("REF", f"{quote}{NEW}{quote}").encode()


@pytest.mark.parametrize("number", ["1" * 40, "12345e67" + "0" * 32, "0" * 40])
def test_a_sha_that_reads_as_a_number_is_quoted(number: str) -> None:
    before = TEXT.replace("REF", OLD).encode()
    after = edited(before, number)
    assert parse_config(after).directories[0].contents[0].git.ref == number
    assert f'"{number}"'.encode() in after


@pytest.mark.parametrize("property_", ["&ref ", "!!str ", "&ref !!str  "])
def test_an_anchor_or_tag_stays(property_: str) -> None:
    before = TEXT.replace("REF", f"{property_}{OLD}").encode()
    after = edited(before, NEW)
    assert after == before.replace(OLD.encode(), NEW.encode())


@pytest.mark.parametrize("ref", ["*name", "|\n          main", "[main]"])
def test_a_value_that_cannot_be_replaced_alone_is_refused(ref: str) -> None:
    text = (
        f"name: &name {OLD}\ndirectories:\n- contents:\n  - git:\n      ref: {ref}\nkind: Config\n"
    )
    with pytest.raises(YamlEditError, match=r"directories\[0\]\.contents\[0\]\.git\.ref"):
        edited(text.encode(), NEW)
