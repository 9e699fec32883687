import subprocess
import sys


def test_it_says_that_it_is_ready_and_nothing_else_whatever_xlib_prints(screen, tmp_path):
    """An authority file without an entry for this display makes Xlib print to stdout before it connects or gives up."""
    empty = tmp_path / "Xauthority"
    empty.touch()
    said = [
        subprocess.run(
            [sys.executable, "-m", "actions.backends.x11_lifter"],
            env={**screen, "XAUTHORITY": str(authority)},
            input="",
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        ).stdout
        for authority in (screen["XAUTHORITY"], empty)
    ]
    assert said[0] == "ready\n"
    assert said[1] in ("", "ready\n")
