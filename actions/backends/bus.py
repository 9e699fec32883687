"""Owns asking D-Bus one thing: a method that answers yes, no or a number, within a twentieth of a second, or not at all.

The wire is that of the D-Bus specification (dbus.freedesktop.org/doc/dbus-specification.html: authentication, message
format). No service is started by asking.
"""

from __future__ import annotations

import contextlib
import os
import socket
import struct
import sys
import time
from collections.abc import Iterator
from typing import Final
from urllib.parse import unquote

BUS: Final = "org.freedesktop.DBus"
"""The bus itself, among its services."""
BUS_PATH: Final = "/org/freedesktop/DBus"
PATIENCE: Final = 0.05
"""Seconds that a bus gets for one answer."""
_AGAIN: Final = 5.0
"""Seconds for which a bus that was too slow, or not there, is left alone."""
_CALL, _RETURN, _ERROR, _NO_AUTO_START = 1, 2, 3, 2
_PATH, _INTERFACE, _MEMBER, _REPLY_SERIAL, _DESTINATION, _SIGNATURE = 1, 2, 3, 5, 6, 8
_MOST = 1 << 20
"""Bytes of an answer; yes and no need few."""


class Bus:
    """A connection that is made at the first question.

    Args:
        address: of the bus, as in DBUS_SESSION_BUS_ADDRESS.
    """

    def __init__(self, address: str) -> None:
        self._address = address
        self._socket: socket.socket | None = None
        self._serial = 0
        self._rest_until = float("-inf")

    def ask(self, service: str, path: str, method: str, *words: str) -> int | None:
        """What a method says, called with these strings (1 for yes, 0 for no); None where nobody says so in time.

        Args:
            service: the name on the bus.
            path: of the object.
            method: with its interface.
            words: its arguments.
        """
        if time.monotonic() < self._rest_until:
            return None
        end = time.monotonic() + PATIENCE
        try:
            link = self._socket or self._connected(end)
            self._serial += 1
            link.sendall(call(self._serial, service, path, method, words))
            return self._answer(link, end)
        except (OSError, ValueError, struct.error):
            self.close()
            self._rest_until = time.monotonic() + _AGAIN
            return None

    def close(self) -> None:
        """Let the connection go; safe to call twice."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _connected(self, end: float) -> socket.socket:
        link = _socket()
        try:
            link.settimeout(max(0.001, end - time.monotonic()))
            link.connect(socket_path(self._address))
            who = str(_user()).encode().hex()
            link.sendall(b"\0AUTH EXTERNAL " + who.encode() + b"\r\n")
            if not _line(link, end).startswith(b"OK"):
                raise ValueError("the bus does not let us in")
            link.sendall(b"BEGIN\r\n")
            self._serial += 1
            link.sendall(call(self._serial, BUS, BUS_PATH, f"{BUS}.Hello"))
            self._answer(link, end)
        except (OSError, ValueError, struct.error):
            link.close()
            raise
        self._socket = link
        return link

    def _answer(self, link: socket.socket, end: float) -> int | None:
        while True:
            head = _exactly(link, 16, end)
            order = "<" if head[:1] == b"l" else ">"
            body, fields = struct.unpack(f"{order}4xI4xI", head)
            if body + fields > _MOST:
                raise ValueError("an answer that long is none")
            rest = _exactly(link, fields + -fields % 8 + body, end)
            told = _fields(order, rest[:fields])
            if head[1] in {_RETURN, _ERROR} and told.get(_REPLY_SERIAL) == self._serial:
                kind = "" if head[1] == _ERROR else str(told.get(_SIGNATURE, ""))
                return _number(order, kind, rest[len(rest) - body :])


def _socket() -> socket.socket:
    if sys.platform == "win32":
        raise OSError("there is no bus on Windows")
    else:  # noqa: RET506 - else mypy calls it unreachable there
        return socket.socket(socket.AF_UNIX)


def _user() -> int:
    if sys.platform == "win32":
        return 0
    else:  # noqa: RET505 - as above
        return os.getuid()


def session_address() -> str:
    """Where the person's own bus is."""
    return os.environ.get("DBUS_SESSION_BUS_ADDRESS") or f"unix:path=/run/user/{_user()}/bus"


def socket_path(address: str) -> str:
    """The socket of the first address that has one; an abstract one begins with a zero byte.

    Raises:
        ValueError: it is reached in another way.
    """
    for one in address.split(";"):
        kind, _, rest = one.partition(":")
        pairs = dict(pair.partition("=")[::2] for pair in rest.split(","))
        if kind == "unix" and "path" in pairs:
            return unquote(pairs["path"])
        if kind == "unix" and "abstract" in pairs:
            return "\0" + unquote(pairs["abstract"])
    raise ValueError(f"no socket in {address!r}")


def call(serial: int, service: str, path: str, method: str, words: tuple[str, ...] = ()) -> bytes:
    """The bytes of a call of a method with strings."""
    interface, _, member = method.rpartition(".")
    body = b""
    for word in words:
        body += bytes(-len(body) % 4) + _string(word)
    fields = b""
    named = [(_PATH, "o", path), (_INTERFACE, "s", interface), (_MEMBER, "s", member), (_DESTINATION, "s", service)]
    for code, kind, value in named:
        fields += bytes(-len(fields) % 8) + bytes((code, 1, ord(kind), 0)) + _string(value)
    if words:
        fields += bytes(-len(fields) % 8) + bytes((_SIGNATURE, 1, ord("g"), 0, len(words))) + b"s" * len(words) + b"\0"
    head = struct.pack("<4BIII", ord("l"), _CALL, _NO_AUTO_START, 1, len(body), serial, len(fields))
    return head + fields + bytes(-len(fields) % 8) + body


def _string(value: str) -> bytes:
    raw = value.encode()
    return struct.pack("<I", len(raw)) + raw + b"\0"


def _fields(order: str, raw: bytes) -> dict[int, int | str]:
    """A message's header fields, as far as they are known."""
    return dict(_walk(order, raw))


def _walk(order: str, raw: bytes) -> Iterator[tuple[int, int | str]]:
    at = 0
    while at < len(raw):
        at += -at % 8
        code, kind = raw[at], chr(raw[at + 2])
        at += 4
        if kind == "g":
            size = raw[at]
            yield code, raw[at + 1 : at + 1 + size].decode()
            at += size + 2
        elif kind == "u":
            (number,) = struct.unpack_from(f"{order}I", raw, at)
            yield code, int(number)
            at += 4
        elif kind in "so":
            (size,) = struct.unpack_from(f"{order}I", raw, at)
            yield code, raw[at + 4 : at + 4 + size].decode()
            at += size + 5
        else:
            raise ValueError(f"a header field of kind {kind}")


def _number(order: str, signature: str, body: bytes) -> int | None:
    if signature not in {"b", "u"}:
        return None
    (answer,) = struct.unpack_from(f"{order}I", body)
    return int(answer)


def _exactly(link: socket.socket, size: int, end: float) -> bytes:
    read = b""
    while len(read) < size:
        link.settimeout(max(0.001, end - time.monotonic()))
        if time.monotonic() > end or not (part := link.recv(size - len(read))):
            raise TimeoutError("the bus does not answer")
        read += part
    return read


def _line(link: socket.socket, end: float) -> bytes:
    line = b""
    with contextlib.suppress(TimeoutError):
        while not line.endswith(b"\r\n"):
            line += _exactly(link, 1, end)
    return line
