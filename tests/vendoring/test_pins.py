from __future__ import annotations

import difflib

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from promoter.common.errors import YamlEditError
from promoter.vendoring.pins import Pin, read_pins, set_pins, set_value

OLD = f"sha256:{'0' * 64}"
NEW = f"sha256:{'a' * 64}"
OTHER = f"sha256:{'b' * 64}"
COMMIT = "1234567890" * 4
SOURCE = "https://github.com/GaloyMoney/lana-bank"
SAID = f"# METADATA:: repository={SOURCE};commit_ref={COMMIT};app=lana-bank;"

VALUES = f"""\
# What the chart is installed with.
lanaBank:
  image:
    repository: gcr.io/galoyorg/lana-bank   # ours
    digest: "{OLD}"
  adminPanel:
    image:
      repository: gcr.io/galoyorg/lana-bank-admin-panel
      digest: '{OLD}'  # keep me
dagster:
  dagster-user-deployments:
    deployments:
      - name: lana-dw
        image:
          repository: us.gcr.io/galoyorg/dagster-code-location-lana-dw
          digest:
postgresql:
  image: {{repository: bitnami/postgresql, digest: {OTHER}}}
"""


def pin(path: str = "lanaBank.image.digest", image: str = "", digest: str = NEW) -> Pin:
    return Pin(path, image, digest, SOURCE, COMMIT, "lana-bank")


ALL = [
    pin("lanaBank.image.digest", "gcr.io/galoyorg/lana-bank"),
    pin("lanaBank.adminPanel.image.digest", "gcr.io/galoyorg/lana-bank-admin-panel", OTHER),
    pin(
        "dagster.dagster-user-deployments.deployments[0].image.digest",
        "us.gcr.io/galoyorg/dagster-code-location-lana-dw",
    ),
]


def changed_lines(before: str, after: str) -> list[str]:
    lines = difflib.ndiff(before.splitlines(keepends=True), after.splitlines(keepends=True))
    return [line for line in lines if line.startswith(("- ", "+ "))]


def test_writes_digest_and_metadata_and_keeps_every_other_byte() -> None:
    written = set_pins(VALUES, ALL)
    assert changed_lines(VALUES, written) == [
        f'-     digest: "{OLD}"\n',
        f'+     digest: "{NEW}" {SAID}\n',
        f"-       digest: '{OLD}'  # keep me\n",
        f"+       digest: '{OTHER}' {SAID} # keep me\n",
        "-           digest:\n",
        f"+           digest: {NEW} {SAID}\n",
    ]
    assert list(read_pins(written)) == ALL


def test_a_second_bump_replaces_the_metadata_and_nothing_piles_up() -> None:
    once = set_pins(VALUES, ALL)
    assert set_pins(once, ALL) == once
    next_pin = Pin(ALL[1].path, "", NEW, SOURCE, "f" * 40, "other")
    assert changed_lines(once, set_pins(once, [next_pin])) == [
        f"-       digest: '{OTHER}' {SAID} # keep me\n",
        f"+       digest: '{NEW}' # METADATA:: repository={SOURCE};commit_ref={'f' * 40};"
        "app=other; # keep me\n",
    ]


def test_reads_what_the_seeds_show() -> None:
    """Short commit references and the lines without METADATA are as in step 2e."""
    text = f"""\
lanaBank:
  image:
    digest: "{NEW}" # METADATA:: repository={SOURCE};commit_ref=e348f09;app=lana-bank;
  adminPanel:
    image:
      digest: "{OTHER}"
"""
    assert read_pins(text) == (
        Pin("lanaBank.image.digest", "", NEW, SOURCE, "e348f09", "lana-bank"),
    )


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("last", ["", "\n"])
def test_line_ends_and_a_missing_one_at_the_end_stay(end: str, last: str) -> None:
    lines = ["a:", '  digest: ""', "  b: 'é €'"]
    text = end.join(lines) + last
    written = set_pins(text, [pin("a.digest")])
    assert written == text.replace('digest: ""', f'digest: "{NEW}" {SAID}')
    assert [found.digest for found in read_pins(written)] == [NEW]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a: {}\n", "a: the key digest is missing"),
        ("b: 1\n", "the document: the key a is missing"),
        ("", "the document: no keys there"),
        ("a: [1]\n", "a: no keys there, so no digest"),
        ("a:\n  digest: [1]\n", "a.digest: not a single value"),
        ("a:\n  digest: |\n    x\n", "is a block"),
        (f"x: &x {OLD}\na:\n  digest: *x\n", "a.digest is shared by an anchor"),
        (f"a:\n  digest: &x {OLD}\nb: *x\n", "a.digest is shared by an anchor"),
        (f"x: &x\n  digest: {OLD}\na: *x\n", "write values.yaml: a is shared by an anchor"),
        (f"a: &x\n  digest: {OLD}\nb: *x\n", "write values.yaml: a is shared by an anchor"),
        (f"x: &x\n  digest: {OLD}\na:\n  <<: *x\n", "a.digest may come from a merge"),
        (f"a:\n  digest: {OLD}\n  digest: {OLD}\n", "the key digest is there twice"),
        (f"a: {{digest: {OLD}, b: 1}}\n", "other values follow the digest on its line"),
        ("a: [\n", "not YAML: .*line 2"),
        ("a: 1\n---\na: 2\n", "not YAML: expected a single document"),
        (f"a:\n  repository: x/other\n  digest: {OLD}\n", "it is for x/other, not for y/lana-bank"),
    ],
)
def test_what_cannot_be_changed_alone_is_refused(text: str, reason: str) -> None:
    with pytest.raises(YamlEditError, match=reason):
        set_pins(text, [pin("a.digest", "y/lana-bank")])


def test_an_anchor_that_nobody_uses_stays() -> None:
    text = f'a:\n  digest: &d "{OLD}"\n'
    assert set_pins(text, [pin("a.digest")]) == f'a:\n  digest: &d "{NEW}" {SAID}\n'


@pytest.mark.parametrize(
    "wrong",
    [
        Pin("a.digest", "", "sha256:short", SOURCE, COMMIT, "lana-bank"),
        Pin("a.digest", "", NEW, SOURCE, "not-a-commit", "lana-bank"),
        Pin("a.digest", "", NEW, f"{SOURCE};x", COMMIT, "lana-bank"),
        Pin("a.digest", "", NEW, SOURCE, COMMIT, "lana\nbank"),
    ],
)
def test_a_malformed_pin_is_refused(wrong: Pin) -> None:
    with pytest.raises(YamlEditError, match=r"is not a (digest|commit_ref|source|app)$"):
        set_pins("a:\n  digest: x\n", [wrong])


def test_a_malformed_key_path_is_refused() -> None:
    with pytest.raises(YamlEditError, match=r"'b\[x\]' is not a key"):
        set_pins("a: 1\n", [pin("a.b[x]")])


@pytest.mark.parametrize(
    ("text", "value", "after"),
    [
        ("appVersion: 0.1.0 # now\n", "0.42.0", "appVersion: 0.42.0 # now\n"),
        ("appVersion: '0.1.0'\n", "0.42.0", "appVersion: '0.42.0'\n"),
        ("appVersion: 0.1.0\n", "1.0", 'appVersion: "1.0"\n'),
        ("appVersion: 0.1.0\n", "a: b", 'appVersion: "a: b"\n'),
        ("appVersion: 'x'\n", "it's", "appVersion: 'it''s'\n"),
    ],
)
def test_sets_one_value_in_its_quoting(text: str, value: str, after: str) -> None:
    assert set_value(text, "appVersion", value, file="Chart.yaml") == after
    assert yaml.safe_load(after)["appVersion"] == value


LEAVES = st.sampled_from([0, True, None, "", "# no comment", "é", "a: b", "'", '"', OTHER, "x\ny"])
TREES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner),
    max_leaves=12,
)


@given(
    tree=st.dictionaries(st.sampled_from("defg"), TREES), style=st.sampled_from(['"', "'", None])
)
def test_any_document_keeps_all_but_the_pin(tree: dict[str, object], style: str | None) -> None:
    tree["image"] = {"digest": OLD, "after": tree.get("d")}
    text = yaml.safe_dump(tree, default_style=style, allow_unicode=True, width=200)
    written = set_pins(text, [pin("image.digest")])
    expected = {**tree, "image": {"digest": NEW, "after": tree.get("d")}}
    assert yaml.safe_load(written) == expected
    assert written.replace(f" {SAID}", "", 1).replace(NEW, OLD, 1) == text
