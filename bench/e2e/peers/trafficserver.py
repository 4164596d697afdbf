import os

from process import Process, free_port

from .base import Peer

LIST = """-- A name is refused when it or a domain above it is listed.
local listed = {}
for name in io.lines("LISTED") do listed[name] = true end
function do_global_read_request()
  local name = string.lower(ts.client_request.get_url_host() or "")
  while name do
    if listed[name] then
      ts.http.set_resp(403, "listed")
      return 0
    end
    name = string.match(name, "%.(.+)")
  end
  return 0
end
"""


class Trafficserver(Peer):
    name, package = "trafficserver", "traffic_server"
    note = "list as a table of its Lua plugin, host file, no cache, no log, one thread; does not look into the tunnel"

    def launch(self):
        bench, folder = self.bench, self.bench.subfolder("trafficserver")
        for name in ("log", "run", "cache"):
            (folder / name).mkdir()
        (folder / "listed").write_text("".join(name + "\n" for name in bench.listed))
        self.port = free_port()
        settings = {
            "http.server_ports STRING": f"{self.port}:ip-in=127.0.0.1",
            "http.connect_ports STRING": "*",
            "http.cache.http INT": 0,
            "url_remap.remap_required INT": 0,
            "reverse_proxy.enabled INT": 0,
            "exec_thread.autoconfig INT": 0,
            "exec_thread.limit INT": 1,
            "task_threads INT": 1,
            "cache.threads_per_disk INT": 1,
            "net.connections_throttle INT": 16000,
            "log.logging_enabled INT": 0,
            "log.logfile_dir STRING": folder / "log",
            "local_state_dir STRING": folder / "run",
            "hostdb.storage_path STRING": folder / "run",
            "hostdb.host_file.path STRING": bench.hosts_file,
            "dns.nameservers STRING": "127.0.0.1",
            "plugin.plugin_dir STRING": "/usr/lib/trafficserver/modules",
            "diags.output.diag STRING": "E",
            "admin.user_id STRING": "#-1",
        }
        files = {
            "records.config": "".join(f"CONFIG proxy.config.{name} {value}\n" for name, value in settings.items()),
            "storage.config": f"{folder}/cache 16M\n",
            "plugin.config": f"tslua.so --states=1 {folder}/listed.lua\n",
            "listed.lua": LIST.replace("LISTED", str(folder / "listed")),
            "remap.config": "",
            "ip_allow.yaml": "ip_allow:\n- {apply: in, ip_addrs: 127.0.0.0/8, action: allow, methods: ALL}\n",
        }
        for name, text in files.items():
            (folder / name).write_text(text)
        return Process(self.name, ["traffic_server"], folder / "output",
                       env={**os.environ, "PROXY_CONFIG_CONFIG_DIR": str(folder)})
