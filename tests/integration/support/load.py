"""A steady load of GETs over connections that are kept, and how long each answer took."""

import itertools
import threading
import time

from support.peer import get


class Load:
    """Asks for the URLs of `expected`, a map of URL to status, in turn, `rate` times a second in all, over `connections`
    that must never break. `samples` holds when each request was sent and the seconds that its answer took; `failures`
    what went wrong."""

    def __init__(self, gateway, expected, *, connections, rate):
        self.gateway = gateway
        self.requests = [(get(url), status) for url, status in expected.items()]
        self.interval = connections / rate
        self.samples = []
        self.failures = []
        self.ended = threading.Event()
        self.threads = [threading.Thread(target=self.run, args=(number,)) for number in range(connections)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        for thread in self.threads:
            thread.join()

    def run(self, number):
        try:
            self.ask(number)
        except Exception as failure:
            self.failures.append(f"connection {number} after {len(self.samples)} requests in all: {failure!r}")

    def ask(self, number):
        due = time.monotonic() + self.interval * number / len(self.threads)
        with self.gateway.connect() as client:
            for text, status in itertools.islice(itertools.cycle(self.requests), number, None):
                if self.ended.wait(max(0.0, due - time.monotonic())):
                    return
                begin = time.monotonic()
                answer = client.send(text).response()
                self.samples.append((begin, time.monotonic() - begin))
                client.forget()
                assert answer.status == status, f"{answer.start} instead of {status}: {text!r}"
                due += self.interval

    def quantile(self, part, begin, end=None):
        """Of the answers to what was sent between two moments, in seconds; of all of them (1) the longest."""
        end = end or time.monotonic()
        times = sorted(seconds for when, seconds in list(self.samples) if begin <= when < end)
        assert times, "no request was answered"
        return times[min(int(part * len(times)), len(times) - 1)]
