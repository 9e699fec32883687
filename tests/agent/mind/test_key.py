"""Keys of servers lie in the keyring, apart from the secrets that a model may have typed."""

import sys
from types import ModuleType

import pytest

from actions.secret import SERVICE as SECRETS
from agent.errors import InputError, ModelError
from agent.mind.address import read_address
from agent.mind.key import SERVICE, keep_key, key_for

HOST = read_address("openai:https://models.example/v1#m")


@pytest.fixture
def ring(monkeypatch):
    """A keyring that is nobody's own; `fault` is raised where there is one."""
    library, errors = ModuleType("keyring"), ModuleType("keyring.errors")
    errors.KeyringError = type("KeyringError", (Exception,), {})
    errors.NoKeyringError = type("NoKeyringError", (errors.KeyringError,), {})
    errors.PasswordDeleteError = type("PasswordDeleteError", (errors.KeyringError,), {})
    held: dict = {}

    def at(service, host):
        if library.fault:
            raise getattr(errors, library.fault)("trouble")
        return service, host

    def delete(service, host):
        if held.pop(at(service, host), None) is None:
            raise errors.PasswordDeleteError("none")

    library.fault, library.held, library.errors = "", held, errors
    library.get_password = lambda service, host: held.get(at(service, host))
    library.set_password = lambda service, host, key: held.update({at(service, host): key})
    library.delete_password = delete
    monkeypatch.setitem(sys.modules, "keyring", library)
    monkeypatch.setitem(sys.modules, "keyring.errors", errors)
    return library


def test_a_key_is_kept_found_and_removed(ring):
    assert key_for(HOST) == ""
    keep_key("models.example", "abc")
    assert key_for(HOST) == "abc"
    keep_key("models.example", "")
    assert key_for(HOST) == ""
    with pytest.raises(InputError, match=r"has no key of models\.example"):
        keep_key("models.example", "")


def test_no_secret_that_a_model_may_type_is_a_key(ring):
    keep_key("models.example", "abc")
    assert SERVICE != SECRETS
    assert {service for service, _ in ring.held} == {SERVICE}


@pytest.mark.parametrize("url, fine", [("http://127.0.0.1/v1", True), ("http://models.example/v1", False)])
def test_a_key_goes_unencrypted_to_this_machine_only(ring, url, fine):
    address = read_address(f"openai:{url}#m")
    keep_key(address.host, "abc")
    if fine:
        assert key_for(address) == "abc"
    else:
        with pytest.raises(ModelError, match="would travel unencrypted"):
            key_for(address)


def test_no_keyring_is_no_key_and_a_locked_one_is_said(ring, monkeypatch):
    ring.fault = "NoKeyringError"
    assert key_for(HOST) == ""
    with pytest.raises(InputError, match="has no keyring"):
        keep_key("models.example", "abc")
    ring.fault = "KeyringError"
    with pytest.raises(ModelError, match="unlock it"):
        key_for(HOST)
    with pytest.raises(InputError, match="unlock it"):
        keep_key("models.example", "abc")
    monkeypatch.setitem(sys.modules, "keyring", None)
    assert key_for(HOST) == ""
    with pytest.raises(InputError, match="“keyring”"):
        keep_key("models.example", "abc")
