from .base import Peer


class Direct(Peer):
    name, note = "direct", "no proxy: the ceiling of generator and origin"

    @classmethod
    def missing(cls, bench):
        return ""

    def start(self, stack):
        pass

    def arguments(self, mode):
        if mode.refused:
            return None
        return ["--direct", "--target", f"127.0.0.1:{mode.origin_port(self.bench)}"]
