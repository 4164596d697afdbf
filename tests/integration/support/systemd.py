"""A service manager in small: it keeps a listening socket, starts gateways with it, and hears what they tell."""

import os
import socket
import threading

from support.wait import until

# The socket becomes descriptor 3, as sd_listen_fds(3) has it, in a process that becomes the gateway itself.
LAUNCH = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.environ["LISTEN_PID"] = str(os.getpid())
os.execv(sys.argv[2], sys.argv[2:])
"""


class ServiceManager:
    """`options` are for start_gateway. Use it in a `with`."""

    def __init__(self, folder, watchdog=2):
        self.queue = socket.create_server(("127.0.0.1", 0), backlog=4096)
        self.port = self.queue.getsockname()[1]
        self.notices = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.notices.bind(str(folder / "notify"))
        self.notices.settimeout(0.1)
        self.heard = []
        self.closed = threading.Event()
        self.hearing = threading.Thread(target=self.hear)
        environment = {"NOTIFY_SOCKET": folder / "notify", "WATCHDOG_USEC": watchdog * 1000000, "LISTEN_FDS": 1}
        descriptor = self.queue.fileno()
        os.set_inheritable(descriptor, True)
        self.options = {"listen": f"127.0.0.1:{self.port}", "descriptors": (descriptor,),
                        "wrapper": ["/usr/bin/env", *(f"{name}={value}" for name, value in environment.items()),
                                    "/usr/bin/python3", "-c", LAUNCH, str(descriptor)]}

    def __enter__(self):
        self.hearing.start()
        return self

    def __exit__(self, *_):
        self.closed.set()
        self.hearing.join()
        self.queue.close()
        self.notices.close()

    def hear(self):
        """All the time: after a few notices that nobody takes, the next one would keep its gateway waiting."""
        while not self.closed.is_set():
            try:
                self.heard += self.notices.recv(4096).decode().splitlines()
            except TimeoutError:
                pass

    def wait_for(self, line, count=1):
        return until(lambda: self.heard.count(line) >= count, lambda: f"{line!r} from the gateway: {self.heard}")
