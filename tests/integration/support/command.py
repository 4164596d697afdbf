"""The commands that are run once."""

import json
import subprocess

from support.gateway import BINARY


def run(*arguments, text=None, limit=120):
    """The finished process: `returncode`, `stdout`, `stderr`."""
    return subprocess.run([BINARY, *map(str, arguments)], input=text or "", capture_output=True, text=True,
                          timeout=limit)


def check(policy, *targets, text=None, **options):
    """One object for each target."""
    words = [word for name, value in options.items() for word in (f"--{name}", value)]
    result = run("check", "--json", "--policy", policy, *words, "--", *targets, text=text)
    assert (result.returncode, result.stderr) == (0, "")
    return [json.loads(line) for line in result.stdout.splitlines()]


def write_centre(folder, policy, lists):
    """Policy and lists in a folder; returns the policy's file."""
    for name, text in lists.items():
        file = folder / "lists" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    (folder / "policy.toml").write_text(policy)
    return folder / "policy.toml"
