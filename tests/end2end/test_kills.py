"""What is left when a process is killed at the worst moment: no key, no button, and a run that can be read."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time

import psutil
import pytest

from agent.evaluate.desk import WINDOW, PracticeDesk
from agent.events import Noted, RunFinished, Said, StepStarted, event_from_json
from agent.intents import Capture, StartRun, intent_to_json
from agent.mind.tiny import build_tiny
from agent.report import write_report
from agent.store import RunFolder

_KILL_WHEN_DOWN = """
import sys, time
import psutil
from Xlib import X, display
root = display.Display().screen().root
down = lambda: bool(root.query_pointer().mask & X.Button1Mask)
parent = psutil.Process(int(sys.argv[1]))
print("watching", flush=True)
while not (found := [child for child in [parent, *parent.children()] if "agent.runner" in child.cmdline()]):
    time.sleep(0.01)
while not down():
    pass
found[0].kill()
began = time.monotonic()
while down() and time.monotonic() < began + 5:
    time.sleep(0.002)
print(found[0].pid, "held" if down() else "lifted", flush=True)
"""


def call(**arguments):
    return f"<tool_call>\n{json.dumps({'name': 'computer_use', 'arguments': arguments})}\n</tool_call>"


DRAG = [call(action="mouse_move", coordinate=[100, 500]), call(action="left_click_drag", coordinate=[900, 520])]

RUN = [sys.executable, "-m", "agent.cli", "run", "x", "--free", "--window", WINDOW, "--model"]


@pytest.fixture
def env(screen, tmp_path):
    return {**screen, "DESKHAND_HOME": str(tmp_path)}


@pytest.fixture
def runner(env):
    process = subprocess.Popen(
        [sys.executable, "-m", "agent.runner"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=env
    )
    yield process
    process.kill()
    process.wait()
    process.stdin.close()
    process.stdout.close()


@pytest.fixture
def desk(screen):
    with PracticeDesk(place=(500, 300), env=screen) as practice:
        practice.deal(3, "press", 1)
        yield practice


@contextlib.contextmanager
def killer_of(screen, process):
    """Kills a runner, or the runner that a shell will start, the moment a button is down; says what became of it."""
    command = [sys.executable, "-c", _KILL_WHEN_DOWN, str(process.pid)]
    with subprocess.Popen(command, env=screen, stdout=subprocess.PIPE, text=True) as killer:
        try:
            assert killer.stdout.readline() == "watching\n"
            yield killer
        finally:
            killer.kill()


def start(runner, tmp_path, *replies, model=None):
    script = tmp_path / "script.json"
    script.write_text(json.dumps(replies))
    capture = Capture(kind="window", name=WINDOW)
    intent = StartRun(task="x", model=model or f"scripted:{script}", mode="free", capture=capture)
    runner.stdin.write(intent_to_json(intent).encode() + b"\n")
    runner.stdin.flush()


def events(runner):
    for line in runner.stdout:
        event = event_from_json(line)
        yield event
        if isinstance(event, RunFinished):
            return


def test_a_runner_killed_in_mid_drag_leaves_no_button_down_and_a_run_that_opens(screen, runner, desk, tmp_path):
    with killer_of(screen, runner) as killer:
        start(runner, tmp_path, *DRAG)
        assert killer.communicate(timeout=60)[0] == f"{runner.pid} lifted\n"
    assert runner.wait(10) == -signal.SIGKILL
    folder = next((tmp_path / "runs").iterdir())
    assert any(isinstance(event, StepStarted) for event in RunFolder.read(folder))


@pytest.fixture
def shell(screen, env, tmp_path):
    """The shell, its window in the corner that the practice desk leaves free."""
    script, settings = tmp_path / "script.json", tmp_path / "config" / "deskhand" / "settings.json"
    script.write_text(json.dumps(DRAG))
    settings.parent.mkdir(parents=True)
    runs = {"mode": "free", "capture": {"kind": "window", "name": WINDOW}}
    settings.write_text(json.dumps({"models": {"name": f"scripted:{script}"}, "runs": runs}))
    env = {**env, "XDG_CONFIG_HOME": str(tmp_path / "config")}
    process = subprocess.Popen([sys.executable, "-m", "app"], env=env)
    search = ["search", "--sync", "--onlyvisible", "--name", "^Deskhand$"]
    subprocess.run(["xdotool", *search, "windowmove", "%1", "10", "30", "windowactivate"], env=screen, check=True)
    yield process
    process.kill()
    process.wait()


def runner_of(shell, but=None):
    """The runner's process number, once there is one other than `but`; None while there is none."""
    children = psutil.Process(shell.pid).children()
    return next((child.pid for child in children if child.pid != but and "agent.runner" in child.cmdline()), None)


def waited_for(condition, patience=60):
    deadline = time.monotonic() + patience
    while not (met := condition()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return met


def test_a_shell_whose_runner_is_killed_in_mid_drag_lives_on(screen, shell, tmp_path):
    def keys(*words):
        subprocess.run(["xdotool", *words], env=screen, check=True)

    with PracticeDesk(place=(1500, 80), env=screen) as desk, killer_of(screen, shell) as killer:
        desk.deal(3, "press", 1)
        keys("search", "--onlyvisible", "--name", "^Deskhand$", "windowactivate", "--sync", "%1", "type", "drag it")
        # Enter is for a window that has read its settings; in one whose run has begun there is nothing more to send.
        for _ in range(10):
            keys("key", "Return")
            if waited_for(lambda: runner_of(shell), patience=5):
                break
        killed, fate = killer.communicate(timeout=60)[0].split()
        assert fate == "lifted"
        assert waited_for(lambda: runner_of(shell, but=int(killed)))  # the shell has seen it, and goes on
        assert shell.poll() is None
    (folder,) = (tmp_path / "runs").iterdir()
    assert RunFolder.read(folder)[-1].kind == "judged"
    assert write_report(folder).exists()


def test_the_stop_key_stops_while_nobody_reads_the_events(screen, runner, desk, tmp_path):
    """A shell that hangs or is stopped reads nothing and says nothing."""
    start(runner, tmp_path, call(action="wait", time=60))
    deadline = time.monotonic() + 60
    while not list(tmp_path.glob("runs/*/events.jsonl")) or "wait" not in next(
        tmp_path.glob("runs/*/events.jsonl")
    ).read_text(encoding="utf-8"):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    press_stop_key(screen)
    *_, last = events(runner)
    assert last.status == "stopped"


def test_a_stop_while_the_model_loads_ends_the_run_and_lets_the_mind_load(
    screen, runner, desk, endless_model, tmp_path
):
    start(runner, tmp_path, model=str(endless_model))
    with frozen_mind(runner, endless_model) as mind:
        press_stop_key(screen)
        *_, last = events(runner)
        assert last.status == "stopped"
        assert runner.poll() is None
        assert not ended(mind)


def test_a_stop_while_the_model_loads_ends_the_command_and_its_mind(screen, env, desk, endless_model):
    with (
        subprocess.Popen([*RUN, str(endless_model)], env=env) as process,
        frozen_mind(process, endless_model) as mind,
    ):
        press_stop_key(screen)
        assert process.wait(60) == 1
        assert ended(mind)


def test_the_second_press_of_the_stop_key_ends_a_runner_that_does_not_answer(screen, runner, desk, tmp_path):
    with hanging_script(tmp_path) as (script, begun):
        start(runner, tmp_path, model=script)
        begun()
        press_stop_key(screen)
        time.sleep(1)
        assert runner.poll() is None
        press_stop_key(screen)
        assert runner.wait(60) == 1


def test_the_second_press_of_the_stop_key_ends_a_command_that_does_not_answer(screen, env, desk, tmp_path):
    with hanging_script(tmp_path) as (script, begun), subprocess.Popen([*RUN, script], env=env) as process:
        begun()
        press_stop_key(screen)
        time.sleep(1)
        assert process.poll() is None
        press_stop_key(screen)
        assert process.wait(60) == 1


@pytest.fixture
def endless_model(tmp_path):
    """A model that is never read to its end: its configuration is a pipe."""
    folder = tmp_path / "model"
    folder.mkdir()
    os.mkfifo(folder / "config.json")
    return folder


@contextlib.contextmanager
def hanging_script(folder):
    """A model whose script is never read to its end, and what waits until the reading has begun."""
    script, pipes = folder / "endless.json", []
    os.mkfifo(script)
    try:
        yield f"scripted:{script}", lambda: pipes.append(waited_for(lambda: writing_end(script), patience=120))
    finally:
        for pipe in pipes:
            os.close(pipe)


@contextlib.contextmanager
def frozen_mind(process, model):
    """The mind that a runner has started, in the middle of its loading and deaf to everything from now on."""
    pipe = waited_for(lambda: writing_end(model / "config.json"), patience=120)
    (mind,) = minds_of(process)
    mind.suspend()
    try:
        yield mind
    finally:
        os.close(pipe)
        process.kill()
        with contextlib.suppress(psutil.NoSuchProcess):
            mind.kill()


def writing_end(pipe):
    try:
        return os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
    except OSError:  # nobody reads it yet
        return None


def press_stop_key(screen):
    subprocess.run(["xdotool", "key", "ctrl+shift+Escape"], env=screen, check=True)


def ended(process):
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def test_a_mind_killed_in_mid_thought_is_started_again(runner, desk, tmp_path):
    model = build_tiny(tmp_path / "tiny")
    start(runner, tmp_path, model=str(model))
    noted = False
    killed = 0
    for event in events(runner):
        if isinstance(event, Said) and not killed:
            killed = _kill_mind(runner)
        noted = noted or (isinstance(event, Noted) and "starting it again" in event.words)
        if noted and isinstance(event, Said):
            break
    assert killed
    assert noted


def _kill_mind(runner):
    """End the mind's server that this runner started, and no other on this machine; how many there were."""
    minds = minds_of(runner)
    for mind in minds:
        mind.kill()
    return len(minds)


def minds_of(process):
    return [child for child in psutil.Process(process.pid).children() if "agent.mind.server" in child.cmdline()]
