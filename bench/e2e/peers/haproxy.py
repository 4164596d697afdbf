from process import Process, free_port

from .base import MAX_DESCRIPTORS, Peer


class Haproxy(Peer):
    name = package = "haproxy"
    note = ("list and hosts as maps, 4,096 idle connections kept, no log, one thread; no CONNECT: tls and bulk are passed on by "
            "their server name, spliced")

    def launch(self):
        bench, folder = self.bench, self.bench.subfolder("haproxy")
        (folder / "listed").write_text("".join(name + "\n" for name in bench.listed))
        (folder / "hosts").write_text("".join(f"{name} {address}\n" for name, address in bench.addresses()))
        self.port, self.sni_port = free_port(), free_port()
        self.door = self.sni_port
        # Its own domain match (-m end, -m dom) is a linear scan; exact matches of the last 2 to 5 labels are indexed.
        tails = [f"field(-1,.,{labels}) -m str -f {folder}/listed" for labels in (2, 3, 4, 5)]
        refuse = "".join(f"  http-request deny deny_status 403 if {{ var(txn.host),{tail} }}\n" for tail in tails)
        reject = "".join(f"  tcp-request content reject if {{ var(sess.sni),{tail} }}\n" for tail in tails)
        (folder / "haproxy.cfg").write_text(f"""global
  nbthread 1
  maxconn {MAX_DESCRIPTORS // 2 - 200}
  tune.pool-high-fd-ratio 100
  tune.pool-low-fd-ratio 100
defaults
  timeout connect 5s
  timeout client 60s
  timeout server 60s
frontend http
  bind 127.0.0.1:{self.port} backlog 4096
  mode http
  http-request set-var(txn.host) req.hdr(host),host_only,lower
{refuse}  http-request set-var(txn.to) var(txn.host),map_str_ip({folder}/hosts)
  http-request deny deny_status 502 unless {{ var(txn.to) -m found }}
  http-request set-dst var(txn.to)
  http-request set-dst-port req.hdr(host),port_only
  http-request set-uri %[pathq]
  default_backend http_out
backend http_out
  mode http
  http-reuse safe
  server any 0.0.0.0:0 pool-low-conn 4096
frontend sni
  bind 127.0.0.1:{self.sni_port} backlog 4096
  mode tcp
  option splice-auto
  tcp-request inspect-delay 5s
  tcp-request content set-var(sess.sni) req.ssl_sni,lower if {{ req.ssl_hello_type 1 }}
{reject}  tcp-request content set-var(sess.to) var(sess.sni),map_str_ip({folder}/hosts)
  tcp-request content reject unless {{ var(sess.to) -m found }}
  tcp-request content set-dst var(sess.to)
  tcp-request content set-dst-port int({bench.tls_port})
  default_backend sni_out
backend sni_out
  mode tcp
  option splice-auto
  server any 0.0.0.0:0
""")
        return Process(self.name, ["haproxy", "-db", "-f", folder / "haproxy.cfg"], folder / "output")
