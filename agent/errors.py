"""Owns the errors of deciding: each text is one sentence for a person, saying what is wrong, where, and what to do.

AgentError
├── InputError         something the person gave cannot be used (exit code 2)
├── ModelError         a model cannot be loaded or does not do what it must
│   ├── OutOfMemory    there is no memory for the model, or for what it is to read
│   ├── TooLong        the model was made for less than it is to read
│   └── MindLost       the mind process ended or does not answer
│       └── ServerLost the server that thinks went away, or went silent
├── StoreError         a run folder cannot be written or read
└── ProtocolError      a line on a pipe is not of the protocol
"""


class AgentError(Exception):
    """Base of everything that can go wrong above the desktop."""


class InputError(AgentError):
    """What the person gave cannot be used; the command line ends with exit code 2."""


class ModelError(AgentError):
    """A model cannot be loaded, or fails while it thinks."""


class OutOfMemory(ModelError):
    """The device has no memory left for the model, or for what it is to read; less to read may help."""


class TooLong(ModelError):
    """What the model is to read is longer than it was made for; less to read helps, more memory does not."""


class MindLost(ModelError):
    """The mind process ended or went silent; it can be started again."""


class ServerLost(MindLost):
    """The server that thinks cannot be reached, broke off or went silent; it can be asked again."""


class StoreError(AgentError):
    """A run folder cannot be written or read."""


class ProtocolError(AgentError):
    """A line between two processes is not of the protocol, or of another version."""


def first_line(error: BaseException) -> str:
    """The first line of what an error says, for a sentence of ours."""
    return (str(error).strip() or type(error).__name__).splitlines()[0]
