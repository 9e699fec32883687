"""Asking a real D-Bus daemon, and one that does not answer, lies or is not there."""

import os
import socket
import struct
import threading
import time

import pytest

from actions.backends.bus import BUS, BUS_PATH, PATIENCE, Bus, call, socket_path

SAVER = ("org.gnome.ScreenSaver", "/org/gnome/ScreenSaver")


@pytest.fixture
def bus(dbus):
    bus = Bus(dbus.address)
    yield bus
    bus.close()
    bus.close()


@pytest.mark.parametrize("active", [True, False])
def test_yes_and_no_are_told(dbus, bus, active):
    dbus.saver(*SAVER, active=active)
    assert bus.ask(*SAVER, "org.gnome.ScreenSaver.GetActive") == active
    assert bus.ask(*SAVER, "org.gnome.ScreenSaver.GetActive") == active


def test_numbers_are_told_and_strings_are_sent(dbus, bus):
    process = dbus.saver(*SAVER, active=False)
    assert bus.ask(BUS, BUS_PATH, f"{BUS}.GetConnectionUnixProcessID", SAVER[0]) == process.pid


def test_what_is_no_yes_or_no_is_nothing(dbus, bus):
    dbus.saver(*SAVER, active=True)
    assert bus.ask(*SAVER, "org.gnome.ScreenSaver.NoSuchMethod") is None
    assert bus.ask("org.nobody", "/org/nobody", "org.nobody.GetActive") is None
    assert bus.ask(BUS, BUS_PATH, f"{BUS}.GetId") is None
    assert bus.ask(*SAVER, "org.gnome.ScreenSaver.GetActive") == 1


def test_a_service_that_takes_its_time_is_not_waited_for(dbus, bus):
    dbus.saver(*SAVER, active=True, pause=1.0)
    began = time.monotonic()
    assert bus.ask(*SAVER, "org.gnome.ScreenSaver.GetActive") is None
    assert time.monotonic() - began < 4 * PATIENCE
    began = time.monotonic()
    assert [bus.ask(*SAVER, "org.gnome.ScreenSaver.GetActive") for _ in range(20)] == [None] * 20
    assert time.monotonic() - began < PATIENCE


@pytest.mark.parametrize("address", ["unix:path=/no/such/bus", "tcp:host=localhost,port=1", "", "nonsense"])
def test_no_bus_is_no_answer(address):
    assert Bus(address).ask(*SAVER, "org.gnome.ScreenSaver.GetActive") is None


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"REJECTED EXTERNAL\r\n",
        b"OK 1234\r\n" + b"\xff" * 64,
        b"OK 1234\r\n" + struct.pack("<4BIII", ord("l"), 2, 0, 1, 0xFFFFFFFF, 1, 0),
    ],
)
def test_a_bus_that_talks_nonsense_is_no_answer(tmp_path, said):
    path = str(tmp_path / "bus")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(path)
        server.listen()

        def talk() -> None:
            link, _ = server.accept()
            with link:
                link.sendall(said)
                link.recv(4096)

        thread = threading.Thread(target=talk)
        thread.start()
        assert Bus(f"unix:path={path}").ask(*SAVER, "org.gnome.ScreenSaver.GetActive") is None
        thread.join(5)


@pytest.mark.parametrize(
    "address, path",
    [
        ("unix:path=/run/user/1/bus", "/run/user/1/bus"),
        ("tcp:host=a;unix:path=/b,guid=c", "/b"),
        ("unix:abstract=/tmp/x%20y", "\0/tmp/x y"),
    ],
)
def test_addresses_are_read(address, path):
    assert socket_path(address) == path


def test_a_call_starts_no_service_and_is_aligned():
    message = call(7, "a.b", "/a/b", "a.b.Ask", ("one", "two"))
    order, kind, flags, version, body, serial, fields = struct.unpack_from("<4BIII", message)
    assert (chr(order), kind, flags, version, serial) == ("l", 1, 2, 1, 7)
    assert len(message) == 16 + fields + -fields % 8 + body
    assert message.endswith(b"\3\0\0\0one\0\3\0\0\0two\0")


def test_the_persons_own_bus_is_asked(monkeypatch):
    from actions.backends.bus import session_address

    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/x")
    assert session_address() == "unix:path=/x"
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS")
    assert session_address() == f"unix:path=/run/user/{os.getuid()}/bus"
