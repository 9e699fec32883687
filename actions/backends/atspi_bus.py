"""Owns asking programs over the accessibility bus of Linux, many questions at once and never longer than agreed.

The interfaces are those of AT-SPI2 (gitlab.gnome.org/GNOME/at-spi2-core, `xml/`); jeepney speaks D-Bus.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from jeepney import DBusAddress, DBusErrorResponse, HeaderFields, Message, MessageType, Properties, new_method_call
from jeepney.io.blocking import DBusConnection, open_dbus_connection

from actions.errors import CaptureError

A11Y: Final = "org.a11y.atspi."
_STATUS: Final = DBusAddress("/org/a11y/bus", "org.a11y.Bus", "org.a11y.Status")
_LAUNCHER: Final = DBusAddress("/org/a11y/bus", "org.a11y.Bus", "org.a11y.Bus")
_DAEMON: Final = DBusAddress("/org/freedesktop/DBus", "org.freedesktop.DBus", "org.freedesktop.DBus")
_PATIENCE: Final = 2.0
"""Seconds that the person's own bus gets to name the accessibility bus, which it may have to start."""
_IN_FLIGHT: Final = 64
"""So many questions wait for their answers at a time: a program that reads slowly must not fill the socket."""
_TROUBLE: Final = (OSError, ValueError, EOFError, DBusErrorResponse)


@dataclass(frozen=True, slots=True)
class Ref:
    """Where something accessible is: a connection's name on the bus, and the object's path there."""

    bus: str
    path: str


ROOT: Final = Ref("org.a11y.atspi.Registry", "/org/a11y/atspi/accessible/root")
"""The registry, whose children are the programs."""


@dataclass(frozen=True, slots=True)
class Question:
    """A method of AT-SPI to be called, or with `prop` a property to be read.

    Attributes:
        ref: whom to ask.
        interface: such as `Accessible`.
        method: its name, or `prop` the property's.
        signature, words: of the arguments.
    """

    ref: Ref
    interface: str
    method: str = ""
    prop: str = ""
    signature: str = ""
    words: tuple[object, ...] = ()

    def message(self) -> Message:
        """The bytes' worth of it."""
        address = DBusAddress(self.ref.path, self.ref.bus, A11Y + self.interface)
        if self.prop:
            return Properties(address).get(self.prop)
        return new_method_call(address, self.method, self.signature or None, self.words)


class AccessibilityBus:
    """A connection to the accessibility bus."""

    def __init__(self) -> None:
        self._link: DBusConnection | None = None
        self._switched_on = False

    def open(self) -> None:
        """Connect, and have programs tell of their controls; raises CaptureError where there is no such bus."""
        if self._link is not None:
            return
        try:
            with contextlib.closing(open_dbus_connection("SESSION")) as session:
                address = _said(session.send_and_get_reply(new_method_call(_LAUNCHER, "GetAddress"), timeout=_PATIENCE))
                # Programs of Qt and Chromium's family tell of themselves only once somebody wants to know.
                self._switched_on = self._switched_on or not _is_on(session)
                _switch(session, on=True)
            self._link = open_dbus_connection(str(address[0]))
        except (*_TROUBLE, KeyError) as error:
            raise CaptureError("The desktop does not tell of its controls: there is no accessibility bus.") from error

    def close(self) -> None:
        """Let the connection go, and leave the desktop as it was; safe to call twice."""
        self._drop()
        if self._switched_on:
            self._switched_on = False
            with (
                contextlib.suppress(*_TROUBLE, KeyError),
                contextlib.closing(open_dbus_connection("SESSION")) as session,
            ):
                _switch(session, on=False)

    def _drop(self) -> None:
        link, self._link = self._link, None
        if link is not None:
            with contextlib.suppress(*_TROUBLE):
                link.close()

    def process(self, name: str, until: float) -> int | None:
        """The process of a connection; None where the bus does not know it."""
        link = self._open_link()
        try:
            asked = new_method_call(_DAEMON, "GetConnectionUnixProcessID", "s", (name,))
            return int(_said(link.send_and_get_reply(asked, timeout=max(0.001, until - time.monotonic())))[0])
        except DBusErrorResponse:
            return None
        except (OSError, ValueError, EOFError) as error:
            raise self._lost() from error

    def ask(self, questions: Sequence[Question], until: float) -> list[tuple[Any, ...] | None]:
        """The answers in the order of the questions; None for each that the program refuses.

        Args:
            questions: any number.
            until: by when all have to be answered, on the monotonic clock.

        Raises:
            CaptureError: the bus is gone, or not all was answered in time.
        """
        link = self._open_link()
        answers: list[tuple[Any, ...] | None] = [None] * len(questions)
        waiting: dict[int, int] = {}
        try:
            sent = 0
            while sent < len(questions) or waiting:
                while sent < len(questions) and len(waiting) < _IN_FLIGHT:
                    serial = next(link.outgoing_serial)
                    link.send(questions[sent].message(), serial=serial)
                    waiting[serial] = sent
                    sent += 1
                if (left := until - time.monotonic()) <= 0:
                    raise TimeoutError
                reply = link.receive(timeout=left)
                place = waiting.pop(reply.header.fields.get(HeaderFields.reply_serial, -1), None)
                if place is not None and reply.header.message_type is MessageType.method_return:
                    answers[place] = reply.body
        except (OSError, ValueError, EOFError) as error:
            raise self._lost() from error
        return answers

    def _open_link(self) -> DBusConnection:
        if self._link is None:
            self.open()
        if self._link is None:
            raise CaptureError("The accessibility bus was closed.")
        return self._link

    def _lost(self) -> CaptureError:
        # What was asked and not waited for must not be taken for the answer to something else.
        self._drop()
        return CaptureError("The program does not tell of its controls in time.")


def _is_on(session: DBusConnection) -> bool:
    """Whether programs are asked to tell of their controls."""
    return bool(_said(session.send_and_get_reply(Properties(_STATUS).get("IsEnabled"), timeout=_PATIENCE))[0][1])


def _switch(session: DBusConnection, *, on: bool) -> None:
    session.send_and_get_reply(Properties(_STATUS).set("IsEnabled", "b", on), timeout=_PATIENCE)


def _said(reply: Message) -> tuple[Any, ...]:
    if reply.header.message_type is MessageType.error:
        raise DBusErrorResponse(reply)
    return tuple(reply.body)
