"""A run with a model on a server, as a person at a terminal meets it: consent, the key, and what is recorded."""

import io
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from model_server import MODEL, ModelServer, chunk, drops, texts

from agent.cli import main
from agent.commands.consent import agree
from agent.errors import InputError
from agent.mind import consent, key
from agent.mind.address import read_address
from agent.report import REPORT
from agent.store import RunFolder

ELSEWHERE = "openai:https://models.example/v1#m"
DONE = '<tool_call>\n{"name": "computer_use", "arguments": {"action": "terminate", "status": "success"}}\n</tool_call>'


@pytest.fixture(autouse=True)
def home(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("DESKHAND_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def server():
    served = ModelServer()
    yield served
    served.close()


def ran(server, *words):
    return main(["run", "x", "--model", f"openai:{server.url}#{MODEL}", "--dry-run", "--yes", *words])


def test_a_server_that_vanishes_costs_a_look_and_not_the_run(server, home, capsys):
    server.answers = [drops(chunk("I am")), texts("Done.\n", DONE)]
    assert ran(server) == 0
    assert f"127.0.0.1:{server.port} broke off in the middle of its reply); asking it again." in capsys.readouterr().out
    (folder,) = (home / "runs").iterdir()
    started, *events = RunFolder.read(folder)
    assert started.mind["chosen"].startswith(f"It thinks on this machine, at 127.0.0.1:{server.port}.")
    assert [event.kind for event in events].count("frame_taken") == 2
    assert f"127.0.0.1:{server.port}" in (folder / REPORT).read_text()


def test_a_server_that_keeps_vanishing_ends_the_run_in_one_sentence(server, capsys):
    server.answers = [drops(chunk("I am"))]
    assert ran(server) == 1
    assert "The model's server was lost 3 times in a row" in capsys.readouterr().out


def test_a_server_that_is_not_there_is_code_2(server, capsys):
    server.cards = [{"id": "other", "owned_by": "vllm"}]
    assert ran(server) == 2
    assert f"has no model {MODEL}: it has other." in capsys.readouterr().err


def test_no_file_of_a_run_holds_the_key(server, home, monkeypatch):
    monkeypatch.setattr(key, "key_for", None)
    monkeypatch.setattr("agent.mind.remote.key_for", lambda address: "sk-Tr0ub4dor")
    server.answers = [texts("Done.\n", DONE)]
    assert ran(server) == 0
    assert server.asked[0].headers["authorization"] == "Bearer sk-Tr0ub4dor"
    files = [path for path in home.rglob("*") if path.is_file()]
    assert files
    assert all(b"Tr0ub4dor" not in path.read_bytes() for path in files)


# ------------------------------------------------------------------------------------------------------------- consent


def test_consent_on_the_command_line_is_kept(capsys):
    agree(ELSEWHERE, "models.example")
    agree(ELSEWHERE, None)
    assert not consent.is_wanted(read_address(ELSEWHERE))
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    "model, host, words",
    [
        (ELSEWHERE, None, "Your screen leaves this machine"),
        (ELSEWHERE, "models.example:8000", "is not the host of this model: it is models.example"),
        ("nano", "models.example", "--consent belongs to a model on a server"),
    ],
)
def test_nobody_agrees_by_accident(model, host, words, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("yes\n"))  # a pipe is no person
    with pytest.raises(InputError, match=words):
        agree(model, host)
    assert consent.is_wanted(read_address(ELSEWHERE))


@pytest.mark.parametrize("answer, agreed", [(b"yes\n", True), (b"\n", False), (b"no\n", False)])
def test_a_person_is_asked_in_the_terminal(answer, agreed):
    person, terminal = os.openpty()
    command = [
        sys.executable,
        "-m",
        "agent.cli",
        "run",
        "x",
        "--model",
        ELSEWHERE.replace("https", "http"),
        "--dry-run",
    ]
    with subprocess.Popen(
        command, stdin=terminal, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        deadline = time.monotonic() + 20
        while process.poll() is None and time.monotonic() < deadline and consent.is_wanted(read_address(ELSEWHERE)):
            os.write(person, answer)  # what is typed before the question is thrown away
            time.sleep(0.2)
        process.terminate()
        said = process.stderr.read()
    os.close(person)
    os.close(terminal)
    assert "not encrypted" in said
    assert "Do you agree, from now on?" in said
    assert consent.is_wanted(read_address(ELSEWHERE)) is not agreed


# ----------------------------------------------------------------------------------------------------------------- key


@pytest.fixture
def kept(monkeypatch):
    kept = {}
    monkeypatch.setattr("agent.commands.key.keep_key", lambda host, text: kept.update({host: text}))
    return kept


@pytest.mark.parametrize("host", ["models.example", "openai:https://models.example/v1#m", "Models.Example:443"])
def test_a_key_comes_from_a_pipe_or_a_person_and_never_from_the_command_line(host, kept, monkeypatch, capsys):
    monkeypatch.setattr("sys.stdin", io.StringIO("sk-Tr0ub4dor\n"))
    assert main(["key", host]) == 0
    assert kept == {"models.example": "sk-Tr0ub4dor"}
    told = capsys.readouterr()
    assert "Tr0ub4dor" not in told.out + told.err
    assert main(["key", host, "--remove"]) == 0
    assert kept == {"models.example": ""}


@pytest.mark.parametrize("text", ["", "\n", "schlüssel\n", "a\x1bb\n"])
def test_what_is_no_key_is_not_kept(text, kept, monkeypatch, capsys):
    monkeypatch.setattr("sys.stdin", io.StringIO(text))
    assert main(["key", "models.example"]) == 2
    assert "That is no key" in capsys.readouterr().err
    assert kept == {}


def test_doctor_says_where_a_served_model_is_tried(capsys):
    assert main(["doctor", "--try", ELSEWHERE]) == 2
    assert "deskhand practice --model" in capsys.readouterr().err


def test_the_runner_asks_for_consent_too(capsys, monkeypatch):
    from agent.control import Control
    from agent.host import Host
    from agent.intents import StartRun

    host = Host(lambda: None)
    *_, ended = host.run(StartRun(task="x", model=ELSEWHERE, dry_run=True), Control())
    host.close()
    assert ended.never_began
    assert "--consent models.example" in ended.words
    assert json.dumps(ended.words)
    assert Path(consent.consents_file()).exists() is False
