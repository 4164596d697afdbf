"""kill -9 at random moments under load: what a client saw blocked is in the chain, once."""

import collections
import random
import subprocess
import threading
import time

from support.centre import centre
from support.gateway import BINARY
from support.peer import get

KILLS = 200
CLIENTS = 6
LONGEST = 0.15  # seconds under load; the first of them are those in which store and keys are opened


class Client(threading.Thread):
    """Asks until the gateway is gone, from an address of its own; `answered` holds what came back as a whole page."""

    def __init__(self, gateway, name, source):
        super().__init__()
        self.gateway, self.name, self.source, self.answered = gateway, name, source, []

    def run(self):
        try:
            with self.gateway.connect(source=self.source) as client:
                number = 0
                while True:
                    number += 1
                    host = f"{self.name}-{number}.terror.test"
                    answer = client.send(get(f"http://{host}/{number}")).response()
                    client.forget()
                    assert answer.status in (403, 503), answer.start
                    if answer.status == 403:
                        assert answer.text.rstrip().endswith("</html>")
                        self.answered.append(host)
        except (OSError, EOFError):
            pass  # killed


def test_kill_9_at_random_moments_loses_nothing_that_was_answered(start_gateway):
    seed = random.randrange(1 << 32)
    print(f"seed {seed}")
    moments = random.Random(seed)
    gateway = start_gateway(**centre(settings={"proxy.threads": 2}))
    answered, rounds = [], 0
    for number in range(KILLS):
        clients = [Client(gateway, f"r{number}c{each}", f"127.0.2.{each + 1}") for each in range(CLIENTS)]
        for client in clients:
            client.start()
        time.sleep(moments.uniform(0, LONGEST))
        gateway.child.kill()
        gateway.child.wait()
        for client in clients:
            client.join()
        before = len(answered)
        for client in clients:
            answered += client.answered
        rounds += len(answered) > before
        gateway.start()
    recorded = collections.Counter(attempt["host"] for attempt in gateway.attempts())
    assert [host for host in answered if host not in recorded] == []
    assert [host for host, count in recorded.items() if count > 1] == []
    assert rounds > KILLS / 4, "too few kills came while answers came"
    verified = subprocess.run([BINARY, "verify", "--state", gateway.state], capture_output=True, text=True, timeout=120)
    assert verified.returncode == 0, verified.stdout + verified.stderr
    print(f"{len(answered)} answered in {rounds} of {KILLS} rounds, {sum(recorded.values())} recorded")
