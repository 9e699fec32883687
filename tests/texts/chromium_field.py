"""A text field in Chromium that tells its whole text after each change, one JSON string a line.

The page keeps the Tab key in the field, as editors do; in a plain field Tab goes on to the next one.
"""

import http.server
import shutil
import signal
import subprocess
import sys
import tempfile
import threading

PAGE = """<!doctype html><meta charset="utf-8"><title>field</title>
<textarea autofocus style="width: 95vw; height: 90vh"></textarea>
<script>
const field = document.querySelector("textarea");
let queue = Promise.resolve();
const tell = () => { const body = JSON.stringify(field.value);
                     queue = queue.then(() => fetch("/", {method: "POST", body})); };
field.addEventListener("input", tell);
field.addEventListener("keydown", event => {
    if (event.key === "Tab") { event.preventDefault(); field.setRangeText("\\t", field.selectionStart, field.selectionEnd, "end"); tell(); }
});
const ready = () => document.hasFocus() && document.activeElement === field ? tell() : (field.focus(), setTimeout(ready, 50));
ready();
</script>"""
QUIET = (
    *("--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--password-store=basic"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync", "--window-size=700,500"),
)


class Field(http.server.BaseHTTPRequestHandler):
    """Serves the page, and prints what it is told."""

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(PAGE.encode())

    def do_POST(self):
        print(self.rfile.read(int(self.headers["Content-Length"])).decode(), flush=True)
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        """Nothing."""


signal.signal(signal.SIGTERM, lambda *_: sys.exit())
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Field)
threading.Thread(target=server.serve_forever, daemon=True).start()
with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
    place = f"--app=http://127.0.0.1:{server.server_port}/"
    with subprocess.Popen(
        [shutil.which("chromium"), *QUIET, f"--user-data-dir={folder}", place], stderr=subprocess.DEVNULL
    ) as browser:
        try:
            signal.pause()
        finally:
            browser.terminate()
