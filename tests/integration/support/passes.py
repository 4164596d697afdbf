"""Lesson passes of a running gateway: the commands, and the socket itself."""

import json
import os
import socket

from support.command import run


def pass_command(gateway, *words, code=0):
    """What `breakwater pass WORDS` says: on standard output, or on standard error where it must fail; it may where
    `code` is None."""
    result = run("pass", *words, "--state", gateway.state)
    assert code is None or result.returncode == code, result.stdout + result.stderr
    return result.stdout if code == 0 else result.stderr


def grant(gateway, *what, group="learners", until="bell"):
    """The pass as the gateway tells it."""
    return json.loads(pass_command(gateway, "grant", "--group", group, *what, "--until", until, "--by", "a tutor",
                                   "--reason", "a lesson", "--json"))


def passes(gateway):
    return [json.loads(line) for line in pass_command(gateway, "list", "--json").splitlines()]


def events(gateway, *names):
    """(event, pass) of STATE/passes.log, or those of these names."""
    lines = [json.loads(line) for line in (gateway.state / "passes.log").read_text().splitlines()]
    return [line for line in lines if not names or line["event"] in names]


def control(gateway):
    """A connection to the socket; its folder is named by a descriptor, since a path there may not be long."""
    folder = os.open(gateway.state, os.O_PATH)
    try:
        peer = socket.socket(socket.AF_UNIX)
        peer.settimeout(20)
        peer.connect(f"/proc/self/fd/{folder}/control")
        return peer
    finally:
        os.close(folder)
