"""Owns what the tests of models share: a hub on this machine with a tiny model on it, and waits that are short."""

import importlib.util
import sys
from pathlib import Path

import pytest

from agent.mind.tiny import build_tiny

_SPEC = importlib.util.spec_from_file_location("hub_of_tests", Path(__file__).with_name("hub.py"))
hub_of_tests = importlib.util.module_from_spec(_SPEC)
sys.modules["hub_of_tests"] = hub_of_tests
_SPEC.loader.exec_module(hub_of_tests)

NAME = "owner/Qwen3-VL-tiny"


@pytest.fixture(scope="session")
def tiny_files(tmp_path_factory):
    """The files of a tiny checkpoint."""
    folder = build_tiny(tmp_path_factory.mktemp("published") / "tiny")
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


@pytest.fixture
def hub(tiny_files, monkeypatch, tmp_path):
    """A hub that has the tiny model, asked instead of the real ones; what is fetched goes to a folder of the test."""
    with hub_of_tests.Server({NAME: {**tiny_files, "README.md": b"words", "training.bin": b"pickle"}}) as hub:
        for name in ("HF_ENDPOINT", "MODELSCOPE_ENDPOINT"):
            monkeypatch.setenv(name, hub.url)
        monkeypatch.setenv("DESKHAND_HOME", str(tmp_path / "home"))
        monkeypatch.setenv("HF_HUB_OFFLINE", "0")
        monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
        monkeypatch.setenv("HF_TOKEN", "secret-token")
        for module in ("fetch", "web"):
            monkeypatch.setattr(f"agent.mind.models.{module}.WAITS", (0.01, 0.01, 0.01))
        yield hub
