import subprocess

from process import Process, free_port

from .base import Peer


class Breakwater(Peer):
    name, note = "breakwater", "the list as a category that a rule blocks, access log on, as many threads as it takes by itself"

    @classmethod
    def missing(cls, bench):
        return "" if bench.gateway.exists() else f"{bench.gateway} is not built"

    def launch(self):
        bench, folder = self.bench, self.bench.subfolder("breakwater")
        category = folder / "lists" / "bench" / "gambling"
        category.mkdir(parents=True)
        (category / "domains").write_text("".join(name + "\n" for name in bench.listed))
        (folder / "policy.toml").write_text("""[centre]
name = "Bench"
timezone = "Europe/London"
[[lists.feed]]
name = "bench"
path = "lists/bench"
[lists.map]
"bench/gambling" = "gambling"
[[group]]
name = "learners"
networks = ["127.0.0.0/8"]
default = "allow"
[[rule]]
name = "listed"
block = ["gambling"]
""")
        intercept = ""
        if bench.own_network:
            self.door = free_port()
            intercept = f'[intercept]\ntls = ["127.0.0.1:{self.door}"]\n'
        (folder / "breakwater.toml").write_text(f"""[proxy]
connections_per_client = 8192
connections = 8192
[proxy.connect]
ports = [443, {bench.tls_port}]
[dns]
hosts = "{bench.hosts_file}"
allow_private = ["127.0.0.0/8"]
{intercept}""")
        return Process(self.name, [bench.gateway, "serve", "--policy", folder / "policy.toml", "--config",
                                   folder / "breakwater.toml", "--listen", "127.0.0.1:0", "--state", folder / "state",
                                   "--log", folder / "access.log"], folder / "output", stdout=subprocess.PIPE)

    def await_ready(self, end):
        self.port = self.process.announced_port()
        super().await_ready(end)
