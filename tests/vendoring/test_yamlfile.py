"""A bump changes one scalar of vendir.yml and not one byte more."""

from __future__ import annotations

import pytest

from promoter.common.errors import InvalidFile
from promoter.vendoring.config import config_document, parse_config
from promoter.vendoring.yamlfile import replace_scalar

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


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("quote", ["", "'", '"'])
@pytest.mark.parametrize("bom", ["", "\ufeff"])
def test_every_other_byte_stays(end: str, quote: str, bom: str) -> None:
    text = bom + TEXT.replace("\n", end)
    before = text.replace("REF", f"{quote}{OLD}{quote}").encode()
    after = replace_scalar(config_document(before), PLACE, NEW, "vendir.yml")
    assert after == text.replace("REF", f"{quote}{NEW}{quote}").encode()


@pytest.mark.parametrize("number", ["1" * 40, "12345e67" + "0" * 32, "0" * 40])
def test_a_sha_that_reads_as_a_number_is_quoted(number: str) -> None:
    before = TEXT.replace("REF", OLD).encode()
    after = replace_scalar(config_document(before), PLACE, number, "vendir.yml")
    assert parse_config(after).directories[0].contents[0].git.ref == number
    assert f'"{number}"'.encode() in after


@pytest.mark.parametrize("property_", ["&ref ", "!!str ", "&ref !!str  "])
def test_an_anchor_or_tag_stays(property_: str) -> None:
    before = TEXT.replace("REF", f"{property_}{OLD}").encode()
    after = replace_scalar(config_document(before), PLACE, NEW, "vendir.yml")
    assert after == before.replace(OLD.encode(), NEW.encode())


@pytest.mark.parametrize("ref", ["*name", "|\n          main", "[main]"])
def test_what_cannot_be_replaced_alone_is_refused(ref: str) -> None:
    text = (
        f"name: &name {OLD}\ndirectories:\n- contents:\n  - git:\n      ref: {ref}\nkind: Config\n"
    )
    with pytest.raises(InvalidFile, match=r"directories\[0\]\.contents\[0\]\.git\.ref"):
        replace_scalar(config_document(text.encode()), PLACE, NEW, "vendir.yml")
