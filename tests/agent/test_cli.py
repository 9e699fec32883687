"""The `deskhand` command itself: its verbs, its exit codes, and whose programs it starts."""

import pytest

from agent.cli import main


@pytest.fixture
def pretended(tmp_path, monkeypatch):
    """An installed shell that only tells what it was started with, and a folder with an `app` of somebody else's in it."""
    for place, code in (("installed", 7), ("project", 9)):
        package = tmp_path / place / "app"
        package.mkdir(parents=True)
        (package / "__init__.py").touch()
        for module in ("__main__", "demo"):
            (package / f"{module}.py").write_text(
                f"import os, sys; os.write(1, str(sys.argv[1:]).encode()); sys.exit({code})"
            )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "installed"))
    monkeypatch.chdir(tmp_path / "project")


def test_without_a_verb_the_shell_opens_and_its_code_is_passed_on(pretended, capfd):
    assert main([]) == 7
    assert capfd.readouterr().out == "[]"


def test_the_demo_is_told_what_was_asked_for(pretended, capfd):
    assert main(["demo", "--seed", "3", "--tasks", "2"]) == 7
    assert capfd.readouterr().out == "['--seed', '3', '--tasks', '2']"


def test_help_names_every_verb(capsys):
    with pytest.raises(SystemExit, match="0"):
        main(["--help"])
    said = capsys.readouterr().out
    for verb in ("run", "demo", "practice", "models", "doctor", "report"):
        assert f"\n    {verb} " in said


@pytest.mark.parametrize("verb, words", [("run", "2 the run could not begin"), ("doctor", "0 Deskhand can run here")])
def test_exit_codes_are_in_a_verbs_help(capsys, verb, words):
    with pytest.raises(SystemExit, match="0"):
        main([verb, "--help"])
    assert words in " ".join(capsys.readouterr().out.split())


def test_a_verb_that_there_is_not_is_code_2(capsys):
    with pytest.raises(SystemExit, match="2"):
        main(["fly"])
    assert "fly" in capsys.readouterr().err


def test_what_a_verb_cannot_use_is_one_sentence_that_names_the_verb(capsys):
    assert main(["practice", "--count", "0"]) == 2
    assert capsys.readouterr().err == "deskhand practice: --count must be at least 1, not 0.\n"
