import subprocess

import gateway
from process import Process, free_port

from .base import Peer


class Breakwater(Peer):
    name, note = "breakwater", "the list as a category that a rule blocks, access log on, as many threads as it takes by itself"

    @classmethod
    def missing(cls, bench):
        return "" if bench.gateway.exists() else f"{bench.gateway} is not built"

    def launch(self):
        bench, more = self.bench, ""
        if bench.own_network:
            self.door = free_port()
            more = f'[intercept]\ntls = ["127.0.0.1:{self.door}"]'
        folder = bench.subfolder(self.name)
        command = gateway.serve(bench.gateway, folder, bench.listed, bench.hosts_file, bench.tls_port, more=more)
        return Process(self.name, command, folder / "output", stdout=subprocess.PIPE)

    def await_ready(self, end):
        self.port = self.process.announced_port()
        super().await_ready(end)
