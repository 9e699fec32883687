"""A hub on this machine: speaks enough of Hugging Face's API for huggingface_hub, and ModelScope's; goes wrong on demand.

Faults are by file name: `broken` sends half and hangs up, `wrong` sends other bytes, `ranges` ignores Range, `busy` answers
503, `silent` answers nothing, `stalled` stops in the middle, `longer` sends too much, `elsewhere` another range.
"""

import hashlib
import http.server
import json
import re
import threading
from dataclasses import dataclass, field
from urllib.parse import parse_qs, unquote, urlsplit

LARGE = 4096


@dataclass
class Hub:
    """What the hub has and how it behaves.

    Attributes:
        files: of each model, by name.
        commit: of all models.
        faults: kinds of faults by file name, the next first.
        asked: what was asked for: path and Range.
        authorized: what was asked for, and who asked.
        closed: status and error code with which all is refused.
        hashless: tells no hashes.
        stall: ends all silence.
    """

    files: dict[str, dict[str, bytes]]
    commit: str = "c" * 40
    faults: dict[str, list[str]] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    authorized: list[tuple[str, str]] = field(default_factory=list)
    closed: tuple[int, str] | None = None
    hashless: bool = False
    stall: threading.Event = field(default_factory=threading.Event)
    port: int = 0
    other_port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def ranges(self, name: str) -> list[str]:
        """With which ranges a file was asked for."""
        return [wanted for path, wanted in self.asked if path.endswith(f"/{name}") and "/elsewhere/" in path]


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def git(content: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


def sibling(hub: Hub, name: str, content: bytes) -> dict[str, object]:
    one: dict[str, object] = {"rfilename": name}
    if hub.hashless:
        return one
    one |= {"size": len(content), "blobId": git(content)}
    if len(content) >= LARGE:
        one["lfs"] = {"sha256": sha256(content), "size": len(content), "pointerSize": 134}
    return one


class Handler(http.server.BaseHTTPRequestHandler):
    """One request."""

    protocol_version = "HTTP/1.1"
    hub: Hub

    def do_HEAD(self):
        self.do_GET()

    def do_GET(self):
        hub, parts = self.hub, urlsplit(self.path)
        path, query = unquote(parts.path), {name: values[0] for name, values in parse_qs(parts.query).items()}
        hub.asked.append((self.path, self.headers.get("Range", "")))
        hub.authorized.append((path, self.headers.get("Authorization", "")))
        if hub.closed:
            self.refuse(*hub.closed)
        elif found := re.fullmatch(r"/api/models/([^/]+/[^/]+)(?:/revision/(.+))?", path):
            self.model(found[1], found[2])
        elif found := re.fullmatch(r"/api/models/([^/]+/[^/]+)/tree/([^/]+)", path):
            self.tree(found[1], found[2])
        elif found := re.fullmatch(r"/([^/]+/[^/]+)/resolve/([^/]+)/(.+)", path):
            self.resolve(found[1], found[2], found[3])
        elif found := re.fullmatch(r"/elsewhere/([^/]+/[^/]+)/(.+)", path):
            self.file(found[2], hub.files[found[1]][found[2]])
        elif found := re.fullmatch(r"/api/v1/models/([^/]+/[^/]+)/repo/files", path):
            self.entries(found[1], query["Revision"])
        elif found := re.fullmatch(r"/api/v1/models/([^/]+/[^/]+)/repo", path):
            self.scoped(found[1], query)
        else:
            self.refuse(404, "")

    def known(self, name, revision):
        if name not in self.hub.files:
            return self.refuse(401, "RepoNotFound")
        if revision not in (None, "main", "master", self.hub.commit):
            return self.refuse(404, "RevisionNotFound")
        return self.hub.files[name]

    def model(self, name, revision):
        if files := self.known(name, revision):
            siblings = [sibling(self.hub, file, content) for file, content in files.items()]
            about = {"id": name, "sha": self.hub.commit, "private": False, "tags": [], "downloads": 0}
            self.tell(json.dumps({**about, "siblings": siblings}).encode())

    def tree(self, name, revision):
        if files := self.known(name, revision):
            entries = []
            for path, content in files.items():
                one = {"type": "file", "path": path, "size": len(content), "oid": git(content)}
                large = {"lfs": {"oid": sha256(content), "size": len(content), "pointerSize": 134}}
                entries.append(one | large if len(content) >= LARGE else one)
            self.tell(json.dumps(entries).encode())

    def resolve(self, name, revision, file):
        if (files := self.known(name, revision)) and file in files:
            content = files[file]
            self.send_response(302)
            large = len(content) >= LARGE
            self.send_header("X-Repo-Commit", self.hub.commit)
            self.send_header("X-Linked-Size", str(len(content)))
            self.send_header("X-Linked-ETag", f'"{sha256(content) if large else git(content)}"')
            self.send_header("Location", f"http://127.0.0.1:{self.hub.other_port}/elsewhere/{name}/{file}")
            self.send_header("Content-Length", "0")
            self.end_headers()
        elif files:
            self.refuse(404, "EntryNotFound")

    def entries(self, name, revision):
        if (files := self.known(name, revision)) is not None:
            listed = [
                {"Path": "assets", "Type": "tree", "Size": 0, "Sha256": "", "Revision": "d" * 40, "CommittedDate": 9}
            ]
            for at, (file, content) in enumerate(files.items()):
                one = {"Path": file, "Name": file, "Type": "blob", "Size": len(content), "Sha256": sha256(content)}
                listed.append({**one, "Revision": self.hub.commit if at == 0 else "e" * 40, "CommittedDate": 5 - at})
            self.tell(json.dumps({"Code": 200, "Success": True, "Data": {"Files": listed}}).encode())

    def scoped(self, name, query):
        if files := self.known(name, query["Revision"]):
            self.file(query["FilePath"], files[query["FilePath"]])

    def file(self, name, content):
        faults = self.hub.faults.get(name, [])
        fault = faults.pop(0) if faults else ""
        if fault == "busy":
            return self.refuse(503, "")
        if fault == "silent":
            self.hub.stall.wait()
            return None
        wanted = self.headers.get("Range", "")
        start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted and fault != "ranges" else 0
        if start > len(content) or (start and start == len(content)):
            return self.refuse(416, "")
        if fault == "wrong":
            content = bytes(255 - byte for byte in content)
        self.send_response(206 if start else 200)
        if start:
            shown = start + (1 if fault == "elsewhere" else 0)
            self.send_header("Content-Range", f"bytes {shown}-{len(content) - 1}/{len(content)}")
        body = content[start:] + (b"more" * 99 if fault == "longer" else b"")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "HEAD":
            return None
        if fault == "broken":
            self.wfile.write(body[: len(body) // 2])
            self.close_connection = True
        elif fault == "stalled":
            self.wfile.write(body[: len(body) // 2])
            self.wfile.flush()
            self.hub.stall.wait()
            self.close_connection = True
        else:
            self.wfile.write(body)
        return None

    def tell(self, body):
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def refuse(self, status, code):
        self.send_response(status)
        if code:
            self.send_header("X-Error-Code", code)
            self.send_header("X-Error-Message", f"refused: {code}")
        self.send_header("Content-Length", "0")
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True

    def log_message(self, *_):
        """Nothing."""


class Server:
    """The hub, and the other machine that it points to for files."""

    def __init__(self, files):
        self.hub = Hub(files)
        handler = type("Bound", (Handler,), {"hub": self.hub})
        self._servers = [http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) for _ in range(2)]
        for server in self._servers:
            server.daemon_threads = False
            server.handle_error = lambda *_: None  # a client that was killed
        self.hub.port, self.hub.other_port = (server.server_port for server in self._servers)
        self._threads = [
            threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}) for server in self._servers
        ]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self.hub

    def __exit__(self, *_):
        self.hub.stall.set()
        for server, thread in zip(self._servers, self._threads, strict=True):
            server.shutdown()
            server.server_close()
            thread.join()
