"""Preview with real Helm, without changing anything."""

from __future__ import annotations

from pathlib import Path

import pytest

from promoter.preview.markdown import markdown
from promoter.preview.preview import Preview, preview
from promoter.programs.helm import Helm
from promoter.synthesis.app import StackRelease
from promoter.toolchain import Toolchain
from promoter.vendoring.errors import RefNotFound
from promoter.vendoring.summary import pin_changes
from tests.vendoring.sources import Source, Target, contents

ROOT = Path(__file__).parents[2]
TEMPLATE = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: {{ .Release.Namespace }}}
data: {replicas: "{{ .Values.replicas }}", hash: "{{ .Values.chartHash }}"}
{{- if .Values.secret }}
---
apiVersion: v1
kind: Secret
metadata: {name: made}
stringData: {password: {{ randAlphaNum 20 }}}
{{- end }}
"""
RELEASES = (
    StackRelease("staging", "lana-bank", "one", ('{"replicas": 3, "chartHash": "abc"}',)),
    StackRelease("production", "lana-bank", "two", ("replicas: 1", "secret: true")),
)


@pytest.fixture(scope="module")
def helm() -> Helm:
    return Helm(Toolchain(ROOT).program("helm"))


def previewed(target: Target, helm: Helm, ref: str = "main") -> Preview:
    return preview(target.folder, "lana-bank", ref, RELEASES, helm)


def with_template(source: Source, template: str = TEMPLATE, message: str = "feat: it") -> str:
    return source.commit(message, {"charts/lana-bank/templates/deployment.yaml": template})


def test_changes_by_environment(source: Source, target: Target, helm: Helm) -> None:
    old = source.head
    with_template(source, message="feat: settings")
    new = source.commit("fix: \x1b[31mred")
    before = contents(target.folder)
    found = previewed(target, helm)
    assert (found.old, found.new, found.commits) == (old, new, 2)
    assert found.titles == ("fix: ?[31mred", "feat: settings")
    staging, production = found.environments
    assert [change.name for change in staging.changes] == [
        "ConfigMap/one/settings",
        "Deployment/None",
    ]
    assert "+  replicas: '3'" in staging.changes[0].diff
    assert [change.name for change in production.changes][-1] == "Secret/made"
    assert contents(target.folder) == before


def test_nothing_changes(target: Target, helm: Helm) -> None:
    found = previewed(target, helm)
    assert [one.changes for one in found.environments] == [(), ()]
    assert (found.titles, found.pins) == ((), ())
    assert "### staging: no change" in markdown(found)


def test_random_secrets_and_the_chart_hash_are_no_change(
    source: Source, target: Target, helm: Helm
) -> None:
    with_template(source)
    other = Target.new(target.folder.parent / "other", (target.folder / "vendir.yml").read_text())
    (other.folder / "charts").mkdir()
    source_chart = source.folder / "charts/lana-bank"
    source_chart.rename(other.folder / "charts/lana-bank")
    (other.folder / "charts/lana-bank").joinpath("README.md").write_text("x")
    (source.folder / "charts").mkdir(exist_ok=True)
    found = previewed(other, helm)
    assert [one.changes for one in found.environments] == [(), ()]


def test_a_chart_that_does_not_render_names_the_environment(
    source: Source, target: Target, helm: Helm
) -> None:
    with_template(source, '{{ fail (printf "no %s" .Release.Namespace) }}')
    found = previewed(target, helm)
    assert [one.changes for one in found.environments] == [(), ()]
    assert "render the chart for staging:" in found.environments[0].problem
    assert "no one" in found.environments[0].problem
    assert "### staging: **fails**" in markdown(found)


def test_a_missing_dependency_of_the_chart(source: Source, target: Target, helm: Helm) -> None:
    chart = "apiVersion: v2\nname: lana-bank\nversion: 0.2.0\ndependencies:\n"
    chart += "  - {name: sub, version: 1.0.0, repository: 'https://charts.invalid'}\n"
    source.commit("feat: sub", {"charts/lana-bank/Chart.yaml": chart})
    assert "sub" in previewed(target, helm).environments[0].problem


def test_an_unknown_ref(target: Target, helm: Helm) -> None:
    with pytest.raises(RefNotFound):
        previewed(target, helm, "nope")


def test_markdown_is_escaped(source: Source, target: Target, helm: Helm) -> None:
    with_template(
        source,
        "kind: ConfigMap\nmetadata: {name: x}\ndata:\n  text: |\n    ```\n    </details>\n",
        "feat: <script> @everyone [x](y) `z`",
    )
    found = markdown(previewed(target, helm))
    assert "````diff\n" in found
    assert "\\<script\\>" in found
    assert "@everyone" not in found


def test_markdown_is_cut_to_the_length_of_a_comment(
    source: Source, target: Target, helm: Helm
) -> None:
    with_template(source, TEMPLATE + "x: " + "y " * 3000 + "\n")
    found = previewed(target, helm)
    short = markdown(found, longest=3000)
    assert len(short) <= 3000
    assert "further sections are left out" in short
    assert "left out" not in markdown(found)


def test_changed_pins_are_listed() -> None:
    def values(digit: str) -> str:
        pin = f"METADATA:: repository=https://github.com/o/r;commit_ref={digit * 7};app=server;"
        return f'image:\n  digest: "sha256:{digit * 64}" # {pin}\n'

    pins = tuple(pin_changes(values("a"), values("b")))
    text = markdown(Preview("c", "1" * 40, "2" * 40, "", 0, (), pins, ()))
    assert f"- server: {'a' * 12} -> {'b' * 12}" in text
    assert f"https://github.com/o/r/compare/{'a' * 7}...{'b' * 7}" in text


def test_markdown_has_no_bidi_controls(source: Source, target: Target, helm: Helm) -> None:
    with_template(source, f"{TEMPLATE}# \u202ereversed\n", message="feat: \u2066title")
    source.commit("chore: it", {"charts/lana-bank/values.yaml": 'name: "\u202ex"\n'})
    assert not set("\u202e\u2066") & set(markdown(previewed(target, helm)))
