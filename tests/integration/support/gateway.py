"""The real gateway as a child process, with all its files in a folder of the test."""

import functools
import json
import os
import pathlib
import signal
import subprocess
import sys

from support.peer import connect
from support.process import cpu_seconds, descriptors, end, resident_kib
from support.wait import until

BINARY = pathlib.Path(os.environ.get("BREAKWATER") or pathlib.Path(__file__).parents[3] / "build/release/breakwater")

POLICY = """
[centre]
name = "Test centre"
timezone = "Europe/London"
[lists]
local = "lists"
[[group]]
name = "learners"
networks = ["127.0.0.0/8", "::1/128"]
default = "allow"
[floor]
categories = ["gambling"]
[[rule]]
name = "no games"
groups = ["learners"]
block = ["games"]
"""

LISTS = {"games/domains": "blocked.test\n", "gambling/domains": "gambling.test\n", "terrorism/domains": "terror.test\n"}

HOSTS = """
127.0.0.1 allowed.test www.allowed.test a.allowed.test b.allowed.test
127.0.0.1 blocked.test www.blocked.test gambling.test terror.test
127.0.0.1 xn--mnchen-3ya.test
"""

# One worker makes the pool of origin connections countable; the ends of tests need not be graceful; nobody outside is
# asked for a name; nothing but the test asks for anything.
SETTINGS = {"proxy.threads": 1, "proxy.drain": "200ms", "dns.hosts": "hosts", "dns.servers": ["127.0.0.1:9"],
            "dns.allow_private": ["127.0.0.0/8"], "selftest.at": [], "selftest.after_change": "0s"}


@functools.cache
def is_sanitized():
    """Is this a build with a sanitizer? Those use more of everything."""
    return any(name in BINARY.read_bytes() for name in (b"__asan_init", b"__ubsan_handle", b"__tsan_init"))


class Gateway:
    """`settings` maps dotted names to values and is laid over SETTINGS; None leaves a setting out. `lists` maps
    CATEGORY/FILE to text, `files` names beside the policy. `wrapper` is a command
    that ends by executing the gateway in its own place."""

    def __init__(self, folder, *, settings=None, policy=POLICY, lists=None, files=(), hosts=HOSTS,
                 clock="2026-11-23T10:00", wrapper=(), state=None, arguments=(),
                 listen="127.0.0.1:0", descriptors=()):
        self.folder = pathlib.Path(folder)
        self.state = state or self.folder / "state"
        self.child = None
        self.policy_file = self.folder / "policy.toml"
        self.lists_folder = self.folder / "lists"
        self.hosts_file = self.folder / "hosts"
        self.policy_file.write_text(policy)
        self.hosts_file.write_text(hosts)
        for name, text in (LISTS if lists is None else lists).items():
            self.write_list(name, text)
        for name, text in dict(files).items():
            self.replace(name, text)
        chosen = {name: value for name, value in {**SETTINGS, **(settings or {})}.items() if value is not None}
        text = "".join(f"{name} = {json.dumps(value)}\n" for name, value in chosen.items())
        self.settings_file = self.folder / "breakwater.toml"
        self.settings_file.write_text(text)
        self.clock = clock
        self.wrapper = wrapper
        self.arguments = arguments
        self.listen = listen
        self.passed = descriptors  # that the gateway inherits

    def write_list(self, name, text):
        file = self.lists_folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())

    def replace(self, name, content):
        """A file beside the policy, put in its place at once by a rename."""
        file, fresh = self.folder / name, self.folder / "fresh"
        file.parent.mkdir(parents=True, exist_ok=True)
        fresh.write_bytes(content if isinstance(content, bytes) else content.encode())
        fresh.rename(file)

    def command(self, *words, code=0):
        """Runs `breakwater WORDS` with this policy and state; gives what it says on standard output."""
        policy = () if "history" in words else ("--policy", self.policy_file)
        state = () if {"add", "remove", "find"} & set(words[:2]) else ("--state", self.state)
        command = [str(word) for word in (BINARY, *words, *policy, *state)]
        result = subprocess.run(command, capture_output=True, text=True, timeout=120)
        assert result.returncode == code, result.stdout + result.stderr
        return result.stdout

    def rows(self, *words, code=0):
        """The same with --json."""
        return [json.loads(line) for line in self.command(*words, "--json", code=code).splitlines()]

    def start(self):
        assert BINARY.is_file(), f"{BINARY} is not there: build it, or name it in BREAKWATER"
        clock = ["--clock", self.clock] if self.clock else []
        command = [*self.wrapper, BINARY, "serve", "--policy", self.policy_file, "--config", self.settings_file,
                   "--state", self.state, "--listen", self.listen, *clock, *self.arguments]
        command = [str(word) for word in command]
        with open(self.folder / "stdout", "wb") as out, open(self.folder / "stderr", "ab") as err:
            self.child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=err,
                                          pass_fds=self.passed)
        line = until(self.announcement, lambda: f"the gateway to listen: {self.stderr()}")
        self.port = int(line.rpartition(":")[2])
        return self

    def announcement(self):
        assert self.child.poll() is None, f"the gateway ended with {self.child.returncode}: {self.stderr()}"
        lines = [line for line in (self.folder / "stdout").read_text().splitlines() if line.startswith("listening on ")]
        return lines[0] if lines else None

    @property
    def pid(self):
        return self.child.pid

    @property
    def proxy(self):
        return f"http://127.0.0.1:{self.port}"

    def connect(self, **options):
        return connect(self.port, **options)

    def stderr(self):
        return (self.folder / "stderr").read_text(errors="replace")

    def wait_for_stderr(self, text, count=1):
        return until(lambda: self.stderr().count(text) >= count, lambda: f"{text!r} on standard error: {self.stderr()}")

    def log_now(self):
        file = self.state / "access.log"
        whole = file.read_text().split("\n")[:-1] if file.exists() else []  # the last one may still be on its way
        return [json.loads(line) for line in whole]

    def log_lines(self, count=1, **wanted):
        """The lines of the access log whose members are as `wanted`, once there are `count` of them."""
        def find():
            lines = [line for line in self.log_now() if all(line.get(key) == value for key, value in wanted.items())]
            return lines if len(lines) >= count else None
        return until(find, lambda: f"{count} log lines with {wanted}: {self.log_now()}")

    def attempts(self, state=None, complaint=""):
        """Those of its state directory, or of a copy of it; `complaint` is the end of what is told beside them."""
        command = [BINARY, "attempts", "--state", state or self.state, "--json"]
        result = subprocess.run(command, capture_output=True, text=True, timeout=60)
        assert result.returncode == 0 and bool(result.stderr) == bool(complaint), result.stderr
        assert result.stderr.endswith(complaint), result.stderr
        return [json.loads(line) for line in result.stdout.splitlines()]

    def reload(self, outcome="reload done"):
        """SIGHUP, and waits for how it ends ("reload refused" where the new files are wrong)."""
        before = self.stderr().count(outcome)
        self.child.send_signal(signal.SIGHUP)
        self.wait_for_stderr(outcome, before + 1)

    def resident_kib(self, key="VmRSS"):
        return resident_kib(self.pid, key)

    def cpu_seconds(self):
        return cpu_seconds(self.pid)

    def descriptors(self):
        return descriptors(self.pid)

    def stop(self):
        """Ends it with SIGTERM; returns its exit code."""
        return end(self.child)

    def counters(self):
        """What it says at its end."""
        self.stop()
        ended = [line for line in self.stderr().splitlines() if " ended:" in line]
        return {name: int(value) for name, value in (word.split("=") for word in ended[-1].split(" ended:")[1].split())}

    def close(self):
        """At the end of a test: it must have survived all that was done to it, and end well."""
        if not self.child:
            return
        crashed = self.child.poll()
        code = self.stop()
        print(f"--- {self.folder}/stderr\n{self.stderr()}", file=sys.stderr)
        assert crashed in (None, 0) and code == 0, f"the gateway ended with {code}"

