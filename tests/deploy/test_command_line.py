"""The command line of ``cdktf``: the table, and every spelling that is not in it."""

from __future__ import annotations

import subprocess

import pytest

from promoter.common.errors import UsageError
from promoter.deploy.command_line import ALIASES, VERBS, CdktfCommand, parse
from promoter.toolchain import Toolchain
from tests.scene_fixture import ROOT

SPELLINGS = {
    "aliases in short": ["-a", "-a/path", "-a=/path", "-o", "-oout", "-ah", "-ha", "-hv"],
    "other apps and outputs": ["--app=x", "--a=/path", "--o=x", "--app", "--output", "--output=x"],
    "camel case": ["--autoApprove", "--skipSynth", "--noColor", "--terraformParallelism=1"],
    "values of flags": ["--auto-approve=true", "--auto-approve=false", "--help=false", "--help="],
    "negated": ["--no-auto-approve", "--no-help", "--no-no-color", "--no-skip-synth"],
    "abbreviated": ["--auto", "--auto-appr", "--no-col", "--terraform-par=1", "--hel"],
    "separators": ["--", "-", "---", "--=x"],
    "other values": ["--var", "--var=a=1", "--var-file=x", "--outputs-file=x", "--parallelism=1"],
    "other flags": ["--skip-synth", "--refresh-only", "--migrate-state", "--version", "-v"],
    "internal": ["--context-json={}", "--log-level=trace", "--disable-plugin-cache-env"],
    "upper case": ["--AUTO-APPROVE", "--Auto-Approve", "-H", "--HELP"],
    "not an option": ["", "--auto-approve "],
}

OTHER_VERBS = """
    watch output outputs init convert login debug provider completion dep deplo Deploy DEPLOY $0
    deploy/ --auto-approve --app=x -- -a --version=false --help=false
"""


@pytest.mark.parametrize("verb", ["deploy", "apply", "destroy"])
@pytest.mark.parametrize("word", [word for words in SPELLINGS.values() for word in words])
def test_another_spelling_is_refused_and_the_supported_ones_are_named(verb: str, word: str) -> None:
    for line in ([verb, "qa", word], [verb, word, "qa"], [verb, "qa", "--auto-approve", word]):
        with pytest.raises(UsageError) as refused:
            parse(line)
        assert (word or "''") in str(refused.value)
        assert "--auto-approve" in refused.value.next_step


def test_what_is_supported_becomes_a_command_line_of_our_own() -> None:
    line = "apply qa --no-color other --terraform-parallelism 4 --auto-approve --auto-approve"
    command = parse(line.split())
    options = ("--no-color", "--terraform-parallelism=4", "--auto-approve")
    assert command == CdktfCommand("deploy", ("qa", "other"), options)
    assert command.gated
    assert command.auto_approve


@pytest.mark.parametrize("reason", [["--ungated", "an outage"], ["--ungated=an outage"]])
@pytest.mark.parametrize("verb", ["deploy", "destroy"])
def test_the_reason_for_a_bypass_is_kept_from_the_cli(verb: str, reason: list[str]) -> None:
    command = parse([verb, "qa", *reason])
    assert command == CdktfCommand(verb, ("qa",), (), "an outage")
    assert command.arguments == (verb, "qa")


@pytest.mark.parametrize("line", ["deploy qa --ungated", "deploy qa --ungated --auto-approve"])
def test_a_bypass_requires_a_reason(line: str) -> None:
    with pytest.raises(UsageError, match="--ungated requires a reason"):
        parse(line.split())


@pytest.mark.parametrize("rest", [[], ["--no-color"], [""]])
def test_an_option_with_a_value_requires_one(rest: list[str]) -> None:
    with pytest.raises(UsageError, match="--terraform-parallelism requires a value"):
        parse(["deploy", "qa", "--terraform-parallelism", *rest])


@pytest.mark.parametrize("verb", OTHER_VERBS.split())
def test_any_other_verb_is_refused(verb: str) -> None:
    for line in ([verb], [verb, "qa"], [verb, "deploy", "qa"]):
        with pytest.raises(UsageError) as refused:
            parse(line)
        assert verb in str(refused.value)
        assert "deploy" in refused.value.next_step


@pytest.mark.parametrize("line", [[], ["help"], ["--help"], ["-h"]])
def test_help_is_ungated(line: list[str]) -> None:
    command = parse(line)
    assert command.arguments[-1] == "--help"
    assert not command.gated


@pytest.mark.parametrize("verb", [*VERBS, *ALIASES])
def test_help_of_a_verb_runs_nothing_else(verb: str) -> None:
    for line in (["help", verb], [verb, "--help"], [verb, "-h"]):
        command = parse(line)
        assert command.arguments == (ALIASES.get(verb, verb), "--help")
        assert not command.gated
    if VERBS[ALIASES.get(verb, verb)].stacks:
        assert parse([verb, "qa", "--no-color", "--help"]).arguments[-1] == "--help"


@pytest.mark.parametrize(
    ("line", "arguments"),
    [
        ("synth", "synth"),
        ("synthesize --hcl --output x", "synth --hcl --output=x"),
        ("ls", "list"),
        ("list --output=x", "list --output=x"),
        ("plan qa --refresh-only", "diff qa --refresh-only --skip-provider-lock"),
        ("diff qa", "diff qa --skip-provider-lock"),
        ("get --force --language python", "get --force --language=python"),
        ("--version", "--version"),
    ],
)
def test_verbs_that_change_nothing_pass(line: str, arguments: str) -> None:
    command = parse(line.split())
    assert command.arguments == tuple(arguments.split())
    assert not command.gated


@pytest.mark.parametrize(
    "line",
    [
        "diff qa --migrate-state",
        "diff qa --migrateState",
        "diff qa --ungated x",
        "synth deploy",
        "list qa",
        "get -- deploy qa",
        "synth --auto-approve",
        "--version deploy",
    ],
)
def test_options_of_other_verbs_are_refused(line: str) -> None:
    with pytest.raises(UsageError):
        parse(line.split())


def test_the_cli_knows_the_verbs_and_options_of_the_table() -> None:
    """A renamed option would be ignored by the CLI, which is not strict about options."""
    cli = Toolchain(ROOT).cdktn()
    for name, verb in VERBS.items():
        done = subprocess.run(
            [*cli, name, "--help"], capture_output=True, text=True, check=True, cwd=ROOT
        )
        ours = {"--ungated", "-h"}
        missing = [each for each in verb.options if each not in ours and each not in done.stdout]
        assert not missing, f"{name}: {missing}"
