#!/usr/bin/env python3
"""Owns the way from a bare checkout to a running Deskhand: sets up `.venv` and carries out the verbs of the Makefile.

Needs the standard library of Python 3.11 or later and nothing else, works from any folder, and on Windows and macOS too:

    python packaging/bootstrap.py VERB [NAME=VALUE ...]

Verbs: setup, demo, test, lint, bench, bench-gpu, conformance, moved, kills, typing, guard, serve, fuzz, calls, episodes, practice, nano, doctor. Names: SEED, N, ONLY, REAL, TORCH (see the README).
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMP = VENV / "deskhand-setup.json"
APART = VENV / "apart"
NAMES = ("SEED", "N", "ONLY", "REAL", "TORCH")
OLDEST_PYTHON = (3, 11)

# What the checks and the demo need beside Python: a screen with a window manager, what Qt's X plugin loads, fonts, and a
# compiler with headers for evdev, which pynput brings and which comes as source.
SCREEN_PACKAGES = ("xvfb", "openbox", "xauth", "x11-utils", "x11-xserver-utils", "xdotool")
QT_PACKAGES = (
    "libegl1", "libgl1", "libxkbcommon-x11-0", "libxcb-cursor0", "libxcb-icccm4", "libxcb-image0", "libxcb-keysyms1",
    "libxcb-randr0", "libxcb-render-util0", "libxcb-shape0", "libxcb-xinerama0", "libdbus-1-3", "libfontconfig1",
)  # fmt: skip
FONT_PACKAGES = ("fonts-dejavu-core", "fonts-noto-cjk")
BUILD_PACKAGES = ("gcc", "libc6-dev", "linux-libc-dev")
# Debian's own interpreter comes without these two; one from elsewhere brings both.
PYTHON_PACKAGES = ("python3-venv", "python3-dev")


class Unable(Exception):
    """This machine lacks something; the text says what, and what to do about it."""


def say(text: str) -> None:
    """A line of progress for the person, on stderr, so that stdout stays for results."""
    print(f"deskhand: {text}", file=sys.stderr, flush=True)


def run(command: Sequence[str | Path], *, env: Mapping[str, str] | None = None) -> None:
    """Run a command in the checkout.

    Raises:
        SystemExit: it failed; with its exit status.
    """
    status = subprocess.call([str(word) for word in command], cwd=ROOT, env=env)
    if status != 0:
        say(f"`{' '.join(Path(str(word)).name for word in command[:4])} …` ended with status {status}.")
        # A negative status is a signal's number; a shell would say 128 more than it.
        raise SystemExit(status if status > 0 else 128 - status)


def venv_python() -> Path:
    """The interpreter of `.venv`."""
    return VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def tool(name: str) -> Path:
    """A program that set-up put into `.venv`."""
    return venv_python().parent / (f"{name}.exe" if os.name == "nt" else name)


# ------------------------------------------------------------------------------------------------------ system packages


def missing_packages() -> list[str]:
    """Debian packages that this machine lacks, of those that Deskhand's checks and demo need; none elsewhere."""
    if shutil.which("dpkg-query") is None:
        return []
    wanted = [*SCREEN_PACKAGES, *QT_PACKAGES, *FONT_PACKAGES]
    if not _already_built():
        wanted += BUILD_PACKAGES
    if sys.base_prefix == "/usr":
        wanted += PYTHON_PACKAGES
    query = ["dpkg-query", "--show", "--showformat=${Package} ${db:Status-Status}\\n", *wanted]
    answer = subprocess.run(query, capture_output=True, text=True, check=False).stdout
    present = {line.split()[0] for line in answer.splitlines() if line.endswith(" installed")}
    return [package for package in wanted if package not in present]


def _already_built() -> bool:
    """Whether `.venv` holds evdev, so that no compiler is needed any more."""
    return any(VENV.glob("lib/python*/site-packages/evdev/__init__.py"))


def install_packages() -> None:
    """Install what is missing where that is allowed.

    Raises:
        Unable: it is not allowed, or there is no way to; the text holds the command to run.
    """
    if sys.platform != "linux":
        return
    if shutil.which("dpkg-query") is None:
        if lacking := [program for program in ("Xvfb", "openbox", "gcc") if shutil.which(program) is None]:
            say(f"this is no Debian or Ubuntu; install {', '.join(lacking)} with this system's own package manager.")
        return
    missing = missing_packages()
    if not missing:
        return
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        raise Unable(f"Some system packages are missing. Run this, then try again:\n\n    {apt_command(missing)}\n")
    say(f"installing {len(missing)} system packages: {' '.join(missing)}")
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    run(["apt-get", "update", "-qq"], env=env)
    run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", *missing], env=env)


def apt_command(packages: Sequence[str]) -> str:
    """The command with which an administrator installs `packages`."""
    return f"sudo apt-get update && sudo apt-get install -y --no-install-recommends {' '.join(packages)}"


# ------------------------------------------------------------------------------------------------------------- the .venv


def torch_build(choice: str) -> str:
    """The torch build for this machine's GPU: the name of one of PyTorch's own indexes, or "default" for pip's.

    The pin in constraints.txt names no build, so any index may satisfy it. pip's default index has for Linux a build for
    the newest CUDA, which works without a GPU too, and for Windows one for the CPU. So with an NVIDIA GPU the answer is
    the newest CUDA that its driver can run, without one the default. AMD and Intel GPUs cannot be told apart without
    their drivers: TORCH=rocm6.4 or TORCH=xpu asks for them, TORCH=cpu for the smallest build, TORCH=default for pip's.

    Args:
        choice: what the person asked for; empty to look for a GPU.
    """
    return choice or _cuda_build(_driver_cuda())


def index_arguments(build: str) -> list[str]:
    """What pip is told, so that it finds `build` of torch."""
    return [] if build == "default" else ["--extra-index-url", f"https://download.pytorch.org/whl/{build}"]


def _driver_cuda() -> tuple[int, int] | None:
    """The newest CUDA that the NVIDIA driver supports, or nothing where there is no such driver."""
    if shutil.which("nvidia-smi") is None:
        return None
    text = subprocess.run(["nvidia-smi"], capture_output=True, text=True, check=False).stdout
    _, found, rest = text.partition("CUDA Version:")
    if not found:
        return None
    major, _, minor = rest.split()[0].partition(".")
    return int(major), int(minor or 0)


def _cuda_build(driver: tuple[int, int] | None) -> str:
    builds = {(13, 0): "cu130", (12, 6): "cu126"}
    if driver is None:
        return "default"
    fitting = [build for least, build in builds.items() if driver >= least]
    if not fitting:
        say(f"the NVIDIA driver knows CUDA {driver[0]}.{driver[1]} only; torch will use the CPU until it is renewed.")
    return fitting[0] if fitting else "default"


def fingerprint(options: Mapping[str, str]) -> dict[str, str]:
    """What the set-up is made from; when it changes, the set-up is made anew."""
    digest = hashlib.sha256()
    for name in ("constraints.txt", "pyproject.toml", "packaging/bootstrap.py"):
        digest.update((ROOT / name).read_bytes())
    return {"files": digest.hexdigest(), "torch": torch_build(options.get("TORCH", ""))}


def set_up(options: Mapping[str, str]) -> None:
    """Bring system packages and `.venv` to what the checkout asks for; quick when they are there already.

    Raises:
        Unable: something is missing that cannot be installed from here.
    """
    wanted = fingerprint(options)
    made: dict[str, str] = json.loads(STAMP.read_text(encoding="utf-8")) if STAMP.exists() else {}
    if made == wanted and venv_python().exists() and not xlib_overwritten():
        return
    install_packages()
    _make_venv()
    started = time.monotonic()
    say("installing Python packages into .venv; the first time takes some minutes")
    pip = [str(venv_python()), "-m", "pip", "--disable-pip-version-check"]
    if made and made["torch"] != wanted["torch"]:
        # To pip one build of a version is as good as another; the old one has to make way.
        run([*pip, "uninstall", "--yes", "torch"])
    # The project itself, editable, with the tools for its development.
    run([*pip, "install", *index_arguments(wanted["torch"]), "-c", "constraints.txt", "-e", ".[dev]"])
    if xlib_overwritten():
        run([*pip, "install", "--force-reinstall", "--no-deps", "-c", "constraints.txt", "python-xlib"])
    _install_extras(pip, wanted["torch"])
    STAMP.write_text(json.dumps(wanted) + "\n", encoding="utf-8")
    say(f"set up in {time.monotonic() - started:.0f} s")


def _install_extras(pip: Sequence[str], build: str) -> None:
    """Install what a few tests alone need, where there is a build for this machine; without it they are skipped.

    torchvision goes into a folder that nobody looks into unasked (docs/decisions/0012).
    """
    shutil.rmtree(APART, ignore_errors=True)
    asked = [*pip, "install", *index_arguments(build), "--no-deps", "--only-binary", ":all:", "-c", "constraints.txt"]
    for name, where in {"bitsandbytes": [], "torchvision": ["--target", str(APART)]}.items():
        if subprocess.call([*asked, *where, name], cwd=ROOT) != 0:
            again = f"delete {STAMP.relative_to(ROOT)} to try again"
            say(f"{name} cannot be had here; set-up goes on, and the tests that need it are skipped ({again}).")


def xlib_overwritten() -> bool:
    """Whether the package `Xlib` in `.venv` is not python-xlib's: another one of that name (docs/decisions/0007)."""
    for record in VENV.glob("lib/python*/site-packages/python_xlib-*.dist-info"):
        numbers = record.name.removesuffix(".dist-info").partition("-")[2].split(".")
        package = record.parent / "Xlib" / "__init__.py"
        if not package.exists() or f"({', '.join(numbers)})" not in package.read_text(encoding="utf-8"):
            return True
    return False


def _make_venv() -> None:
    if venv_python().exists():
        return
    say(f"making .venv with Python {platform.python_version()}")
    try:
        import ensurepip  # noqa: F401 (Debian leaves it out of python3; then venv cannot work)
    except ImportError:
        raise Unable(
            f"This Python has no venv. Run this, then try again:\n\n    {apt_command(['python3-venv'])}\n"
        ) from None
    run([sys.executable, "-m", "venv", VENV])


# -------------------------------------------------------------------------------------------------------------- the verbs


def lint(options: Mapping[str, str]) -> None:
    """Style, types and contracts, as before each commit."""
    set_up(options)
    run([tool("ruff"), "check"])
    run([tool("ruff"), "format", "--check"])
    run([tool("mypy")])
    run([tool("lint-imports")])


def test(options: Mapping[str, str]) -> None:
    """All checks: lint, then the tests."""
    lint(options)
    run([venv_python(), "-m", "pytest", *(["-k", options["ONLY"]] if "ONLY" in options else [])])


def demo(options: Mapping[str, str]) -> None:
    """The embedded model finishes practice tasks, on a screen of its own unless REAL=1."""
    set_up(options)
    command = [str(venv_python()), "-m", "agent.cli", "demo", "--seed", options.get("SEED", "7")]
    if options.get("REAL") == "1":
        run(command)
    else:
        on_virtual_screen(command)


def on_virtual_screen(command: Sequence[str]) -> None:
    """Run a command on a screen of its own; where the person has a display, show that screen in a viewer on it."""
    sys.path.insert(0, str(ROOT))
    from agent.virtual_screen import NoVirtualScreen, VirtualScreen

    try:
        with VirtualScreen() as env, _viewer(env):
            run(command, env=env)
    except NoVirtualScreen as error:
        raise Unable(f"{error} REAL=1 uses the real screen, mouse and keyboard instead.") from error


@contextlib.contextmanager
def _viewer(env: Mapping[str, str]) -> Iterator[None]:
    """Show the virtual screen on the person's own display, where there is one."""
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        yield
        return
    viewer = [str(venv_python()), "-m", "app.viewer", "--display", env["DISPLAY"], "--xauthority", env["XAUTHORITY"]]
    with subprocess.Popen(viewer, cwd=ROOT) as process:
        try:
            yield
        finally:
            process.terminate()


def bench(options: Mapping[str, str]) -> None:
    """The benchmarks, one JSON object a line; ONLY=name runs one."""
    set_up(options)
    run([venv_python(), "tests/benchmarks/run.py", *([options["ONLY"]] if "ONLY" in options else [])])


def bench_gpu(options: Mapping[str, str]) -> None:
    """Real sizes with random weights on this machine's GPU, one JSON object a line; ONLY=2B,4B chooses among them."""
    set_up(options)
    run([venv_python(), "tests/benchmarks/gpu.py", *(["--sizes", options["ONLY"]] if "ONLY" in options else [])])


def conformance(options: Mapping[str, str]) -> None:
    """Where clicks land, against an independent oracle; prints one JSON line.

    N layouts go through the arithmetic, and a fiftieth as many real clicks through a virtual screen of two monitors. Without
    N it is 50,000 of them, and the table in the documents is made anew.
    """
    set_up(options)
    size = ["--count", options["N"]] if "N" in options else ["--table", "docs/conformance.md"]
    run([venv_python(), "tests/conformance/run.py", "--seed", options.get("SEED", "1"), *size])


def moved(options: Mapping[str, str]) -> None:
    """What is noticed when N targets change between look and act, and 10 N harmless things go on; prints one JSON line."""
    set_up(options)
    numbers = ["--seed", options.get("SEED", "1"), "--count", options.get("N", "1000")]
    run([venv_python(), "tests/moved/run.py", *numbers])


def kills(options: Mapping[str, str]) -> None:
    """Kill N processes that hold keys and buttons, and stop runs that type; prints one JSON line."""
    set_up(options)
    numbers = ["--seed", options.get("SEED", "1"), "--count", options.get("N", "500")]
    run([venv_python(), "tests/kills/run.py", *numbers])


def typing(options: Mapping[str, str]) -> None:
    """Type N texts for each keyboard layout into each program that is there; prints one JSON line."""
    set_up(options)
    numbers = ["--seed", options.get("SEED", "1"), "--count", options.get("N", "24")]
    run([venv_python(), "tests/texts/run.py", *numbers])


def guard(options: Mapping[str, str]) -> None:
    """Ask the guard about the labelled controls, look and act N times past our own windows, and try N times to get past
    an open approval; prints one JSON line.
    """
    set_up(options)
    numbers = ["--seed", options.get("SEED", "1"), "--count", options.get("N", "1000")]
    run([venv_python(), "tests/guard/run.py", *numbers])


def serve(options: Mapping[str, str]) -> None:
    """Play N practice desks of every family here and on the real `transformers serve`; prints one JSON line."""
    set_up(options)
    numbers = ["--seed", options.get("SEED", "1"), "--count", options.get("N", "2")]
    run([venv_python(), "tests/serve/run.py", *numbers])


def fuzz(options: Mapping[str, str]) -> None:
    """Feed the parser N texts that nobody would write; prints one JSON line."""
    set_up(options)
    run([venv_python(), "tests/fuzz/parse.py", options.get("SEED", "1"), options.get("N", "1000000")])


def calls(options: Mapping[str, str]) -> None:
    """Say N tool calls under their grammar from random scores, and read them; prints one JSON line."""
    set_up(options)
    numbers = ["--seed", options.get("SEED", "1"), "--count", options.get("N", "100000")]
    run([venv_python(), "tests/calls/run.py", *numbers])


def episodes(options: Mapping[str, str]) -> None:
    """Read N random runs of tiny models step by step and afresh, and compare what is said; prints one JSON line."""
    set_up(options)
    numbers = ["--seed", options.get("SEED", "1"), "--count", options.get("N", "200")]
    run([venv_python(), "tests/episodes/run.py", *numbers])


def practice(options: Mapping[str, str]) -> None:
    """The embedded model plays N fresh practice desks per task family; prints one JSON line."""
    set_up(options)
    real = ["--real"] if options.get("REAL") == "1" else []
    numbers = ["--seed", options.get("SEED", "1"), "--count", options.get("N", "50")]
    run([venv_python(), "-m", "agent.cli", "practice", *numbers, *real])


def nano(options: Mapping[str, str]) -> None:
    """Train the embedded model from scratch, by the committed recipe and seed, and score it on desks never trained on.

    Goes on where it was cut off.
    """
    set_up(options)
    run([venv_python(), "-m", "agent.train.nano"])
    run([venv_python(), "-m", "agent.cli", "practice", "--into", "assets/models/nano/SCORE.json"])


def doctor(options: Mapping[str, str]) -> None:
    """What this machine has, what is missing, and how to get it."""
    set_up(options)
    run([venv_python(), "-m", "agent.cli", "doctor"])


VERBS: dict[str, Callable[[Mapping[str, str]], None]] = {
    "setup": set_up,
    "demo": demo,
    "test": test,
    "lint": lint,
    "bench": bench,
    "bench-gpu": bench_gpu,
    "conformance": conformance,
    "moved": moved,
    "kills": kills,
    "typing": typing,
    "guard": guard,
    "serve": serve,
    "fuzz": fuzz,
    "calls": calls,
    "episodes": episodes,
    "practice": practice,
    "nano": nano,
    "doctor": doctor,
}


def options_from(words: Sequence[str], environment: Mapping[str, str]) -> dict[str, str]:
    """NAME=VALUE words over the environment's variables of the same names; empty values count as not given.

    Raises:
        Unable: a word that is no such pair.
    """
    given = {name: environment[name] for name in NAMES if environment.get(name)}
    for word in words:
        name, equals, value = word.partition("=")
        if not equals or name not in NAMES:
            raise Unable(f"`{word}` is not understood; give {', '.join(f'{name}=…' for name in NAMES)} after the verb.")
        if value:
            given[name] = value
    return given


def main(words: Sequence[str]) -> int:
    """Carry out the verb; 2 when this machine or the command line lacks something."""
    try:
        if sys.version_info < OLDEST_PYTHON:
            raise Unable(f"Deskhand needs Python 3.11 or later; this is {platform.python_version()}.")
        if not words or words[0] not in VERBS:
            raise Unable(f"Say one of: {', '.join(VERBS)}.")
        VERBS[words[0]](options_from(words[1:], os.environ))
    except Unable as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
