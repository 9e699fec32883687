"""Stands for the shell: starts the runner, sends it the line that it is given, and reads its events until it ends."""

import subprocess
import sys

command = [sys.executable, "-m", "agent.runner"]
with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as runner:
    runner.stdin.write(sys.argv[1].encode() + b"\n")
    runner.stdin.flush()
    print(runner.pid, flush=True)
    for line in runner.stdout:
        if b'"run_finished"' in line:
            print(line.decode(), flush=True)
            break
    runner.kill()
