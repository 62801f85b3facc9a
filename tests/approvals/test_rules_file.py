"""Rules and teams files that say two things at once, or look like they say another."""

import pytest

from promoter.approvals.rules_file import read_rules, read_teams
from promoter.common.errors import InvalidFile
from tests.approvals.people import RULES, TEAMS

NAMES = ("qa", "production")


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        (f"{RULES}  production: {{}}\n", "key 'production' is there twice"),
        (f'{RULES}  "\\x70roduction": {{}}\n', "key 'production' is there twice"),
        (RULES.replace("count: 2", "count: 2, count: 1"), "key 'count' is there twice"),
        (f"{RULES}    <<: {{soak: 1h}}\n    <<: {{soak: 9h}}\n", "key '<<' is there twice"),
        (f"x: &x {{soak: 1h}}\n{RULES}", "x: Extra inputs are not permitted"),
        (f"{RULES}---\nenvironments: {{}}\n", "more than one document"),
        (f"{RULES}  producti\N{CYRILLIC SMALL LETTER O}n: {{}}\n", "no such environment"),
        (RULES.replace("[incident]", "[in\N{CYRILLIC SMALL LETTER ES}ident]"), "unknown team"),
    ],
)
def test_ambiguous_rules_are_refused(text: str, cause: str) -> None:
    with pytest.raises(InvalidFile, match=cause):
        read_rules(text.encode(), "rules", read_teams(TEAMS.encode()), NAMES)


def test_an_alias_stands_for_what_it_names_and_a_key_beats_what_is_merged() -> None:
    text = (
        "environments:\n  qa: &qa\n    approval: {count: 2, from: [release]}\n    soak: 1h\n"
        "  production: {soak: 24h, <<: *qa}\n"
    )
    found = read_rules(text.encode(), "rules", read_teams(TEAMS.encode()), NAMES)
    qa, production = (found.environments[name] for name in NAMES)
    assert production.approval == qa.approval
    assert str(production.soak) == "1 day, 0:00:00"


@pytest.mark.parametrize(
    ("name", "cause"),
    [
        ("b\N{CYRILLIC SMALL LETTER O}b", r"name 'b\\u043eb' may look like another"),
        ("bo\\u200bb", r"name 'bo\\u200bb' may look like another"),
        ("\\u202ebob", "may look like another"),
        ("bob ", "may look like another"),
        ("jose\\u0301", "may look like another"),
        ("Bob", "the names bob and Bob differ in case alone"),
    ],
)
def test_a_person_who_is_named_like_another_is_refused(name: str, cause: str) -> None:
    other = f'  "{name}": {{mail: [m@bank.example], keys: [m@bank.example]}}\n'
    with pytest.raises(InvalidFile, match=cause):
        read_teams(TEAMS.replace("  zoe:", f"{other}  zoe:").encode())


def test_a_team_that_is_named_like_another_is_refused() -> None:
    with pytest.raises(InvalidFile, match="may look like another"):
        read_teams(
            TEAMS.replace(
                "  incident:", "  ris\N{CYRILLIC SMALL LETTER KA}: [dee]\n  incident:"
            ).encode()
        )


def test_letters_of_western_europe_are_fine() -> None:
    assert read_teams("people: {José Muñoz: {mail: [j@bank.example]}}".encode()).people
