"""A real browser that is told what to do, over the pipe of its debugging protocol."""

import json
import os
import select
import shutil
import subprocess

from support.wait import PATIENCE

BINARY = shutil.which("chromium")
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-background-networking",
         "--remote-debugging-pipe"]


class Browser:
    """One page. Use it in a `with`."""

    def __init__(self, folder, *arguments):
        to_read, self.to = os.pipe()
        self.come, to_write = os.pipe()
        command = ["bash", "-c", f'exec "$@" 3<&{to_read} 4>&{to_write}', "-", BINARY, *FLAGS,
                   f"--user-data-dir={folder / 'profile'}", *arguments]
        self.child = subprocess.Popen(command, pass_fds=(to_read, to_write), stderr=subprocess.DEVNULL,
                                      env={**os.environ, "HOME": str(folder)})
        os.close(to_read)
        os.close(to_write)
        self.number, self.waiting, self.session = 0, b"", None
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self.call("Page.enable")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.close(self.to)
        os.close(self.come)
        self.child.kill()
        self.child.wait()

    def message(self):
        while b"\0" not in self.waiting:
            ready, _, _ = select.select([self.come], [], [], PATIENCE)
            data = os.read(self.come, 1 << 16) if ready else b""
            assert data, "the browser is gone, or silent"
            self.waiting += data
        text, _, self.waiting = self.waiting.partition(b"\0")
        return json.loads(text)

    def call(self, method, **parameters):
        self.number += 1
        request = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            request["sessionId"] = self.session
        os.write(self.to, json.dumps(request).encode() + b"\0")
        while (answer := self.message()).get("id") != self.number:
            pass
        assert "error" not in answer, answer
        return answer["result"]

    def loads(self, method, **parameters):
        """Calls what makes a page load, and waits for that."""
        self.call(method, **parameters)
        while self.message().get("method") != "Page.loadEventFired":
            pass

    def open(self, url):
        self.loads("Page.navigate", url=url)

    def run(self, script):
        return self.call("Runtime.evaluate", expression=script, returnByValue=True)["result"].get("value")

    def press(self, selector):
        """Presses what leads to another page, as a person does."""
        self.loads("Runtime.evaluate", expression=f"document.querySelector({json.dumps(selector)}).click()")

    def text(self):
        return self.run("document.body.innerText")
