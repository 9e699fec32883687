"""The set-up script: needs only Python, says in one sentence what is missing, and is quick the second time."""

import ast
import importlib.util
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "packaging" / "bootstrap.py"


@pytest.fixture
def bootstrap(tmp_path, monkeypatch):
    """The script, working on a bare checkout of its own instead of this one."""
    for name in ("constraints.txt", "pyproject.toml", "packaging/bootstrap.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    spec = importlib.util.spec_from_file_location("bootstrap", tmp_path / "packaging" / "bootstrap.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for name in module.NAMES:
        monkeypatch.delenv(name, raising=False)
    return module


@pytest.fixture
def programs(tmp_path, monkeypatch):
    """Makes stand-ins for system programs, found before the real ones; each notes what it is asked."""
    folder = tmp_path / "programs"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder), prepend=":")

    def make(name: str, output: str = "", path: Path | None = None) -> Path:
        program, log = path or folder / name, tmp_path / f"{name}.log"
        program.parent.mkdir(parents=True, exist_ok=True)
        program.write_text(f"#!/bin/sh\necho \"$@\" >> '{log}'\ncat <<'END'\n{output}\nEND\n")
        program.chmod(0o755)
        return log

    return make


@pytest.fixture
def finished_venv(bootstrap, programs):
    """A `.venv` whose interpreter only notes what it is asked."""
    return programs("python", path=bootstrap.VENV / "bin" / "python")


def say(*words: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, SCRIPT, *words], cwd=cwd, capture_output=True, text=True, check=False)


# -------------------------------------------------------------------------------------------------------- command line


@pytest.mark.parametrize(
    "words, sentence",
    [
        (
            (),
            "Say one of: setup, demo, test, lint, bench, bench-gpu, conformance, moved, kills, typing, guard, serve, fuzz, calls, episodes, practice, nano, doctor.",
        ),
        (("fly",), "Say one of: setup"),
        (("demo", "SEEED=7"), "`SEEED=7` is not understood"),
        (("demo", "SEED"), "`SEED` is not understood"),
    ],
)
def test_what_is_not_understood_is_said_in_one_sentence(words, sentence, tmp_path):
    done = say(*words, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith(sentence)
    assert done.stderr.count("\n") == 1


def test_words_win_over_the_environment(bootstrap):
    assert bootstrap.options_from(["SEED=3", "ONLY="], {"SEED": "1", "N": "9", "HOME": "/"}) == {"SEED": "3", "N": "9"}


def test_make_passes_verbs_and_names_on():
    told = subprocess.check_output(
        ["make", "--no-print-directory", "-n", "practice", "SEED=3", "N=5"], cwd=ROOT, text=True
    )
    assert told.strip().endswith("packaging/bootstrap.py practice SEED='3' N='5'")


def test_every_verb_has_its_make_target(bootstrap):
    told = subprocess.check_output(["make", "--no-print-directory", "-n", *bootstrap.VERBS], cwd=ROOT, text=True)
    assert [line.split()[-1] for line in told.splitlines()] == list(bootstrap.VERBS)


# -------------------------------------------------------------------------------------------------------- bare machine


def test_needs_the_standard_library_only():
    imports = [
        node for node in ast.walk(ast.parse(SCRIPT.read_text())) if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    names = {alias.name for node in imports if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module for node in imports if isinstance(node, ast.ImportFrom)}
    assert {name.split(".")[0] for name in names} - sys.stdlib_module_names == {"agent"}


def test_an_old_python_can_read_it_far_enough_to_be_told(bootstrap, monkeypatch, capsys):
    ast.parse(SCRIPT.read_text(), feature_version=(3, 8))
    monkeypatch.setattr(sys, "version_info", (3, 10, 4))
    assert bootstrap.main(["setup"]) == 2
    assert "needs Python 3.11 or later" in capsys.readouterr().err


def test_an_ordinary_user_is_told_the_command(bootstrap, programs, monkeypatch, capsys):
    have = [p for p in (*bootstrap.SCREEN_PACKAGES, *bootstrap.QT_PACKAGES, *bootstrap.FONT_PACKAGES) if p != "xvfb"]
    programs("dpkg-query", "\n".join(f"{package} installed" for package in [*have, "gcc", "libc6-dev"]))
    asked = programs("apt-get")
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    monkeypatch.setattr("sys.base_prefix", "/opt/python")
    assert bootstrap.main(["setup"]) == 2
    command = "apt-get install -y --no-install-recommends xvfb linux-libc-dev"
    assert f"sudo apt-get update && sudo {command}\n" in capsys.readouterr().err
    assert not asked.exists()


def test_root_gets_what_is_missing(bootstrap, programs, monkeypatch):
    programs("dpkg-query", "xvfb installed\nopenbox not-installed")
    asked = programs("apt-get")
    monkeypatch.setattr("os.geteuid", lambda: 0)
    monkeypatch.setattr("sys.base_prefix", "/usr")
    bootstrap.install_packages()
    update, install = asked.read_text().splitlines()
    assert update.startswith("update")
    assert {"openbox", "libxcb-cursor0", "python3-venv"} <= set(install.split())
    assert "xvfb" not in install.split()


def test_no_compiler_is_asked_for_once_it_has_done_its_work(bootstrap, programs):
    programs("dpkg-query")
    assert "gcc" in bootstrap.missing_packages()
    built = bootstrap.VENV / "lib" / "python3.11" / "site-packages" / "evdev" / "__init__.py"
    built.parent.mkdir(parents=True)
    built.touch()
    assert "gcc" not in bootstrap.missing_packages()


# ---------------------------------------------------------------------------------------------------------------- set-up


@pytest.fixture
def quiet_system(programs, monkeypatch):
    """A system that lacks nothing, and has no GPU."""
    monkeypatch.setattr("shutil.which", lambda name: None)


@pytest.mark.usefixtures("quiet_system")
def test_the_second_time_nothing_is_done(bootstrap, finished_venv):
    bootstrap.set_up({})
    first = finished_venv.read_text()
    assert "install -c constraints.txt -e .[dev]" in first
    bootstrap.set_up({})
    assert finished_venv.read_text() == first


@pytest.mark.usefixtures("quiet_system")
@pytest.mark.parametrize("name", ["constraints.txt", "pyproject.toml"])
def test_a_changed_requirement_is_installed(bootstrap, finished_venv, name):
    bootstrap.set_up({})
    with (bootstrap.ROOT / name).open("a") as file:
        file.write("\n")
    bootstrap.set_up({})
    assert finished_venv.read_text().count("install -c") == 2


@pytest.mark.usefixtures("quiet_system")
def test_another_torch_build_replaces_the_first(bootstrap, finished_venv):
    bootstrap.set_up({})
    bootstrap.set_up({"TORCH": "cpu"})
    uninstall, *installs = finished_venv.read_text().splitlines()[3:]
    assert uninstall.endswith("uninstall --yes torch")
    assert ["/whl/cpu " in install for install in installs] == [True, True, True]


@pytest.mark.usefixtures("quiet_system")
def test_a_failed_installation_ends_with_its_status_and_is_tried_again(bootstrap, finished_venv):
    interpreter = bootstrap.venv_python()
    works = interpreter.read_text()
    interpreter.write_text("#!/bin/sh\nexit 3\n")
    with pytest.raises(SystemExit) as ended:
        bootstrap.set_up({})
    assert ended.value.code == 3
    interpreter.write_text(works)
    bootstrap.set_up({})
    assert json.loads(bootstrap.STAMP.read_text()) == bootstrap.fingerprint({})


@pytest.mark.usefixtures("quiet_system")
def test_torchvision_lies_apart_and_is_made_anew_with_the_set_up(bootstrap, finished_venv):
    bootstrap.set_up({})
    lines = [line for line in finished_venv.read_text().splitlines() if "torchvision" in line]
    assert [line.partition(" --target ")[2] for line in lines] == [f"{bootstrap.APART} torchvision"]
    older = bootstrap.APART / "torchvision-0.1.dist-info"
    older.mkdir(parents=True)
    bootstrap.set_up({})
    assert older.exists()
    with (bootstrap.ROOT / "constraints.txt").open("a") as file:
        file.write("\n")
    bootstrap.set_up({})
    assert not older.exists()


@pytest.mark.usefixtures("quiet_system")
@pytest.mark.parametrize("name", ["bitsandbytes", "torchvision"])
def test_what_a_few_tests_need_may_lack(bootstrap, finished_venv, capsys, name):
    interpreter = bootstrap.venv_python()
    interpreter.write_text(interpreter.read_text() + f'case "$*" in *{name}) exit 1;; esac\n')
    assert bootstrap.main(["setup"]) == 0
    assert f"deskhand: {name} cannot be had here; set-up goes on, and the tests" in capsys.readouterr().err
    first = finished_venv.read_text()
    assert len(first.splitlines()) == 3
    assert bootstrap.main(["setup"]) == 0
    assert finished_venv.read_text() == first


def test_every_extra_is_pinned_and_torchvision_to_the_torch_it_belongs_to():
    pins = dict(line.split("==") for line in (ROOT / "constraints.txt").read_text().splitlines() if "==" in line)
    assert "bitsandbytes" in pins
    # torchvision 0.28 belongs to torch 2.13, and so on.
    assert int(pins["torchvision"].split(".")[1]) == int(pins["torch"].split(".")[1]) + 15


@pytest.fixture
def xlib(bootstrap):
    """Writes what the two packages of one name leave behind: python-xlib's record, and the folder of whichever was last."""

    def write(package: str | None, record: str = "python_xlib-0.33.dist-info") -> None:
        site = bootstrap.VENV / "lib" / "python3.11" / "site-packages"
        (site / record).mkdir(parents=True, exist_ok=True)
        (site / "Xlib").mkdir(exist_ok=True)
        (site / "Xlib" / "__init__.py").unlink(missing_ok=True)
        if package is not None:
            (site / "Xlib" / "__init__.py").write_text(package)

    return write


@pytest.mark.parametrize(
    "package, overwritten",
    [
        ("\n__version__ = (0, 33)\n\n__version_extra__ = ''\n", False),
        ("\n__version__ = (0, 15)\n\n__version_extra__ = 'rc1'\n", True),
        (None, True),
    ],
)
def test_it_is_seen_whose_package_xlib_is(bootstrap, xlib, package, overwritten):
    assert not bootstrap.xlib_overwritten()
    xlib(package)
    assert bootstrap.xlib_overwritten() is overwritten


def test_the_package_xlib_of_this_environment_is_the_newer_one(bootstrap, monkeypatch):
    monkeypatch.setattr(bootstrap, "VENV", ROOT / ".venv")
    assert not bootstrap.xlib_overwritten()


@pytest.mark.usefixtures("quiet_system")
def test_an_overwritten_xlib_is_put_back_also_when_all_else_is_done(bootstrap, finished_venv, xlib):
    xlib("__version__ = (0, 33)")
    bootstrap.set_up({})
    first = finished_venv.read_text()
    assert "python-xlib" not in first
    xlib("__version__ = (0, 15)")
    bootstrap.set_up({})
    install, mend, *_ = finished_venv.read_text().removeprefix(first).splitlines()
    assert install.endswith("-e .[dev]")
    assert mend.endswith("install --force-reinstall --no-deps -c constraints.txt python-xlib")


@pytest.mark.parametrize("driver, build", [("13.1", "cu130"), ("12.8", "cu126"), ("11.4", "default"), ("", "default")])
def test_the_driver_decides_the_torch_build(bootstrap, programs, driver, build):
    programs("nvidia-smi", f"| Driver Version: 1  CUDA Version: {driver}  |" if driver else "No devices were found")
    assert bootstrap.torch_build("") == build
    assert bootstrap.torch_build("rocm6.4") == "rocm6.4"


# ------------------------------------------------------------------------------------------------------------------ demo


def test_the_demo_gets_a_screen_of_its_own(tmp_path):
    seen = tmp_path / "display"
    code = f"""
import runpy, sys
bootstrap = runpy.run_path({str(SCRIPT)!r})
bootstrap["on_virtual_screen"]([sys.executable, "-c", "import os, pathlib; "
    "pathlib.Path({str(seen)!r}).write_text(os.environ['DISPLAY'])"])
"""
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=True)
    assert seen.read_text().startswith(":")


def test_without_a_virtual_screen_the_demo_names_the_real_one(bootstrap, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(bootstrap.Unable, match=r"xvfb, openbox.* REAL=1"):
        bootstrap.on_virtual_screen(["true"])
