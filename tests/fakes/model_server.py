"""Owns a server that answers as servers of models do, or as they should not: what each request gets is told beforehand."""

import contextlib
import json
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

MODEL = "Qwen/Qwen3-VL-8B-Instruct"


def chunk(content=None, reason=None, **delta):
    if content is not None:
        delta["content"] = content
    return {"choices": [{"index": 0, "delta": delta, "finish_reason": reason}]}


def line(part):
    return b"data: " + (part if isinstance(part, bytes) else json.dumps(part).encode()) + b"\n\n"


@dataclass
class Asked:
    """A request as it came in."""

    path: str
    headers: dict[str, str]
    body: dict


class ModelServer:
    """Answers at `url` in a thread of its own until it is closed.

    Attributes:
        answers: functions of the handler, one for each request for a reply, the last of them for all further ones.
        cards: what it says that it serves.
        asked: the requests for a reply, in order.
        gone: gets an item whenever a client went away in the middle of a reply.
    """

    def __init__(self, context=None):
        self.answers: list[Callable] = []
        self.cards = [{"id": MODEL, "object": "model", "owned_by": "vllm", "max_model_len": 32768}]
        self.asked: list[Asked] = []
        self.gone: queue.SimpleQueue[None] = queue.SimpleQueue()
        self.over = threading.Event()
        handler = type("Handler", (_Handler,), {"server_of_models": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = False
        if context:
            self._server.socket = context.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
        self._server.handle_error = lambda *_: None
        self.port = self._server.server_port
        self.url = f"http{'s' if context else ''}://127.0.0.1:{self.port}/v1"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    def close(self):
        self.over.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def next_answer(self):
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


class _Handler(BaseHTTPRequestHandler):
    server_of_models: ModelServer

    def log_message(self, *words):
        pass

    def do_GET(self):
        cards = self.server_of_models.cards
        self.answer(404, b"<html>", "text/html") if cards is None else self.say(200, {"data": cards})

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server_of_models.asked.append(Asked(self.path, {k.lower(): v for k, v in self.headers.items()}, body))
        with contextlib.suppress(ConnectionError):
            self.server_of_models.next_answer()(self)

    # ------------------------------------------------------------------------------------------------ ways to answer

    def answer(self, status, body, kind, **headers):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def say(self, status, body, **headers):
        self.answer(status, json.dumps(body).encode(), "application/json", **headers)

    def open(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream; charset=utf-8")
        self.end_headers()

    def send(self, *parts):
        for part in parts:
            self.wfile.write(line(part))
            self.wfile.flush()


def streams(*parts, done=True):
    """Answers with these chunks."""

    def answer(handler):
        handler.open()
        handler.send(*parts, *([b"[DONE]"] if done else []))

    return answer


def texts(*pieces, reason="stop", **more):
    """Answers with a reply in these pieces."""
    return streams(chunk("", role="assistant"), *map(chunk, pieces), chunk(reason=reason) | more)


def fails(status, body=None, **headers):
    return lambda handler: handler.say(status, body or {}, **headers)


def page(status=200):
    return lambda handler: handler.answer(status, b"<html>Welcome</html>", "text/html")


def hangs(*parts):
    """Answers with these chunks and then with nothing more; notices when the client goes away."""

    def answer(handler):
        server = handler.server_of_models
        handler.open()
        handler.send(*parts)
        try:
            while not server.over.wait(0.02):
                handler.wfile.write(b": still here\n\n")
        except ConnectionError:
            server.gone.put(None)

    return answer


def drops(*parts, chunked=False):
    """Breaks off in the middle of a reply."""

    def answer(handler):
        if chunked:
            handler.protocol_version = "HTTP/1.1"
            handler.send_response(200)
            handler.send_header("Content-Type", "text/event-stream")
            handler.send_header("Transfer-Encoding", "chunked")
            handler.end_headers()
            data = b"".join(map(line, parts))
            handler.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
            handler.close_connection = True
        else:
            streams(*parts, done=False)(handler)

    return answer


def hangs_up(handler):
    handler.close_connection = True
