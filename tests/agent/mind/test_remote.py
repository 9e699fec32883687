"""The mind on a server: what it asks, what it hears, and what it makes of servers that fail; all over real sockets."""

import json
import ssl
import subprocess
import sys
import time
import types
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from model_server import MODEL, ModelServer, chunk, drops, fails, hangs, hangs_up, page, streams, texts

from actions.errors import Stopped
from agent.errors import InputError, ModelError, ServerLost
from agent.mind import consent
from agent.mind.address import read_address
from agent.mind.base import Piece, Reply, ThinkOptions
from agent.mind.exchange import Patience
from agent.mind.key import SERVICE
from agent.mind.remote import RemoteMind
from agent.prompt import prompt

NEVER = lambda: False  # noqa: E731 - a name for a value
QUICK = Patience(connect=2, first=2, between=2, tries=3, pause=0.01)
CALL = '<tool_call>\n{"name": "computer_use", "arguments": {"action": "wait", "time": 1}}\n</tool_call>'
KEY = "sk-Tr0ub4dor"


@pytest.fixture
def server():
    served = ModelServer()
    yield served
    served.close()


@pytest.fixture
def keys(monkeypatch):
    """The keys of a keyring that is nobody's own, by host."""
    library, errors, held = types.ModuleType("keyring"), types.ModuleType("keyring.errors"), {}
    errors.KeyringError = type("KeyringError", (Exception,), {})
    errors.NoKeyringError = type("NoKeyringError", (errors.KeyringError,), {})
    library.get_password = lambda service, name: held.get(name) if service == SERVICE else "another program's"
    library.errors = errors
    monkeypatch.setitem(sys.modules, "keyring", library)
    monkeypatch.setitem(sys.modules, "keyring.errors", errors)
    return held


@pytest.fixture(autouse=True)
def nobody_has_agreed(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))


@pytest.fixture
def mind(server, keys):
    return mind_of(server)


def mind_of(server, model=MODEL, **patience):
    return RemoteMind(read_address(f"openai:{server.url}#{model}"), Patience(**(vars_of(QUICK) | patience)))


def vars_of(patience):
    return {name: getattr(patience, name) for name in Patience.__slots__}


def heard(mind, conversation, cancelled=NEVER, options=None):
    *pieces, reply = mind.think(conversation, options or ThinkOptions(), cancelled)
    assert isinstance(reply, Reply)
    assert all(isinstance(piece, Piece) for piece in pieces)
    return [piece.text for piece in pieces], reply


@pytest.fixture
def task(picture):
    return prompt("look", [], picture(1))


# ---------------------------------------------------------------------------------------------------- what is asked


def test_a_turn_is_asked_for_as_the_interface_has_it(server, mind, task):
    server.answers = [texts("I wait.\n", CALL)]
    info = mind.info()
    assert (info.device, info.offer, info.units) == (f"127.0.0.1:{server.port}", "all", "grid")
    assert info.chosen == f"It thinks on this machine, at 127.0.0.1:{server.port}. It reads 32768 tokens at most."
    pieces, reply = heard(mind, task)
    assert (pieces, reply.stop, reply.ids) == (["I wait.\n", CALL], "call", None)
    (asked,) = server.asked
    assert asked.path == "/v1/chat/completions"
    assert "authorization" not in asked.headers
    body = {name: value for name, value in asked.body.items() if name != "messages"}
    assert body == {
        "model": MODEL,
        "stream": True,
        "max_tokens": 512,
        "temperature": 0.0,
        "seed": 0,
        "stream_options": {"include_usage": True, "continuous_usage_stats": True},
        "mm_processor_kwargs": {"min_pixels": 65536, "max_pixels": 2048 * 1024},
    }


@pytest.mark.parametrize("owner", ["", "somebody"])
def test_a_server_that_is_not_known_is_asked_nothing_beyond_the_common_interface(server, mind, task, owner):
    server.cards = [{"id": MODEL, "owned_by": owner}]
    server.answers = [texts("x")]
    heard(mind, task, options=ThinkOptions(temperature=0.7))
    names = {"model", "messages", "stream", "max_tokens", "temperature", "seed", "top_p"}
    assert set(server.asked[0].body) == names


def test_tokens_read_and_known_from_before_are_told(server, mind, task):
    usage = {"prompt_tokens": 900, "completion_tokens": 3, "prompt_tokens_details": {"cached_tokens": 700}}
    server.answers = [texts("x", usage=usage)]
    _, reply = heard(mind, task)
    assert (reply.prompt_tokens, reply.cached_tokens) == (900, 700)
    assert set(reply.seconds) == {"encode", "prefill", "decode"}


def test_a_server_without_a_list_is_taken_at_its_name(server, mind, task):
    server.cards, server.answers = None, [texts("x")]
    assert heard(mind, task)[1].text == "x"
    assert server.asked[0].body["model"] == MODEL


def test_the_only_model_needs_no_name_and_others_do(server, keys):
    assert mind_of(server, "").info().model.endswith(f"#{MODEL}")
    server.cards.append({"id": "other", "owned_by": "vllm"})
    with pytest.raises(InputError, match=f"it has {MODEL}, other"):
        mind_of(server, "").info()
    with pytest.raises(InputError, match="has no model third: it has"):
        mind_of(server, "third").info()


# ---------------------------------------------------------------------------------------------------- what is heard


def test_a_thought_that_is_told_apart_becomes_one_with_its_end(server, mind, task):
    thought = [chunk(reasoning_content="I see"), chunk(reasoning=" it.\n")]
    server.answers = [streams(*thought, chunk("\n\nDone."), chunk(reason="stop")), texts("x")]
    pieces, reply = heard(mind, task)
    assert reply.text == "".join(pieces) == "I see it.\n</think>\n\nDone."
    heard(mind, task)
    assert server.asked[1].body["max_tokens"] == 512 + 2048  # it has been seen to think


def test_a_call_that_the_server_took_apart_is_put_together(server, mind, task):
    parts = [
        chunk("I wait."),
        chunk(tool_calls=[{"index": 0, "function": {"name": "computer_use", "arguments": '{"action": '}}]),
        chunk(tool_calls=[{"index": 0, "function": {"arguments": '"wait", "time": 1}'}}]),
    ]
    server.answers = [streams(*parts, chunk(reason="tool_calls"))]
    pieces, reply = heard(mind, task)
    assert reply.text == "".join(pieces) == f"I wait.\n{CALL}"
    assert reply.stop == "call"


def test_a_turn_ends_with_its_calls_and_the_server_is_let_go(server, mind, task):
    server.answers = [hangs(*map(chunk, (CALL[:30], CALL[30:] + "\n", CALL, "\n", "And now I", " ramble")))]
    pieces, reply = heard(mind, task)
    assert reply.text == "".join(pieces) == f"{CALL}\n{CALL}"
    assert reply.stop == "call"
    server.gone.get(timeout=5)


@pytest.mark.parametrize(
    "answer, stop",
    [
        (texts("a", "b", reason="length"), "length"),
        (texts(*(f"{n} " for n in range(600))), "length"),
        (texts(*["again "] * 200), "repeated"),
        (texts("bye"), "end"),
    ],
)
def test_why_a_turn_ends(server, mind, task, answer, stop):
    server.answers = [answer]
    assert heard(mind, task)[1].stop == stop


# ------------------------------------------------------------------------------------------------- cancel and timeouts


@pytest.mark.parametrize("parts", [[], [chunk("I am")]])
def test_cancel_closes_the_stream_at_once(server, mind, task, parts):
    server.answers = [hangs(*parts)]
    mind.info()
    start = time.monotonic()
    _, reply = heard(mind, task, lambda: time.monotonic() > start + 0.3)
    assert time.monotonic() < start + 1
    assert (reply.stop, reply.text) == ("cancelled", "I am" if parts else "")
    server.gone.get(timeout=1)


def test_a_listener_who_goes_away_closes_the_stream(server, mind, task):
    server.answers = [hangs(chunk("I am"))]
    speaking = mind.think(task, ThinkOptions(), NEVER)
    assert next(speaking) == Piece("I am")
    speaking.close()
    server.gone.get(timeout=1)


def test_cancelled_before_it_begins(server, mind, task):
    with pytest.raises(Stopped):
        mind.info(lambda: True)
    mind.info()
    assert heard(mind, task, lambda: True)[1].stop == "cancelled"
    assert server.asked == []


@pytest.mark.parametrize("parts", [[], [chunk("", role="assistant")], [chunk("I am")]])
def test_silence_ends_by_itself(server, keys, task, parts):
    server.answers = [hangs(*parts)]
    with pytest.raises(ServerLost, match=r"said nothing for 0\.[24] seconds"):
        heard(mind_of(server, first=0.2, between=0.4), task)
    server.gone.get(timeout=1)


# ---------------------------------------------------------------------------------------------------------- faults


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_what_may_pass_is_tried_again(server, mind, task, status):
    server.answers = [fails(status), fails(status), texts("x")]
    assert heard(mind, task)[1].text == "x"
    assert len(server.asked) == 3


@pytest.mark.parametrize("fault", [hangs_up, drops(), drops(chunked=True)])
def test_a_connection_that_breaks_before_anything_is_said_is_tried_again(server, mind, task, fault):
    server.answers = [fault, texts("x")]
    assert heard(mind, task)[1].text == "x"


@pytest.mark.parametrize("chunked", [False, True])
def test_nothing_is_tried_again_once_something_was_told(server, mind, task, chunked):
    server.answers = [drops(chunk("I am"), chunked=chunked)]
    speaking = mind.think(task, ThinkOptions(), NEVER)
    assert next(speaking) == Piece("I am")
    with pytest.raises(ServerLost, match="broke off in the middle of its reply"):
        next(speaking)
    assert len(server.asked) == 1


def test_enough_is_enough(server, mind, task):
    server.answers = [fails(503, {"error": {"message": "loading"}})]
    with pytest.raises(ServerLost, match=r"is busy \(503\): loading"):
        heard(mind, task)
    assert len(server.asked) == QUICK.tries


def test_a_server_says_how_long_to_wait(server, mind, task):
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=2))
    server.answers = [fails(429, Retry_After="0.3"), fails(429, Retry_After=date), texts("x")]
    start = time.monotonic()
    assert heard(mind, task)[1].text == "x"
    assert time.monotonic() - start > 0.8
    server.answers = [fails(429, Retry_After="3600")]
    with pytest.raises(ModelError, match="asks to be left alone for 3600 seconds"):
        heard(mind, task)


def test_waiting_to_try_again_is_broken_off_too(server, mind, task):
    server.answers = [fails(429, Retry_After="60")]
    mind.info()
    start = time.monotonic()
    assert heard(mind, task, lambda: time.monotonic() > start + 0.2)[1].stop == "cancelled"
    assert time.monotonic() < start + 1


@pytest.mark.parametrize(
    "answer, words",
    [
        (page(), "answers with text/html instead of a reply: check the address."),
        (page(404), r"no such interface at http://127.* \(404\): it mostly ends with /v1."),
        (fails(404, {"error": {"message": "The model does not exist."}}), r"\(404\): The model does not exist."),
        (fails(400, {"error": {"message": "too\nlong"}}), r"refuses the request \(400\): too long"),
        (fails(422, {"detail": [{"msg": "Unexpected field"}]}), r"refuses the request \(422\): Unexpected field"),
        (fails(302, Location="http://elsewhere/"), "sends elsewhere"),
        (fails(401), r"wants a key \(401\): save it with `deskhand key 127.0.0.1:\d+`"),
        (fails(200, {"object": "error", "message": "no stream"}), "no stream"),
        (streams(b"<<<"), "no part of a reply: “<<<”"),
        (streams(b'{"choices": "none"}'), "no part of a reply"),
        (streams({"error": {"message": "out of memory"}}), "reports an error: out of memory"),
        (streams({"error": "it broke"}), "reports an error: it broke"),
        (lambda handler: (handler.open(), handler.wfile.write(b"hello\n")), "no part of a reply: “hello”"),
        (lambda handler: (handler.open(), handler.wfile.write(b"x" * 1_100_000)), "more than any reply can be"),
        (lambda handler: handler.wfile.write(b"SSH-2.0-OpenSSH_9.6\r\n\r\n"), "does not speak http"),
    ],
)
def test_what_is_no_answer_is_one_sentence(server, mind, task, answer, words):
    server.answers = [answer]
    with pytest.raises(ModelError, match=words) as raised:
        heard(mind, task)
    assert not isinstance(raised.value, ServerLost)
    assert len(server.asked) == 1
    assert "\n" not in str(raised.value)


def test_what_is_no_list_of_models_is_one_sentence(server, mind):
    server.cards = [{"name": "x"}]
    with pytest.raises(ModelError, match="no list of models"):
        mind.info()


def test_a_server_that_is_not_there(server, mind, task):
    server.answers = [texts("x")]
    mind.info()
    server.close()
    with pytest.raises(ServerLost, match=r"cannot be reached \(Connection refused\)"):
        heard(mind, task)
    with pytest.raises(ModelError, match="cannot be reached") as raised:
        mind.info()
    assert not isinstance(raised.value, ServerLost)


def test_a_name_that_nobody_has(keys):
    consent.consent("no-such-host.invalid")
    with pytest.raises(ModelError, match=r"no-such-host.invalid cannot be reached \(\w+"):
        RemoteMind(read_address("openai:https://no-such-host.invalid/v1#m"), QUICK).info()


def test_a_server_that_comes_back_is_found(server, mind, task):
    server.answers = [drops(chunk("I am")), texts("x")]
    with pytest.raises(ServerLost):
        heard(mind, task)
    assert heard(mind, task)[1].text == "x"


# -------------------------------------------------------------------------------------------------- keys, TLS, consent


def test_the_key_goes_to_its_host_and_nowhere_else(server, keys, task, caplog):
    caplog.set_level("DEBUG")
    keys[f"127.0.0.1:{server.port}"] = KEY
    server.answers = [texts("x"), fails(400, {"error": {"message": f"bad key {KEY}"}}), fails(401)]
    mind = mind_of(server)
    assert KEY not in repr(mind.info())
    heard(mind, task)
    assert server.asked[0].headers["authorization"] == f"Bearer {KEY}"
    for words in ("bad key …", "does not accept its key"):
        with pytest.raises(ModelError, match=words) as raised:
            heard(mind, task)
        assert KEY not in str(raised.value)
    assert KEY not in caplog.text


def test_a_key_never_travels_in_the_open(keys):
    consent.consent("models.example:8000")
    keys["models.example:8000"] = KEY
    with pytest.raises(ModelError, match="would travel unencrypted"):
        RemoteMind(read_address("openai:http://models.example:8000/v1#m"), QUICK).info()


def test_a_certificate_that_nobody_vouches_for_is_refused(keys, task, tmp_path):
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=127.0.0.1"]
    subprocess.run([*made, "-keyout", tmp_path / "k", "-out", tmp_path / "c"], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "c", tmp_path / "k")
    served = ModelServer(context)
    try:
        with pytest.raises(ModelError, match=r"The certificate of 127.0.0.1:\d+ cannot be verified: self.signed"):
            mind_of(served).info()
    finally:
        served.close()


def test_https_where_only_http_is_spoken(server, keys):
    server.url = server.url.replace("http:", "https:")
    with pytest.raises(ModelError, match="does not speak https"):
        mind_of(server).info()


def test_nothing_goes_to_another_machine_before_the_person_agreed(keys, task):
    mind = RemoteMind(read_address("openai:https://models.example/v1#m"), QUICK)
    for ask in (mind.info, lambda: heard(mind, task)):
        with pytest.raises(InputError, match=r"Your screen leaves this machine: .* --consent models.example\.$"):
            ask()


def test_what_goes_to_this_machine_goes_through_no_proxy(server, mind, task, monkeypatch):
    for name in ("HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    server.answers = [texts("x")]
    assert heard(mind, task)[1].text == "x"


def test_a_folder_of_this_machine_says_how_its_model_speaks(server, keys):
    nano = Path(__file__).parents[3] / "assets/models/nano"
    server.cards = []
    info = mind_of(server, nano).info()
    assert (info.offer, info.capture) == ("published", json.loads((nano / "deskhand.json").read_text())["capture"])
