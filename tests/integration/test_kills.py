"""kill -9 and power cuts at random moments under load: what a client saw blocked is in the chain, once."""

import collections
import os
import pathlib
import random
import signal
import subprocess
import time

import pytest

from support.centre import centre
from support.disk import make_image, mounted
from support.gateway import BINARY
from support.learner import learners
from support.wait import until

KILLS = 200
CUTS = 5
LONGEST = 0.15  # seconds under load; the first of them are those in which store and keys are opened


@pytest.fixture
def moments():
    seed = random.randrange(1 << 32)
    print(f"seed {seed}")
    return random.Random(seed)


def assert_recorded(answered, gateway, state):
    recorded = collections.Counter(attempt["host"] for attempt in gateway.attempts(state))
    assert [host for host in answered if host not in recorded] == []
    assert [host for host, count in recorded.items() if count > 1] == []
    verified = subprocess.run([BINARY, "verify", "--state", state], capture_output=True, text=True, timeout=120)
    assert verified.returncode == 0, verified.stdout + verified.stderr


def test_kill_9_at_random_moments_loses_nothing_that_was_answered(start_gateway, moments):
    gateway = start_gateway(**centre(settings={"proxy.threads": 2}))
    answered, rounds = [], 0
    for number in range(KILLS):
        clients = learners(gateway, f"r{number}")
        time.sleep(moments.uniform(0, LONGEST))
        gateway.child.kill()
        gateway.child.wait()
        before = len(answered)
        for client in clients:
            client.join()
            answered += client.answered
        rounds += len(answered) > before
        gateway.start()
    assert rounds > KILLS / 4, "too few kills came while answers came"
    assert_recorded(answered, gateway, gateway.state)


# ---- power cuts: a disk as it is at one moment, without what the kernel had not written to it -------------------------


def copy_at_one_moment(device, image, copy):
    """The disk must not be written to meanwhile; the kernel does so when it likes."""
    def writes():
        return pathlib.Path(f"/sys/block/{device}/stat").read_text().split()[4:9]

    def copied():
        before = writes()
        subprocess.run(["cp", "--sparse=always", image, copy], check=True)
        return before == writes() and before[-1] == "0"

    until(copied, "the disk to be quiet")


def test_a_power_cut_loses_nothing_that_was_answered(start_gateway, moments, tmp_path):
    image = make_image(tmp_path / "disk")
    cuts = []
    with mounted(image, tmp_path / "mounted") as device:
        gateway = start_gateway(**centre(state=tmp_path / "mounted/state", settings={"proxy.threads": 2},
                                         arguments=("--log", tmp_path / "access.log")))
        clients = learners(gateway, "c")
        try:
            for number in range(CUTS):
                time.sleep(moments.uniform(0.05, 1))
                os.kill(gateway.pid, signal.SIGSTOP)
                copy_at_one_moment(device, image, tmp_path / f"disk{number}")
                cuts.append([host for client in clients for host in client.answered])
                os.kill(gateway.pid, signal.SIGCONT)
        finally:
            gateway.child.kill()
            gateway.child.wait()
            for client in clients:
                client.join()
    gateway.child = None
    for number, answered in enumerate(cuts):
        with mounted(tmp_path / f"disk{number}", tmp_path / f"left{number}"):
            assert_recorded(answered, gateway, tmp_path / f"left{number}/state")
