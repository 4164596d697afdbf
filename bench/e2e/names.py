"""Host names for a run: deterministic, many, in no order, none of the allowed ones under a listed domain."""

import random

ALLOWED = 2_000
BLOCKED_SAMPLE = 20_000

CONSONANTS = "b c d f g h k l m n p r s t v w z br ch cl dr fl gr pl sh st tr".split()
VOWELS = "a e i o u ai ea ie oo ou".split()
ENDINGS = ["com"] * 12 + ["net"] * 3 + ["org"] * 2 + ["co.uk"] * 2 + ["info", "de", "ru", "io", "xyz", "top", "site"]
LEFT = ["www", "m", "cdn", "img", "api", "play", "shop", "news"]


def domains(count, seed=20261122):
    """`count` distinct names; a third have a label before the domain, as in real lists."""
    rng = random.Random(seed)
    seen = set()
    while len(seen) < count:
        word = "".join(rng.choice(CONSONANTS) + rng.choice(VOWELS) for _ in range(rng.choice((2, 3, 3, 4))))
        if rng.random() < 0.4:
            word += str(rng.randrange(1000))
        seen.add(word + "." + rng.choice(ENDINGS))
    names = sorted(seen)
    rng.shuffle(names)
    return [rng.choice(LEFT) + "." + name if rng.random() < 0.33 else name for name in names]


def make(list_size):
    """(allowed, listed, blocked): names to fetch, the list, and names under listed domains to be refused."""
    names = domains(list_size + ALLOWED)
    allowed, listed = names[:ALLOWED], names[ALLOWED:]
    rng = random.Random(1)
    sample = rng.sample(listed, min(BLOCKED_SAMPLE, len(listed)))
    blocked = ["static." + name if rng.random() < 0.5 else name for name in sample]
    return allowed, listed, blocked


def address(index):
    """The loopback address of the allowed name with this index: each has its own, 127.0.1.1 and on."""
    return f"127.0.{1 + index // 250}.{1 + index % 250}"
