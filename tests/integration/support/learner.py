"""Somebody who asks for what is blocked until the gateway is gone."""

import threading

from support.peer import get


class Learner(threading.Thread):
    """Asks for one host after the other below terror.test, from an address of its own. `answered` holds those whose
    block page came whole."""

    def __init__(self, gateway, name, source):
        super().__init__()
        self.gateway, self.name, self.source, self.answered = gateway, name, source, []
        self.start()

    def run(self):
        try:
            with self.gateway.connect(source=self.source) as client:
                number = 0
                while True:
                    number += 1
                    host = f"{self.name}-{number}.terror.test"
                    answer = client.send(get(f"http://{host}/")).response()
                    client.forget()
                    assert answer.status in (403, 503), answer.start
                    if answer.status == 403:
                        assert answer.text.rstrip().endswith("</html>")
                        self.answered.append(host)
        except (OSError, EOFError):
            pass  # it is gone


def learners(gateway, name, count=6):
    return [Learner(gateway, f"{name}c{number}", f"127.0.2.{number + 1}") for number in range(count)]
