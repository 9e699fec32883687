"""A Qt text field that tells its whole text after each change, one JSON string a line."""

import json
import sys

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QPlainTextEdit


def tell() -> None:
    # Not toPlainText, which turns no-break spaces into plain ones.
    print(json.dumps(field.document().toRawText().replace("\u2029", "\n")), flush=True)


def ready() -> None:
    if field.isActiveWindow():
        tell()
    else:
        QTimer.singleShot(20, ready)


app = QApplication(sys.argv)
field = QPlainTextEdit()
field.textChanged.connect(tell)
field.resize(600, 400)
field.show()
ready()
app.exec()
