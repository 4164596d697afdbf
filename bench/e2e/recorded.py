"""The ratios that a quick run is held to: what was measured when they were recorded, and what is worse now."""

import json

from modes import MODES
from process import Failed

TOLERANCE = 0.25


def read(path, peers):
    """mode -> metric -> ratio. They are to the best of certain peers, and mean nothing beside others."""
    document = json.loads(path.read_text())
    if set(peers) != set(document["peers"]):
        raise Failed(f"{path.name} is of {', '.join(document['peers'])}; measured were {', '.join(peers)}")
    return document["ratios"]


def write(path, about, peers, measured):
    """Of several runs' medians the worst, so that what a machine of that kind gives on a bad day still passes."""
    kept = {}
    for run in measured:
        for mode, ratios in run.items():
            for metric, ratio in ratios.items():
                worst = max if metric != "rate" else min
                before = kept.setdefault(mode, {}).get(metric, ratio)
                kept[mode][metric] = round(worst(before, ratio), 3)
    path.write_text(json.dumps({"about": about, "peers": peers, "ratios": kept}, indent=1) + "\n")


def misses(recorded, measured):
    """(mode, metric, ratio, recorded ratio) of what is worse than recorded by more than the tolerance."""
    found = []
    for mode, ratios in measured.items():
        for metric, ratio in ratios.items():
            before = recorded.get(mode, {}).get(metric)
            if before is None:
                continue
            worse = before / ratio if metric == "rate" else ratio / before
            if worse > 1 + TOLERANCE:
                found.append((mode, metric, ratio, before))
    return found


def unmeasured(recorded, measured):
    """The recorded modes that this run could not measure, in the order of the others."""
    return [mode for mode in MODES if mode in recorded and mode not in measured]
