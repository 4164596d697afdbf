import shutil
import subprocess

from process import Failed, Process, free_port

from .base import Peer

FILES = {
    "story": """function(checkrequest)
if(connect) return sslrequestcheck
if(sitein, banned) return setblock
if(true) setgrey

function(sslrequestcheck)
if(sitein, banned) return setblock
if(true) setgrey

function(checkresponse)
if(true) return false
""",
    "preauth": "function(pre-authcheck)\n",
    "download": "plugname = 'default'\n",
    "none": "",
}


class E2guardian(Peer):
    name = package = "e2guardian"
    refusal = 302
    note = "site list alone, no phrases, no log, 500 threads; names by a dnsmasq, whose CPU is not counted"

    @classmethod
    def missing(cls, bench):
        if not bench.own_network:
            return "it resolves names by DNS alone, for which the run must have its own network (as root)"
        return super().missing(bench) or ("" if shutil.which("dnsmasq") else "dnsmasq-base is not installed")

    def start(self, stack):
        self.start_resolver(stack)
        super().start(stack)

    def start_resolver(self, stack):
        folder = self.bench.subfolder("dnsmasq")
        stack.enter_context(Process("dnsmasq", ["dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--user=root",
                                                "--pid-file=", "--no-resolv", "--no-hosts", "--listen-address=127.0.0.1",
                                                "--bind-interfaces", f"--addn-hosts={self.bench.hosts_file}"],
                                    folder / "output"))
        (folder / "resolv.conf").write_text("nameserver 127.0.0.1\n")
        # Seen by this run alone, which has its own mounts.
        done = subprocess.run(["mount", "--bind", folder / "resolv.conf", "/etc/resolv.conf"], capture_output=True, text=True,
                              check=False)
        if done.returncode:
            raise Failed(f"/etc/resolv.conf: {done.stderr.strip()}")

    def launch(self):
        bench, folder = self.bench, self.bench.subfolder("e2guardian")
        (folder / "listed").write_text("".join(name + "\n" for name in bench.listed))
        for name, text in FILES.items():
            (folder / name).write_text(text)
        self.port = free_port()
        (folder / "e2guardianf1.conf").write_text(f"""groupmode = 1
groupname = 'learners'
storyboard = '{folder}/story'
sitelist = 'name=banned,messageno=500,path={folder}/listed'
disablecontentscan = on
maxuploadsize = -1
reportinglevel = 1
accessdeniedaddress = 'http://127.0.0.1/refused'
naughtynesslimit = 50
""")
        (folder / "e2guardian.conf").write_text(f"""languagedir = '/usr/share/e2guardian/languages'
language = 'ukenglish'
filterip = 127.0.0.1
filterports = {self.port}
filtergroups = 1
filtergroupslist = '{folder}/none'
preauthstoryboard = '{folder}/preauth'
proxytimeout = 5
connecttimeout = 5
proxyexchange = 61
pcontimeout = 55
maxcontentfiltersize = 256
maxcontentramcachescansize = 256
maxcontentfilecachescansize = 256
filecachedir = '{folder}'
weightedphrasemode = 0
contentscannertimeout = 60
httpworkers = 500
loglevel = 0
downloadmanager = '{folder}/download'
logfileformat = 1
usecustombannedimage = off
usecustombannedflash = off
nologger = on
loglocation = '{folder}/log'
pidfilename = '{folder}/pid'
daemonuser = 'proxy'
daemongroup = 'proxy'
""")
        shutil.chown(folder, "proxy", "proxy")
        return Process(self.name, ["e2guardian", "-N", "-c", folder / "e2guardian.conf"], folder / "output")
