"""Owns what macOS says of the session: whether it is locked or somebody else's, and what Deskhand was allowed.

Without the permission to record the screen a capture succeeds and shows the wallpaper alone; without accessibility, events
vanish. Asking first is documented: CGPreflightScreenCaptureAccess, AXIsProcessTrusted, CGPreflightListenEventAccess. The
lock is CGSSessionScreenIsLocked in CGSessionCopyCurrentDictionary, a key that is known rather than documented; it is
missing while nothing is locked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from actions.backends.arrival import Condition, Fresh
from actions.backends.quartz import Frameworks, frameworks

_SETTINGS: Final = (
    "open System Settings → Privacy & Security → {}, switch Deskhand on (or the terminal that starts it), and start it "
    "again. If it is on already, switch it off and on: an update makes macOS forget."
)
_LOCKED: Final = "The screen is locked: unlock it, then start the run again."
_OTHERS: Final = "Another person's session is on the screen: switch back to yours, then start the run again."
_NONE: Final = "There is no session on the screen: log in there, not only over the network."


@dataclass(frozen=True, slots=True)
class Permission:
    """Something that macOS lets a program do only when the person says so.

    Attributes:
        what: its name in System Settings.
        need: what cannot be done without it.
        granted: whether it was.
    """

    what: str
    need: str
    granted: bool

    @property
    def refusal(self) -> str | None:
        """What is said where it was not granted."""
        return None if self.granted else f"macOS does not let Deskhand {self.need}: {_SETTINGS.format(self.what)}"


def trouble(session: Mapping[str, Any] | None) -> str | None:
    """What is said to a person for what CGSessionCopyCurrentDictionary tells."""
    if session is None:
        return _NONE
    if session.get("CGSSessionScreenIsLocked"):
        return _LOCKED
    return None if session.get("kCGSSessionOnConsoleKey", True) else _OTHERS


class QuartzSession:
    """The session of the person who is logged in.

    Args:
        found: macOS's frameworks.
    """

    def __init__(self, found: Frameworks | None = None) -> None:
        self._frameworks = found or frameworks()
        self._state = Fresh(self._ask)

    def sight(self) -> str | None:
        """Why it cannot be seen and worked: it is locked, somebody else's, or a permission is missing."""
        return self._state()

    def reach(self, *, keyboard: bool) -> str | None:  # noqa: ARG002
        """As `sight`: what may be worked at all may be worked everywhere."""
        return self._state()

    def ask_for_more(self) -> None:
        """Let macOS ask the person for the permissions that are missing; it does so once for each."""
        quartz, services = self._frameworks.quartz, self._frameworks.services
        seen, trusted, heard = self.permissions()
        if not seen.granted:
            quartz.CGRequestScreenCaptureAccess()
        if not trusted.granted:
            services.AXIsProcessTrustedWithOptions({"AXTrustedCheckOptionPrompt": True})
        if not heard.granted:
            quartz.CGRequestListenEventAccess()

    def permissions(self) -> tuple[Permission, Permission, Permission]:
        """What Deskhand needs: to see, to act, and to hear the stop key."""
        quartz, services = self._frameworks.quartz, self._frameworks.services
        return (
            Permission(
                "Screen Recording", "see other programs' windows", bool(quartz.CGPreflightScreenCaptureAccess())
            ),
            Permission("Accessibility", "use the mouse and keyboard", bool(services.AXIsProcessTrusted())),
            Permission("Input Monitoring", "hear the stop key", bool(quartz.CGPreflightListenEventAccess())),
        )

    def conditions(self) -> tuple[Condition, ...]:
        """Whether it is locked, and each permission."""
        why = trouble(self._frameworks.quartz.CGSessionCopyCurrentDictionary())
        lock = Condition("Screen lock", "locked, or not in sight" if why else "not locked", not why, why or "")
        asked = (
            Condition(one.what, "allowed" if one.granted else "not allowed", one.granted, one.refusal or "")
            for one in self.permissions()
        )
        return (lock, *asked)

    def close(self) -> None:
        """Nothing is held."""

    def _ask(self) -> str | None:
        why = trouble(self._frameworks.quartz.CGSessionCopyCurrentDictionary())
        return why or next((one.refusal for one in self.permissions() if one.refusal), None)
