"""A network of machines that all see each other: namespaces at one bridge."""

import contextlib

from support.network import Space, namespaces_or_skip


class Lan:
    def __init__(self):
        self.switch = Space()
        self.spaces = [self.switch]
        self.switch.run("ip", "link", "add", "lan", "type", "bridge")
        self.switch.run("ip", "link", "set", "lan", "up")

    def add(self, *addresses):
        """A machine with these addresses at its eth0."""
        space = Space()
        port = f"port{len(self.spaces)}"
        self.spaces.append(space)
        self.switch.run("ip", "link", "add", port, "type", "veth", "peer", "name", "eth0", "netns", space.path)
        self.switch.run("ip", "link", "set", port, "master", "lan", "up")
        for address in addresses:
            space.run("ip", "address", "add", f"{address}/24", "dev", "eth0")
        space.run("ip", "link", "set", "eth0", "up")
        return space

    def close(self):
        for space in self.spaces:
            space.close()


@contextlib.contextmanager
def lan():
    namespaces_or_skip("ip")
    running = Lan()
    try:
        yield running
    finally:
        running.close()
