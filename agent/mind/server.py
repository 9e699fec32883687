"""Owns the mind process: `python -m agent.mind.server --model X` reads requests on stdin and answers on stdout.

The main thread thinks; a second one reads, so that a request to cancel is heard while the model is at work, and so that
the process ends at once when its parent does.
"""

from __future__ import annotations

import argparse
import os
import queue
import signal
import sys
import threading
from collections.abc import Sequence

from agent.errors import MindLost, ModelError, ProtocolError
from agent.mind.base import Piece, Reply
from agent.mind.examine import examine, prove
from agent.mind.frames import read_segment
from agent.mind.hardware import Wish
from agent.mind.protocol import (
    Answer,
    Cancel,
    Examine,
    Failed,
    ImageLine,
    Note,
    Said,
    Think,
    conversation_of,
    examined,
    failed,
    options_of,
    read_request,
    ready,
    replied,
)
from agent.mind.qwen import Qwen
from agent.process import end_with_parent, read_lines, take_stdout, write_line


class Server:
    """Answers requests about one model, one at a time.

    Args:
        model: a folder, a hub name or `nano`.
        wish: device, precision and attention, where they are not to be chosen.
        stdout: descriptor that answers are written to.
    """

    def __init__(self, model: str, wish: Wish, stdout: int) -> None:
        self._mind = Qwen(model, wish, lambda text: self._send(Note(text=text)))
        self._stdout = stdout
        self._requests: queue.SimpleQueue[Think | Examine] = queue.SimpleQueue()
        self._cancelled = -1
        self._pixels: dict[str, bytes] = {}

    def read(self, stdin: int) -> None:
        """Take requests until the parent is gone, then end the process, whatever the model is doing."""
        for line in read_lines(stdin):
            try:
                request = read_request(line)
            except ProtocolError as error:
                self._send(Failed(id=None, text=str(error), lost=True))
                break
            if isinstance(request, Cancel):
                self._cancelled = request.id
            else:
                self._requests.put(request)
        os._exit(0)

    def serve(self) -> int:
        """Load the model, try it, and answer until the process ends; returns early, with an exit code, if it is not fit."""
        try:
            self._send(ready(prove(self._mind)))
        except ModelError as error:
            self._send(failed(None, error))
            return 1
        while True:
            request = self._requests.get()
            try:
                self._answer(request)
            except ModelError as error:
                self._send(failed(request.id, error))
                if isinstance(error, MindLost):
                    return 1

    def _answer(self, request: Think | Examine) -> None:
        if isinstance(request, Examine):
            self._send(examined(request.id, examine(self._mind)))
            return
        conversation = conversation_of(request, self._pixels_of)
        digests = {frame.digest for frame in conversation.frames}
        self._pixels = {digest: pixels for digest, pixels in self._pixels.items() if digest in digests}
        for said in self._mind.think(conversation, options_of(request), lambda: self._cancelled == request.id):
            match said:
                case Piece(text, thought):
                    self._send(Said(id=request.id, text=text, thought=thought))
                case Reply():
                    self._send(replied(request.id, said))

    def _pixels_of(self, image: ImageLine) -> bytes:
        if image.digest not in self._pixels:
            _, _, width, height = image.view
            self._pixels[image.digest] = read_segment(image.segment, 3 * width * height)
        return self._pixels[image.digest]

    def _send(self, answer: Answer) -> None:
        try:
            write_line(self._stdout, answer.model_dump_json())
        except OSError:  # the parent is gone
            os._exit(0)


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve one model until stdin ends; returns the exit code."""
    stdout = take_stdout()
    end_with_parent()  # also when a wedged driver lets no thread of ours see that stdin has ended
    write_line(stdout, "")  # ends what a start-up file may have printed before, so that our first line is whole
    # The runner decides when to end; Ctrl-C in a terminal and its closing reach the whole group of processes.
    for name in ("SIGINT", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    parser = argparse.ArgumentParser(prog="python -m agent.mind.server")
    parser.add_argument("--model", required=True, help="folder, hub name or nano")
    parser.add_argument("--device", default="", help="instead of the one that would be chosen")
    parser.add_argument("--dtype", default="", help="precision instead of the one that would be chosen")
    parser.add_argument("--attention", default="", help="instead of the one that would be chosen")
    told = parser.parse_args(arguments)
    server = Server(told.model, Wish(told.device, told.dtype, told.attention), stdout)
    threading.Thread(target=server.read, args=(0,), daemon=True).start()
    return server.serve()


if __name__ == "__main__":
    sys.exit(main())
