"""The ratios that a quick run is held to: what was measured when they were recorded, and what is worse now."""

import json

from modes import MODES

TOLERANCE = 0.25


def read(path):
    """mode -> metric -> ratio."""
    return json.loads(path.read_text())["ratios"]


def write(path, about, measured):
    """Of several runs' medians the worst, so that what a machine of that kind gives on a bad day still passes."""
    kept = {}
    for run in measured:
        for mode, ratios in run.items():
            for metric, ratio in ratios.items():
                worst = max if metric != "rate" else min
                before = kept.setdefault(mode, {}).get(metric, ratio)
                kept[mode][metric] = round(worst(before, ratio), 3)
    path.write_text(json.dumps({"about": about, "ratios": kept}, indent=1) + "\n")


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
