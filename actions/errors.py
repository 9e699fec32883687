"""Owns the errors of acting on a desktop.

ActionError
├── ParseError         the model's words are no action; the sentence is meant for the model
├── Refused            the guard or the person said no; the sentence is meant for both
├── CaptureError       the screen could not be read
├── ExecutionError     an input event could not be made, or did not arrive
├── Stopped            the person stopped the hands in the middle of an action
└── NoDesktop          there is no screen or input to work with, or a permission is missing
"""


class ActionError(Exception):
    """Base of everything that can go wrong between an action and the machine; its text is one sentence for a person."""


class ParseError(ActionError):
    """The model's text cannot be read as exactly one meaning; the text says what to write instead."""


class Refused(ActionError):
    """An action was not allowed, by rule or by the person."""


class CaptureError(ActionError):
    """The screen could not be captured."""


class ExecutionError(ActionError):
    """An input event could not be made."""


class Stopped(ActionError):
    """The person stopped the hands; everything held has been lifted."""


class NoDesktop(ActionError):
    """No usable screen, input or permission; the text says what to do about it."""
