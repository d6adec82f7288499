"""Runs a module as `python -m` does, and ends when whoever started it ends, killed or not: its stdin closes then."""
import os
import runpy
import sys
from threading import Thread


def follow() -> None:
    sys.stdin.read()
    os._exit(0)


Thread(target=follow, daemon=True).start()
del sys.argv[0]
sys.path[0] = os.getcwd()
runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
