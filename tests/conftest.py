"""Owns what every test stands on: a private screen, private folders, and checks that a test leaves nothing behind.

A test fails when it leaves a thread, a child process, a running QThread or QTimer or a top-level window behind, when it
logs a warning nobody asked for (a test that takes `caplog` looks for itself), or when Qt warns (pytest-qt's setting).
"""

from __future__ import annotations

import gc
import logging
import os
import shutil
import sys
import threading
import time
from collections.abc import Iterator
from types import ModuleType

import psutil
import pytest

# Before anything imports Qt or the hub's library: tests draw off screen, and look nothing up outside.
os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["PYTHONFAULTHANDLER"] = "1"
for _name in ("DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY"):
    os.environ.pop(_name, None)  # nobody's own screen, mouse or keyboard is touched by a test

# Made once by a library and meant to live as long as the process.
_LASTING_THREADS = ("pytest_timeout", "tqdm", "TMonitor")
_LASTING_PROCESSES = ("multiprocessing.resource_tracker", "multiprocessing.forkserver")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what needs a GPU where there is none."""
    if shutil.which("nvidia-smi") is None:
        for item in items:
            if item.get_closest_marker("gpu"):
                item.add_marker(pytest.mark.skip(reason="needs an NVIDIA GPU"))


@pytest.fixture(scope="session")
def screen() -> Iterator[dict[str, str]]:
    """The environment of a private 1920x1080 screen with a window manager, for child processes; shared by a session."""
    from agent.virtual_screen import VirtualScreen

    with VirtualScreen(1920, 1080) as env:
        # What runs on it shows real windows there, so Qt must not draw off screen.
        yield {**env, "QT_QPA_PLATFORM": "xcb"}


@pytest.fixture(scope="session", autouse=True)
def private_folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Settings, data and runs of tests go to a folder of their own, never to the person's."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("CONFIG", "DATA", "STATE", "CACHE"):
            patch.setenv(f"XDG_{name}_HOME", str(home / name.lower()))
        yield


@pytest.fixture
def keyring(monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    """The secrets of a keyring that is nobody's own, by name; what is callable is called for its text."""
    library, errors = ModuleType("keyring"), ModuleType("keyring.errors")
    errors.KeyringError = type("KeyringError", (Exception,), {})
    errors.NoKeyringError = type("NoKeyringError", (errors.KeyringError, RuntimeError), {})
    held: dict[str, object] = {}

    def get_password(service: str, name: str) -> object:
        found = held.get(name) if service == "deskhand" else "another program's"
        return found() if callable(found) else found

    library.get_password, library.errors = get_password, errors
    monkeypatch.setitem(sys.modules, "keyring", library)
    monkeypatch.setitem(sys.modules, "keyring.errors", errors)
    return held


@pytest.fixture(scope="module", autouse=True)
def what_came_before_is_not_looked_through() -> None:
    """Leave out of the searches below what modules of tests before this one keep alive: torch and models are a million objects."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def nothing_outlives_its_test(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test that leaves a thread, a child process, a timer or a window behind."""
    threads, children = set(threading.enumerate()), _children()
    windows = _top_level_widgets()
    yield
    if "PySide6.QtWidgets" in sys.modules:
        left = _gone(lambda: _left_in_qt(request, windows))
        assert not left, f"Qt objects outlive the test: {left}"
    left_threads = _gone(lambda: {t for t in set(threading.enumerate()) - threads if not _lasting(t)})
    assert not left_threads, f"threads outlive the test: {left_threads}"
    left_children = _gone(lambda: _children() - children)
    assert not left_children, f"child processes outlive the test: {left_children}"


@pytest.fixture(autouse=True)
def no_unexpected_warnings_logged(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test during which a warning or worse is logged, unless it takes `caplog` and so looks for itself."""
    if "caplog" in request.fixturenames:
        yield
        return
    records: list[str] = []
    handler = logging.Handler(logging.WARNING)
    handler.emit = lambda record: records.append(f"{record.name}: {record.getMessage()}")  # type: ignore[method-assign]
    # transformers hands its records on to the root only where CI is set; here they are seen everywhere.
    loggers = [
        each for each in map(logging.getLogger, (None, "transformers")) if each is logging.root or not each.propagate
    ]
    for each in loggers:
        each.addHandler(handler)
    yield
    for each in loggers:
        each.removeHandler(handler)
    assert not records, f"logged unexpectedly: {records}"


def _gone(rest, patience: float = 3.0):
    """What `rest()` still returns when it has had time to end by itself."""
    deadline = time.monotonic() + patience
    while (left := rest()) and time.monotonic() < deadline:
        time.sleep(0.02)
    return left


def _lasting(thread: threading.Thread) -> bool:
    # A dummy stands for a thread that Python did not start, for as long as the process lives.
    return isinstance(thread, threading._DummyThread) or any(name in repr(thread) for name in _LASTING_THREADS)


def _children() -> set[psutil.Process]:
    return {child for child in psutil.Process().children(recursive=True) if not _lasting_process(child)}


def _lasting_process(process: psutil.Process) -> bool:
    try:
        command = " ".join(process.cmdline())
        return process.status() == psutil.STATUS_ZOMBIE or any(name in command for name in _LASTING_PROCESSES)
    except psutil.NoSuchProcess:
        return True


def _left_in_qt(request: pytest.FixtureRequest, windows: set[str]) -> list[str]:
    """Windows that were not there before, and what still runs, once Qt has deleted what was told to go."""
    from PySide6.QtCore import QCoreApplication, QEvent

    if app := QCoreApplication.instance():
        app.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        app.processEvents()
        gc.collect()
    return sorted(_top_level_widgets() - windows) + _running_qt_objects(request)


def _top_level_widgets() -> set[str]:
    if "PySide6.QtWidgets" not in sys.modules:
        return set()
    from PySide6.QtWidgets import QApplication

    if not isinstance(QApplication.instance(), QApplication):
        return set()
    return {f"{type(widget).__name__} {id(widget):x}" for widget in QApplication.topLevelWidgets()}


def _running_qt_objects(request: pytest.FixtureRequest) -> list[str]:
    if not {"qtbot", "qapp"} & set(request.fixturenames):
        return []
    import shiboken6
    from PySide6.QtCore import QThread, QTimer

    # By type(), not isinstance(): the latter asks `__class__` of every lazy stand-in that lives in the process.
    alive = [o for o in gc.get_objects() if issubclass(type(o), QThread | QTimer) and shiboken6.isValid(o)]
    running = [o for o in alive if (o.isRunning() if isinstance(o, QThread) else o.isActive())]
    return [f"{o!r} of {o.parent()!r}" for o in running]
