"""A gateway as small as a measurement needs it: everybody is a learner, a rule blocks one category, all is on loopback."""

POLICY = """[centre]
name = "Bench"
timezone = "Europe/London"
[lists]
local = "lists"
[[group]]
name = "learners"
networks = ["127.0.0.0/8"]
default = "allow"
[[rule]]
name = "listed"
block = ["gambling"]
"""


def serve(binary, folder, listed, hosts_file, tls_port, *proxy, more=""):
    """Writes its files to `folder` and gives the command; `proxy` are lines of that section of the settings, `more` others."""
    category = folder / "lists" / "gambling"
    category.mkdir(parents=True)
    (category / "domains").write_text("".join(name + "\n" for name in listed))
    (folder / "policy.toml").write_text(POLICY)
    (folder / "breakwater.toml").write_text("\n".join([
        "[proxy]", *proxy, "connections = 100000", "connections_per_client = 100000",
        "[proxy.connect]", f"ports = [443, {tls_port}]",
        "[dns]", f'hosts = "{hosts_file}"', 'allow_private = ["127.0.0.0/8"]', more, ""]))
    return [binary, "serve", "--policy", folder / "policy.toml", "--config", folder / "breakwater.toml", "--listen", "127.0.0.1:0",
            "--state", folder / "state", "--log", folder / "access.log"]
