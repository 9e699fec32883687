"""What the name of a served model says of where it is, and which names are none."""

import pytest

from agent.errors import InputError
from agent.mind.address import is_remote, read_address


@pytest.mark.parametrize(
    "name, url, model, host, encrypted, here",
    [
        ("openai:http://host:8000/v1#Qwen/Qwen3-VL-8B", "http://host:8000/v1", "Qwen/Qwen3-VL-8B", "host:8000", False, False),
        ("openai:https://Host/v1/#m", "https://Host/v1", "m", "host", True, False),
        ("openai:https://host:443/v1/chat/completions#m", "https://host:443/v1", "m", "host", True, False),
        ("openai:http://localhost:8000/v1", "http://localhost:8000/v1", "", "localhost:8000", False, True),
        ("openai:http://127.1.2.3/v1#m", "http://127.1.2.3/v1", "m", "127.1.2.3", False, True),
        ("openai:http://[::1]:8000/v1#m", "http://[::1]:8000/v1", "m", "[::1]:8000", False, True),
        ("openai:http://[2001:db8::1]/v1#m", "http://[2001:db8::1]/v1", "m", "[2001:db8::1]", False, False),
        ("openai:http://localhost.example/v1#m", "http://localhost.example/v1", "m", "localhost.example", False, False),
        ("openai:http://127.0.0.1.example/v1#m", "http://127.0.0.1.example/v1", "m", "127.0.0.1.example", False, False),
        ("openai:http://0.0.0.0/v1#m", "http://0.0.0.0/v1", "m", "0.0.0.0", False, False),
        ("openai:http://10.0.0.1/v1#m", "http://10.0.0.1/v1", "m", "10.0.0.1", False, False),
    ],
)  # fmt: skip
def test_what_an_address_says(name, url, model, host, encrypted, here):
    address = read_address(name)
    assert is_remote(name)
    assert (address.url, address.model, address.host) == (url, model, host)
    assert (address.encrypted, address.here) == (encrypted, here)


@pytest.mark.parametrize(
    "name",
    [
        "openai:",
        "openai:host:8000",
        "openai:ftp://host/v1",
        "openai:file:///etc/passwd",
        "openai:http:///v1#m",
        "openai:http://host:port/v1",
        "openai:http://host:99999/v1",
        "openai:http://[::1/v1",
        "openai:http://host/v1?key=abc#m",
        "openai:http://host /v1#m",
        "openai:http://ho\nst/v1#m",
    ],
)
def test_what_is_no_address_is_one_sentence(name):
    with pytest.raises(InputError, match="openai:http://host:8000/v1#Qwen/Qwen3-VL-8B-Instruct"):
        read_address(name)


def test_a_password_in_an_address_is_not_repeated():
    with pytest.raises(InputError, match="deskhand key HOST") as raised:
        read_address("openai:https://me:Tr0ub4dor@host/v1#m")
    assert "Tr0ub4dor" not in str(raised.value)


@pytest.mark.parametrize("name", ["nano", "Qwen/Qwen3-VL-4B-Instruct", "/models/openai:x", "scripted:x"])
def test_other_models_are_here(name):
    assert not is_remote(name)


def test_a_name_for_people():
    assert (
        read_address("openai:http://host:8000/v1#Qwen/Qwen3-VL-8B-Instruct").name == "Qwen3-VL-8B-Instruct at host:8000"
    )
    assert read_address("openai:http://host/v1").name == "model at host"
