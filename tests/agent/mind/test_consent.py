"""The person agrees once for each host, and nothing counts as agreeing that is not that."""

import pytest

from agent.errors import InputError, StoreError
from agent.mind import consent
from agent.mind.address import read_address

ELSEWHERE = read_address("openai:https://models.example/v1#m")


@pytest.fixture(autouse=True)
def folder(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    return tmp_path


def test_agreeing_is_kept_for_that_host_alone():
    assert consent.is_wanted(ELSEWHERE)
    consent.consent("models.example")
    consent.check(ELSEWHERE)
    for other in ("https://models.example:8000/v1", "https://example/v1", "https://more.models.example/v1"):
        assert consent.is_wanted(read_address(f"openai:{other}#m"))
    consent.consent("example")
    assert not consent.is_wanted(ELSEWHERE)


def test_this_machine_needs_none():
    consent.check(read_address("openai:http://localhost:8000/v1#m"))


def test_what_is_asked_says_where_and_how():
    assert consent.question(ELSEWHERE).endswith("go to models.example.")
    assert "not encrypted" in consent.question(read_address("openai:http://models.example/v1#m"))
    with pytest.raises(InputError, match=r"say so once with --consent models.example\."):
        consent.check(ELSEWHERE)


@pytest.mark.parametrize(
    "text", ["", "{", '{"hosts": ["models.example"]}', '{"version": 2, "hosts": {"models.example": ""}}']
)
def test_a_file_that_cannot_be_read_agrees_to_nothing(text):
    path = consent.consents_file()
    path.parent.mkdir()
    path.write_text(text)
    assert consent.is_wanted(ELSEWHERE)
    consent.consent("models.example")
    assert not consent.is_wanted(ELSEWHERE)


def test_what_cannot_be_kept_is_said(folder):
    (folder / "deskhand").write_text("in the way")
    with pytest.raises(StoreError, match=r"Your consent cannot be kept in .*consents.json"):
        consent.consent("models.example")
    assert consent.is_wanted(ELSEWHERE)
