"""Shows the labelled pages in GTK 3, told by JSON lines, for the system's own Python.

It tells where each control lies in pixels of the desktop, by GTK's own geometry, and which one was worked.
"""

import json
import sys
import threading
import warnings

import gi

gi.require_version("Gdk", "3.0")
gi.require_version("Gtk", "3.0")
from gi.repository import Gdk, GdkPixbuf, GLib, Gtk  # noqa: E402 (their versions are chosen first)

SIDE = ("list_item", "tree_row")
IN_A_ROW = ("button", "icon_button", "link", "custom")
ROW = 4
FIELDS = ("text_field", "password_field", "text_area")


def tell(kind: str, **what) -> None:
    print(json.dumps({"kind": kind, **what}), flush=True)


def did(name: str):
    """A handler that says so, whatever it is told, and lets the event go on."""

    def handle(*_) -> bool:
        tell("did", id=name)
        return False

    return handle


def caption(control: dict) -> str:
    """Its text with the mnemonic marked: in the text, or behind it as in Chinese."""
    text, letter = control["text"].replace("_", "__"), control["mnemonic"]
    at = text.lower().find(letter.lower()) if letter else -1
    if letter and at < 0:
        return f"{text}(_{letter.upper()})"
    return f"{text[:at]}_{text[at:]}" if letter else text


def picture(name: str) -> Gtk.Image:
    """A small sign that differs from name to name."""
    seed, data = sum(map(ord, name)), bytearray()
    for place in range(256):
        x, y = place % 16, place // 16
        dark = (x * y * (seed % 7 + 1) + x + seed) % 5 < 2 and 2 <= x < 14 and 2 <= y < 14
        data += bytes((60, 60, 70, 255 if dark else 0))
    return Gtk.Image.new_from_pixbuf(
        GdkPixbuf.Pixbuf.new_from_bytes(GLib.Bytes.new(bytes(data)), GdkPixbuf.Colorspace.RGB, True, 8, 16, 16, 64)
    )


class Shown:
    """One page: its window, and the widgets of its controls."""

    def __init__(self, page: dict) -> None:
        self.page, self.widgets, self.rows, self.tree = page, {}, {}, None
        self.group, self.bar, self.keys = None, None, Gtk.AccelGroup()
        self.window = {"question": self._question, "dialog": self._dialog}.get(page["form"], self._plain)()
        self.window.set_title(page["title"])
        self.window.set_position(Gtk.WindowPosition.CENTER)
        self.window.add_accel_group(self.keys)
        self.window.connect("delete-event", lambda *_: True)
        self.window.connect("button-press-event", self._pressed_text)
        self._set_default()
        self.window.show_all()

    def _plain(self) -> Gtk.Window:
        window, box = Gtk.Window(), Gtk.Box(orientation=Gtk.Orientation.VERTICAL, spacing=8)
        window.set_default_size(640, 420)
        window.add(box)
        if self.page["form"] == "menu":
            self.bar = self._menu_bar()
            box.pack_start(self.bar, False, False, 0)
        self._fill(box, self.page["controls"])
        return window

    def _dialog(self) -> Gtk.Dialog:
        dialog, last = Gtk.Dialog(), [each for each in self.page["controls"] if each["kind"] == "button"]
        dialog.set_default_size(460, 160)
        self._fill(dialog.get_content_area(), [each for each in self.page["controls"] if each not in last])
        self._answers(dialog, last)
        return dialog

    def _question(self) -> Gtk.MessageDialog:
        dialog = Gtk.MessageDialog(message_type=Gtk.MessageType.QUESTION, text=self.page["texts"][0])
        if more := "\n".join(self.page["texts"][1:]):
            dialog.format_secondary_text(more)
        buttons = [each for each in self.page["controls"] if each["kind"] == "button"]
        for control in self.page["controls"]:
            if control not in buttons:
                dialog.get_message_area().pack_start(self._make(control), False, False, 0)
        self._answers(dialog, buttons)
        return dialog

    def _answers(self, dialog: Gtk.Dialog, buttons: list[dict]) -> None:
        for number, control in enumerate(buttons):
            button = dialog.add_button(caption(control), number)
            self._worked(control, button, "clicked")
            if control["default"]:
                dialog.set_default_response(number)

    def _fill(self, box: Gtk.Box, controls: list[dict]) -> None:
        """Lay texts and controls out: a side bar at the left, tabs at the top, small things side by side."""
        box.set_border_width(8)
        side = [each for each in controls if each["kind"] in SIDE]
        tabs = [each for each in controls if each["kind"] == "tab"]
        column = Gtk.Box(orientation=Gtk.Orientation.VERTICAL, spacing=8)
        for text in self.page["texts"]:
            column.pack_start(Gtk.Label(label=text, xalign=0, wrap=True, max_width_chars=70), False, False, 0)
        row = None
        for control in controls:
            if control in side or control in tabs or control["kind"] == "menu_item":
                continue
            small = control["kind"] in IN_A_ROW
            if not small or row is None or len(row.get_children()) == ROW:
                row = Gtk.Box(spacing=8)
                column.pack_start(row, False, False, 0)
            row.pack_start(self._make(control), not small, not small, 0)
            row = row if small else None
        across = Gtk.Box(spacing=12)
        if side:
            across.pack_start(self._side(side), False, False, 0)
        across.pack_start(self._tabs(tabs, column) if tabs else column, True, True, 0)
        box.pack_start(across, True, True, 0)

    def _side(self, side: list[dict]) -> Gtk.Widget:
        if side[0]["kind"] == "tree_row":
            return self._tree(side)
        rows = Gtk.ListBox()
        for control in side:
            row = Gtk.ListBoxRow()
            row.add(Gtk.Label(label=control["text"], xalign=0, margin=6))
            rows.add(row)
            self.widgets[control["id"]] = row
        rows.connect("row-activated", lambda _, row: tell("did", id=side[row.get_index()]["id"]))
        return rows

    def _tree(self, side: list[dict]) -> Gtk.TreeView:
        store = Gtk.TreeStore(str)
        self.tree = Gtk.TreeView(model=store, headers_visible=False)
        self.tree.append_column(Gtk.TreeViewColumn("", Gtk.CellRendererText(), text=0))
        for number, control in enumerate(side):
            store.append(None, [control["text"]])
            self.rows[control["id"]] = Gtk.TreePath(number)
            self.widgets[control["id"]] = self.tree
        self.tree.connect("button-press-event", self._pressed_row)
        return self.tree

    def _pressed_row(self, tree: Gtk.TreeView, event) -> bool:
        found = tree.get_path_at_pos(int(event.x), int(event.y))
        for name, path in self.rows.items():
            if found and found[0] == path:
                tell("did", id=name)
        return False

    def _tabs(self, tabs: list[dict], column: Gtk.Box) -> Gtk.Notebook:
        book = Gtk.Notebook()
        for number, control in enumerate(tabs):
            label = Gtk.Label(label=control["text"])
            book.append_page(column if number == 0 else Gtk.Box(), label)
            self.widgets[control["id"]] = label
        book.connect("button-press-event", self._pressed_tab)
        return book

    def _pressed_tab(self, _book: Gtk.Notebook, event) -> bool:
        for control in self.page["controls"]:
            if control["kind"] == "tab" and inside(self.place(control["id"]), event):
                tell("did", id=control["id"])
        return False

    def _pressed_text(self, _window: Gtk.Window, event) -> bool:
        for control in self.page["controls"]:
            if control["kind"] == "text" and inside(self.place(control["id"]), event):
                tell("did", id=control["id"])
        return False

    def _menu_bar(self) -> Gtk.MenuBar:
        bar, menu = Gtk.MenuBar(), Gtk.Menu()
        title = Gtk.MenuItem(label=self.page["menu"])
        title.set_submenu(menu)
        bar.append(title)
        self.widgets["menu"] = title
        for control in self.page["controls"]:
            if control["kind"] != "menu_item":
                continue
            item = Gtk.MenuItem.new_with_mnemonic(caption(control))
            menu.append(item)
            self._worked(control, item, "activate")
        return bar

    def _worked(self, control: dict, widget: Gtk.Widget, signal: str) -> Gtk.Widget:
        """Keep a control's widget, which tells when it is worked."""
        self.widgets[control["id"]] = widget
        if signal:
            widget.connect(signal, did(control["id"]))
        if control["shortcut"]:
            key, mask = Gtk.accelerator_parse(accelerator(control["shortcut"]))
            action = "activate" if isinstance(widget, Gtk.MenuItem) else "clicked"
            widget.add_accelerator(action, self.keys, key, mask, Gtk.AccelFlags.VISIBLE)
        return widget

    def _make(self, control: dict) -> Gtk.Widget:
        kind = control["kind"]
        if kind in FIELDS:
            return self._field(control)
        if kind in ("switch", "combo_box"):
            return self._beside_its_name(control)
        if kind == "icon_button":
            return self._icon(control)
        if kind == "custom":
            return self._custom(control)
        if kind == "text":
            return self._worked(control, Gtk.Label(label=control["text"], halign=Gtk.Align.START), "")
        if kind == "link":
            link = Gtk.LinkButton.new_with_label("https://example.org/", control["text"])
            link.connect("activate-link", lambda *_: tell("did", id=control["id"]) or True)
            return self._worked(control, link, "")
        button = self._button(control)
        if kind == "radio":
            # The one that is left is "clicked", too.
            button.connect("clicked", lambda *_: tell("did", id=control["id"]) if button.get_active() else None)
            return self._worked(control, button, "")
        return self._worked(control, button, "clicked")

    def _button(self, control: dict) -> Gtk.Button:
        if control["kind"] == "checkbox":
            button = Gtk.CheckButton.new_with_mnemonic(caption(control))
            button.set_active(bool(control["value"]))
        elif control["kind"] == "radio":
            button = Gtk.RadioButton.new_with_mnemonic_from_widget(self.group, caption(control))
            button.set_active(bool(control["value"]))
            self.group = button
        else:
            button = Gtk.Button.new_with_mnemonic(caption(control))
        button.set_halign(Gtk.Align.START)
        return button

    def _field(self, control: dict) -> Gtk.Widget:
        """A field with its name before it, which tells when it is clicked, typed into or left by Enter."""
        name, area = Gtk.Label.new_with_mnemonic(caption(control)), control["kind"] == "text_area"
        widget = self._area(control) if area else self._entry(control)
        widget.connect("button-press-event", did(control["id"]))
        name.set_mnemonic_widget(widget)
        self.widgets[control["id"]] = widget
        row = Gtk.Box(orientation=Gtk.Orientation.VERTICAL if area else Gtk.Orientation.HORIZONTAL, spacing=4)
        name.set_xalign(0)
        row.pack_start(name, False, False, 0)
        row.pack_start(widget, True, True, 0)
        return row

    def _area(self, control: dict) -> Gtk.TextView:
        area = Gtk.TextView()
        area.set_size_request(360, 70)
        area.get_buffer().set_text(control["value"])
        area.get_buffer().connect("changed", did(control["id"]))
        if control["enter"]:
            area.connect("key-press-event", self._sends, control["enter"])
        return area

    def _entry(self, control: dict) -> Gtk.Entry:
        secret = control["kind"] == "password_field"
        purpose = Gtk.InputPurpose.PASSWORD if secret else Gtk.InputPurpose.FREE_FORM
        entry = Gtk.Entry(
            text=control["value"], visibility=not secret, input_purpose=purpose, placeholder_text=control["hint"]
        )
        entry.connect("changed", did(control["id"]))
        if control["enter"]:
            entry.connect("activate", did(control["enter"]))
        entry.set_activates_default(not control["enter"])
        return entry

    def _sends(self, _area: Gtk.TextView, event, name: str) -> bool:
        if event.keyval != Gdk.KEY_Return:
            return False
        tell("did", id=name)
        return True

    def _beside_its_name(self, control: dict) -> Gtk.Widget:
        row, name = Gtk.Box(spacing=8), Gtk.Label.new_with_mnemonic(caption(control))
        if control["kind"] == "switch":
            widget = Gtk.Switch(active=bool(control["value"]), valign=Gtk.Align.CENTER)
            widget.connect("notify::active", did(control["id"]))
        else:
            widget = Gtk.ComboBoxText()
            widget.append_text(control["value"] or "–")
            widget.append_text("…")
            widget.set_active(0)
            widget.connect("notify::popup-shown", did(control["id"]))
        name.set_mnemonic_widget(widget)
        row.pack_start(name, False, False, 0)
        row.pack_start(widget, False, False, 0)
        self.widgets[control["id"]] = widget
        return row

    def _icon(self, control: dict) -> Gtk.Button:
        button = Gtk.Button(image=picture(control["text"]))
        if control["named_by"] == "tooltip":
            button.set_tooltip_text(control["text"])
        else:
            button.get_accessible().set_name(control["text"])
        return self._worked(control, button, "clicked")

    def _custom(self, control: dict) -> Gtk.Widget:
        """A picture that is pressed, and known to nobody."""
        pixels = GdkPixbuf.Pixbuf.new(GdkPixbuf.Colorspace.RGB, False, 8, 70, 28)
        pixels.fill(0x5A78AAFF)
        place = Gtk.EventBox()
        place.add(Gtk.Image.new_from_pixbuf(pixels))
        return self._worked(control, place, "button-press-event")

    def _set_default(self) -> None:
        for control in self.page["controls"]:
            if control["default"]:
                self.widgets[control["id"]].set_can_default(True)
                self.window.set_default(self.widgets[control["id"]])

    def place(self, name: str) -> list[int] | None:
        """Where a control lies on the desktop, or None while it is not to be seen."""
        widget = self.widgets[name]
        if not widget.get_mapped():
            return None
        if name in self.rows:
            cell = self.tree.get_cell_area(self.rows[name], self.tree.get_column(0))
            at, size = self.tree.convert_bin_window_to_widget_coords(cell.x, cell.y), (cell.width, cell.height)
        else:
            at, size = (0, 0), (widget.get_allocated_width(), widget.get_allocated_height())
        top = widget.get_toplevel()
        x, y = widget.translate_coordinates(top, *at)
        _, left, above = top.get_window().get_origin()
        return [left + x, above + y, *size]

    def places(self) -> dict[str, list[int]]:
        return {name: place for name in self.widgets if (place := self.place(name))}

    def focus(self, name: str) -> None:
        self.widgets[name].grab_focus()

    def close(self) -> None:
        """Take the page away, an open menu first: it has the mouse and the keyboard."""
        if self.bar:
            self.bar.deactivate()
            self.bar.get_parent().remove(self.bar)
        self.window.destroy()


def inside(place: list[int] | None, event) -> bool:
    """Whether something was pressed in a place of the desktop."""
    if place is None:
        return False
    left, top, width, height = place
    return left <= event.x_root < left + width and top <= event.y_root < top + height


def accelerator(shortcut: str) -> str:
    """Keys such as "ctrl+Return" as GTK writes them."""
    *held, key = shortcut.split("+")
    return "".join(f"<{name}>" for name in held) + key


class Stage:
    """Does what a line says: `show` a page, tell `where` its controls are, `focus` one, `hide`."""

    def __init__(self) -> None:
        self.shown: Shown | None = None

    def do(self, word: str, *what) -> bool:
        getattr(self, f"_{word}")(*what)
        return False

    def _show(self, page: dict) -> None:
        self._hide()
        self.shown = Shown(page)

    def _where(self) -> None:
        active = self.shown is not None and self.shown.window.is_active()
        tell("placed", active=active, places=self.shown.places() if self.shown else {})

    def _focus(self, name: str) -> None:
        self.shown.focus(name)
        tell("focused", id=name)

    def _hide(self) -> None:
        if self.shown:
            self.shown.close()
        self.shown = None


def complain(domain: str, _level, words: str, _data) -> None:
    """Pass a complaint on; not those of parts that a reader keeps for half a minute, when their window has gone."""
    if not words.startswith(("atk_state_set_contains_state:", "gtk_container_forall:")):
        print(f"{domain}: {words}", file=sys.stderr, flush=True)


def listen(stage: Stage) -> None:
    for line in sys.stdin:
        GLib.idle_add(stage.do, *json.loads(line))
    GLib.idle_add(Gtk.main_quit)


if __name__ == "__main__":
    for domain in ("Atk", "Gtk"):
        GLib.log_set_handler(domain, GLib.LogLevelFlags.LEVEL_CRITICAL, complain, None)
    warnings.filterwarnings("ignore", "g_object_unref")
    Gtk.Settings.get_default().set_property("gtk-enable-animations", False)
    threading.Thread(target=listen, args=(Stage(),), daemon=True).start()
    GLib.idle_add(tell, "ready")
    Gtk.main()
