"""A GTK 3 text field that tells its whole text after each change, one JSON string a line; needs the library alone."""

import ctypes
import ctypes.util
import json

gtk = ctypes.CDLL(ctypes.util.find_library("gtk-3"))
gobject = ctypes.CDLL(ctypes.util.find_library("gobject-2.0"))
Pointer, Heard = ctypes.c_void_p, ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p)
for name in ("gtk_window_new", "gtk_text_view_new", "gtk_text_view_get_buffer", "gtk_text_buffer_get_text"):
    getattr(gtk, name).restype = Pointer


class Iter(ctypes.Structure):
    """Room for a GtkTextIter."""

    _fields_ = (("room", ctypes.c_byte * 256),)


@Heard
def tell(_source, _data):
    start, end = Iter(), Iter()
    gtk.gtk_text_buffer_get_bounds(Pointer(buffer), ctypes.byref(start), ctypes.byref(end))
    text = gtk.gtk_text_buffer_get_text(Pointer(buffer), ctypes.byref(start), ctypes.byref(end), 1)
    print(json.dumps(ctypes.string_at(text).decode()), flush=True)


def connect(source, signal: bytes) -> None:
    gobject.g_signal_connect_data(Pointer(source), signal, tell, None, None, 0)


gtk.gtk_init(None, None)
window, view = gtk.gtk_window_new(0), gtk.gtk_text_view_new()
buffer = gtk.gtk_text_view_get_buffer(Pointer(view))
gtk.gtk_window_set_default_size(Pointer(window), 600, 400)
gtk.gtk_container_add(Pointer(window), Pointer(view))
connect(buffer, b"changed")
connect(window, b"notify::is-active")
gtk.gtk_widget_show_all(Pointer(window))
gtk.gtk_main()
