"""A Mac made of data: its screens, windows, permissions and session, and what it is sent."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace

from actions.backends.quartz import Frameworks

KINDS = (
    *("MouseMoved", "LeftMouseDown", "LeftMouseUp", "RightMouseDown", "RightMouseUp", "OtherMouseDown", "OtherMouseUp"),
    *("LeftMouseDragged", "RightMouseDragged", "OtherMouseDragged"),
)
FLAGS = {"Shift": 1 << 17, "Control": 1 << 18, "Alternate": 1 << 19, "Command": 1 << 20}
FLAGS |= {"NumericPad": 1 << 21, "SecondaryFn": 1 << 23}


@dataclass
class Screen:
    """A screen: its place in points, and its pixels."""

    place: tuple[float, float, float, float]
    pixels: tuple[int, int]


def window(number, place, title="", application="", layer=0, process=20, alpha=1.0):
    """An entry of the list of windows."""
    left, top, width, height = place
    bounds = {"X": left, "Y": top, "Width": width, "Height": height}
    entry = {
        "kCGWindowNumber": number,
        "kCGWindowOwnerPID": process,
        "kCGWindowBounds": bounds,
        "kCGWindowAlpha": alpha,
    }
    return entry | {"kCGWindowName": title, "kCGWindowOwnerName": application, "kCGWindowLayer": layer}


@dataclass
class FakeMac:
    """What the system would say, and what it was sent."""

    screens: list[Screen] = field(default_factory=lambda: [Screen((0, 0, 1440, 900), (2880, 1800))])
    windows: list[dict] | None = field(default_factory=list)
    focused: int | None = 20
    hit: int = 0
    session: dict | None = field(default_factory=lambda: {"kCGSSessionOnConsoleKey": True})
    allowed: dict[str, bool] = field(default_factory=lambda: dict.fromkeys(("see", "act", "hear"), True))
    pointer: tuple[float, float] = (0.0, 0.0)
    held_flags: int = 0
    makes_events: bool = True
    sent: list[SimpleNamespace] = field(default_factory=list)
    requested: list[str] = field(default_factory=list)
    activated: list[tuple[int, int]] = field(default_factory=list)
    asked_at: tuple[float, float] | None = None

    def frameworks(self) -> Frameworks:
        """As `quartz.frameworks` gives the real ones."""
        quartz = SimpleNamespace(
            kCGWindowListOptionOnScreenOnly=1,
            kCGNullWindowID=0,
            kCGHIDEventTap=0,
            kCGMouseEventClickState=1,
            kCGScrollEventUnitLine=1,
            **{f"kCGEvent{name}": name for name in KINDS},
            **{f"kCGEventFlagMask{name}": flag for name, flag in FLAGS.items()},
            **{name: getattr(self, name) for name in dir(self) if name.startswith("CG")},
        )
        appkit = SimpleNamespace(
            NSWindow=SimpleNamespace(windowNumberAtPoint_belowWindowWithWindowNumber_=self._at),
            NSEvent=SimpleNamespace(doubleClickInterval=lambda: 0.5),
            NSRunningApplication=SimpleNamespace(runningApplicationWithProcessIdentifier_=self._application),
        )
        services = SimpleNamespace(**{name: getattr(self, name) for name in dir(self) if name.startswith("AX")})
        return Frameworks(quartz, appkit, services)

    def CGGetActiveDisplayList(self, most, into, count):
        return 0, tuple(range(1, len(self.screens) + 1)), len(self.screens)

    def CGMainDisplayID(self):
        return 1

    def CGDisplayBounds(self, number):
        left, top, width, height = self.screens[number - 1].place
        return (left, top), (width, height)

    def CGDisplayCopyDisplayMode(self, number):
        return self.screens[number - 1]

    def CGDisplayModeGetPixelWidth(self, mode):
        return mode.pixels[0]

    def CGDisplayModeGetPixelHeight(self, mode):
        return mode.pixels[1]

    def CGWindowListCopyWindowInfo(self, option, relative):
        assert (option, relative) == (1, 0)
        return self.windows

    def CGSessionCopyCurrentDictionary(self):
        return self.session

    def CGPreflightScreenCaptureAccess(self):
        return self.allowed["see"]

    def CGRequestScreenCaptureAccess(self):
        self.requested.append("see")

    def CGPreflightListenEventAccess(self):
        return self.allowed["hear"]

    def CGRequestListenEventAccess(self):
        self.requested.append("hear")

    def AXIsProcessTrusted(self):
        return self.allowed["act"]

    def AXIsProcessTrustedWithOptions(self, options):
        assert options == {"AXTrustedCheckOptionPrompt": True}
        self.requested.append("act")

    def AXUIElementCreateSystemWide(self):
        return "everything"

    def AXUIElementCopyAttributeValue(self, element, name, into):
        assert (element, name) == ("everything", "AXFocusedApplication")
        return (0, "application") if self.focused else (-25204, None)

    def AXUIElementGetPid(self, element, into):
        return 0, self.focused

    def CGEventCreate(self, source):
        return SimpleNamespace(at=self.pointer)

    def CGEventGetLocation(self, event):
        return SimpleNamespace(x=event.at[0], y=event.at[1])

    def CGEventCreateMouseEvent(self, source, kind, at, button):
        return SimpleNamespace(kind=kind, at=at, button=button, count=0, flags=self.held_flags)

    def CGEventSetIntegerValueField(self, event, name, value):
        assert name == 1
        event.count = value

    def CGEventCreateKeyboardEvent(self, source, code, down):
        flags = FLAGS["SecondaryFn"] if code == 0x7B else 0
        return SimpleNamespace(kind="key", code=code, down=down, text="", flags=flags | self.held_flags)

    def CGEventGetFlags(self, event):
        return event.flags

    def CGEventSetFlags(self, event, flags):
        event.flags = flags

    def CGEventKeyboardSetUnicodeString(self, event, units, text):
        assert units == len(text.encode("utf-16-le")) // 2
        event.text = text

    def CGEventCreateScrollWheelEvent(self, source, unit, wheels, along, across):
        assert (unit, wheels) == (1, 2)
        return SimpleNamespace(kind="wheel", along=along, across=across) if self.makes_events else None

    def CGEventPost(self, tap, event):
        assert tap == 0
        if event.kind in KINDS:
            self.pointer = event.at
        self.sent.append(event)

    def _at(self, place, below):
        assert below == 0
        self.asked_at = place
        return self.hit

    def _application(self, process):
        return SimpleNamespace(activateWithOptions_=lambda options: self.activated.append((process, options)))
