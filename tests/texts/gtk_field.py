"""A GTK 3 text field that tells its whole text after each change, one JSON string a line; for the system's own Python."""

import json

import gi

gi.require_version("Gtk", "3.0")
from gi.repository import Gtk  # noqa: E402 (its version is chosen first)


def tell(*_) -> None:
    if window.is_active():
        start, end = buffer.get_bounds()
        print(json.dumps(buffer.get_text(start, end, True)), flush=True)


window, view = Gtk.Window(), Gtk.TextView()
buffer = view.get_buffer()
window.set_default_size(600, 400)
window.add(view)
buffer.connect("changed", tell)
window.connect("notify::is-active", tell)
window.show_all()
Gtk.main()
