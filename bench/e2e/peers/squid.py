import os
import shutil

from process import Process, free_port

from .base import MAX_DESCRIPTORS, Peer


class Squid(Peer):
    name = package = "squid"
    note = "dstdomain list, hosts_file, no cache, no log, one worker; does not look into the tunnel"

    def launch(self):
        bench, folder = self.bench, self.bench.subfolder("squid")
        # Squid compares domains from their end: a list in that order fills its splay tree many times faster.
        in_order = sorted(bench.listed, key=lambda name: name[::-1])
        (folder / "listed").write_text("".join(f".{name}\n" for name in in_order))
        self.port = free_port()
        as_user = ""
        if os.getuid() == 0:
            as_user = "cache_effective_user proxy\n"
            shutil.chown(folder, "proxy", "proxy")
        (folder / "squid.conf").write_text(f"""{as_user}http_port 127.0.0.1:{self.port}
visible_hostname bench.test
hosts_file {bench.hosts_file}
dns_nameservers 127.0.0.1
cache deny all
cache_mem 8 MB
access_log none
cache_store_log none
cache_log {folder}/cache.log
netdb_filename none
pid_filename none
coredump_dir {folder}
shutdown_lifetime 0 seconds
pinger_enable off
max_filedescriptors {MAX_DESCRIPTORS}
acl listed dstdomain -n "{folder}/listed"
http_access deny listed
http_access allow all
""")
        return Process(self.name, ["squid", "-N", "-n", f"bench{self.port}", "-f", folder / "squid.conf"], folder / "output")
