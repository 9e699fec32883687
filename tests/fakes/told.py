"""Windows that are told of as a program would tell of them, and what guarded mode says to actions in them."""

from actions.action import Click
from actions.backends.dry_run import dry_desktop
from actions.control import Control, Reading
from actions.desktop import Window
from actions.geometry import GridPoint, Point, Rect
from actions.rules import Rules
from actions.safety import context_of, verdict

VIEW = Rect(0, 0, 1000, 800)
MAIL = Window(7, "New message – Mail", "mail", Rect(0, 0, 800, 600))
MENU = Window(8, MAIL.title, "mail", Rect(0, 20, 100, 60))
AT = GridPoint(0, 0)
CLICK, SOMEWHERE, NO_RULES = Click(at=AT), Point(400, 500), Rules()
ROW, HIGH, WIDE = 40, 30, 200


def states(*names):
    return frozenset(names)


def window_with(*controls, title=MAIL.title, role="window", words=()):
    """A reading whose controls lie below each other in one group of the window."""
    top = Control(role, title, rect=MAIL.rect)
    texts = [Control("text", text, rect=Rect(300, 300, WIDE, HIGH), parent=0) for text in words]
    placed = []
    for number, control in enumerate(controls):
        rect = Rect(10, 10 + number * ROW, WIDE, HIGH)
        placed.append(Control(control.role, control.name, control.note, rect, 0, control.states, control.keys))
    return Reading((top, *texts, *placed))


def place(reading, name):
    return next(c.rect.centre for c in reading.controls if c.name == name and c.role != "window")


def judge(action, reading=None, at=SOMEWHERE, window=MAIL, rules=NO_RULES, allowed=None, pointer=None, popup=None):
    desktop = dry_desktop(windows=[window] if window else [])
    desktop.windows.focused = window
    if window and reading:
        desktop.controls.readings[window.id] = reading
    if popup:
        desktop.windows.opened, desktop.controls.readings[MENU.id] = MENU, popup
    desktop.input.move(pointer or Point(20, 20))
    return verdict(action, context_of("guarded", VIEW, at, allowed, desktop, action, rules))


def click(reading, name, action=CLICK, **options):
    return judge(action, reading, place(reading, name), **options)


SEND = Control("button", "Send", states=states("default"), keys=(frozenset({"alt", "s"}),))
CANCEL = Control("button", "Cancel", keys=(frozenset({"alt", "c"}),))
SUBJECT = Control("field", "Subject", states=states("editable"))


def focused(control, *more):
    return Control(
        control.role, control.name, control.note, states=control.states | states("focused", *more), keys=control.keys
    )
