import pathlib

from process import Process, free_port

from .base import MAX_DESCRIPTORS, Peer

MODULE = pathlib.Path("/usr/lib/nginx/modules/ngx_stream_module.so")


class Nginx(Peer):
    name = package = "nginx"
    note = "stream with ssl_preread, list and hosts as maps, no log, one worker: passes TLS on by its server name, no HTTP, no CONNECT"

    @classmethod
    def missing(cls, bench):
        return super().missing(bench) or ("" if MODULE.exists() else "libnginx-mod-stream is not installed")

    def launch(self):
        bench, folder = self.bench, self.bench.subfolder("nginx")
        (folder / "listed").write_text("".join(f".{name} 1;\n" for name in bench.listed))
        (folder / "hosts").write_text("".join(f"{name} {address};\n" for name, address in bench.addresses()))
        self.sni_port = self.door = free_port()
        (folder / "nginx.conf").write_text(f"""load_module {MODULE};
daemon off;
worker_processes 1;
worker_rlimit_nofile {MAX_DESCRIPTORS};
pid {folder}/pid;
error_log {folder}/errors emerg;
events {{ worker_connections 16000; multi_accept on; }}
stream {{
  map_hash_max_size {2 * len(bench.listed)};
  map_hash_bucket_size 256;
  map $ssl_preread_server_name $listed {{ hostnames; default 0; include {folder}/listed; }}
  map $ssl_preread_server_name $address {{ default 0.0.0.0; include {folder}/hosts; }}
  map $listed $origin {{ 0 $address:{bench.tls_port}; default 127.0.0.1:1; }}
  server {{
    listen 127.0.0.1:{self.sni_port} backlog=4096;
    ssl_preread on;
    proxy_connect_timeout 5s;
    proxy_pass $origin;
  }}
}}
""")
        return Process(self.name, ["nginx", "-e", folder / "errors", "-c", folder / "nginx.conf"], folder / "output")
