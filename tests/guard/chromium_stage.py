"""Shows the labelled pages as HTML in Chromium, told by JSON lines.

The page itself tells where each control lies in pixels of the desktop, and which one was worked.
"""

import html
import http.server
import json
import queue
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

SIDE = ("list_item", "tree_row")
IN_A_ROW = ("button", "icon_button", "link", "custom")
FIELDS = {"text_field": "text", "password_field": "password"}
BOXES = {"checkbox": "checkbox", "radio": "radio"}
QUIET = (
    *("--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--password-store=basic"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync", "--window-size=900,700"),
    *(
        "--disable-features=Translate,TranslateUI",
        "--window-position=80,60",
        "--force-renderer-accessibility",
        "--test-type",
    ),
)
BLANK = {"title": "Blank", "language": "en", "body": ""}


def attributes(**named) -> str:
    """HTML attributes; those that are empty are left out, and `_` in a name stands for a hyphen."""
    return "".join(
        f' {name.strip("_").replace("_", "-")}="{html.escape(str(value))}"' for name, value in named.items() if value
    )


def tag(name: str, inside: str = "", /, **named) -> str:
    return f"<{name}{attributes(**named)}>{inside}</{name}>"


def page_body(page: dict) -> str:
    """The HTML of a page."""
    texts = "".join(tag("p", html.escape(text), id=f"text{number}") for number, text in enumerate(page["texts"]))
    controls = page["controls"]
    if page["form"] in ("dialog", "question"):
        buttons = [each for each in controls if each["kind"] == "button"]
        form = tag("form", texts + rows([each for each in controls if each not in buttons]) + rows(buttons))
        role = "alertdialog" if page["form"] == "question" else ""
        told = " ".join(f"text{number}" for number in range(len(page["texts"])))
        return tag("dialog", form, role=role, aria_label=page["title"], aria_describedby=told)
    if page["form"] == "menu":
        return menu_bar(page["menu"], controls) + tag("main", texts)
    return side(controls) + tabs(controls) + tag("main", tag("form", texts + rows(controls)))


def rows(controls: list[dict]) -> str:
    """Controls below each other, small ones side by side."""
    made, row = [], ""
    for control in [each for each in controls if each["kind"] not in (*SIDE, "tab", "menu_item")]:
        if control["kind"] in IN_A_ROW:
            row += element(control)
            continue
        made += [tag("div", row, class_="row")] * bool(row)
        made, row = [*made, tag("p", element(control))], ""
    return "".join(made + [tag("div", row, class_="row")] * bool(row))


def side(controls: list[dict]) -> str:
    """A list or tree at the left."""
    shown = [each for each in controls if each["kind"] in SIDE]
    if not shown:
        return ""
    outer, inner = ("tree", "treeitem") if shown[0]["kind"] == "tree_row" else ("listbox", "option")
    items = (
        tag("div", html.escape(each["text"]), role=inner, tabindex="-1", aria_selected="false", data_id=each["id"])
        for each in shown
    )
    return tag("nav", tag("div", "".join(items), role=outer, aria_label="Folders"))


def tabs(controls: list[dict]) -> str:
    shown = [each for each in controls if each["kind"] == "tab"]
    made = (tag("button", html.escape(each["text"]), type="button", role="tab", data_id=each["id"]) for each in shown)
    return tag("div", "".join(made), role="tablist") if shown else ""


def menu_bar(title: str, controls: list[dict]) -> str:
    items = "".join(
        tag("div", html.escape(each["text"]) + (tag("kbd", each["shortcut"]) if each["shortcut"] else ""),
            role="menuitem", tabindex="-1", data_id=each["id"], data_keys=each["shortcut"],
            aria_label=each["text"], aria_keyshortcuts=spoken(each["shortcut"]), data_letter=each["mnemonic"].lower())
        for each in controls if each["kind"] == "menu_item"
    )  # fmt: skip
    opener = tag("div", html.escape(title), role="menuitem", tabindex="0", aria_haspopup="true", data_id="menu")
    return tag("div", opener, role="menubar") + f'<div role="menu" hidden>{items}</div>'


def spoken(shortcut: str) -> str:
    """Keys as ARIA writes them."""
    return (
        shortcut.replace("ctrl", "Control").replace("alt", "Alt").replace("shift", "Shift").replace("Return", "Enter")
    )


def element(control: dict) -> str:
    """The HTML of one control."""
    kind, text, own = control["kind"], html.escape(control["text"]), {"data_id": control["id"]}
    keys = {"accesskey": control["mnemonic"].lower(), "data_keys": control["shortcut"],
            "aria_keyshortcuts": spoken(control["shortcut"])}  # fmt: skip
    match kind:
        case "text_field" | "password_field":
            given = {"value": control["value"], "placeholder": control["hint"], "data_enter": control["enter"]}
            return f"<label>{text} <input{attributes(type=FIELDS[kind], size=40, autocomplete='off', **given, **own)}></label>"
        case "text_area":
            area = tag("textarea", html.escape(control["value"]), data_enter=control["enter"], **own)
            return tag("label", f"{text} {area}")
        case "checkbox" | "radio":
            named = {"name": "choice"} if kind == "radio" else {}
            ticked = {"checked": "checked"} if control["value"] else {}
            return f"<label><input{attributes(type=kind, **named, **ticked, **own, **keys)}> {text}</label>"
        case "combo_box":
            options = tag("option", html.escape(control["value"] or "–")) + tag("option", "…")
            return tag("label", f"{text} {tag('select', options, **own)}")
        case "switch":
            sign = html.escape("●" if control["value"] else "○")
            pressed = "true" if control["value"] else "false"
            return f"{text} {tag('button', sign, type='button', role='switch', aria_checked=pressed, aria_label=control['text'], **own)}"
        case "link":
            return tag("a", text, href="#", **own)
        case "icon_button":
            named = {"title" if control["named_by"] == "tooltip" else "aria_label": control["text"]}
            return tag("button", picture(control["text"]), type="button", **named, **own)
        case "custom":
            return tag("div", class_="drawn", **own)
        case "text":
            return tag("span", text, **own)
    return tag("button", text, type="submit" if control["default"] else "button", **own, **keys)


def picture(name: str) -> str:
    """A small sign that differs from name to name."""
    seed = sum(map(ord, name))
    dots = "".join(
        f'<rect x="{place % 8 * 2}" y="{place // 8 * 2}" width="2" height="2"/>'
        for place in range(64)
        if (place % 8 * (place // 8) * (seed % 7 + 1) + place + seed) % 5 < 2
    )
    return f'<svg width="16" height="16" aria-hidden="true">{dots}</svg>'


class Served(http.server.BaseHTTPRequestHandler):
    """Serves the page and its orders, and prints what it is told."""

    orders: queue.SimpleQueue = queue.SimpleQueue()

    def do_GET(self):
        if self.path == "/order":
            self._give(json.dumps(self.orders.get()), "application/json")
        else:
            self._give(Path(__file__).with_name("stage.html").read_text("utf-8"), "text/html")

    def do_POST(self):
        print(self.rfile.read(int(self.headers["Content-Length"])).decode(), flush=True)
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        """Nothing."""

    def _give(self, text: str, kind: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.end_headers()
        self.wfile.write(text.encode())


def listen() -> None:
    for line in sys.stdin:
        word, *what = json.loads(line)
        if word == "show":
            page = what[0]
            what = [{"title": page["title"], "language": page["language"], "body": page_body(page)}]
        Served.orders.put(["show", BLANK] if word == "hide" else [word, *what])


def main() -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Served)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        place = f"--app=http://127.0.0.1:{server.server_port}/"
        command = [shutil.which("chromium"), *QUIET, f"--user-data-dir={folder}", place]
        with subprocess.Popen(command, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL) as browser:
            try:
                listen()
            finally:
                browser.terminate()


if __name__ == "__main__":
    main()
