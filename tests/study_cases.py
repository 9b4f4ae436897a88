"""A small study of the human test, of random pictures."""

import contextlib
from unittest import mock

import numpy as np

from kerasgan.turing import protocol as protocols
from kerasgan.turing import schedule
from kerasgan.turing import study as studies

CLASS_NAMES = ("cat", "dog", "ship")


def make(
    path,
    mode="timed",
    simulated=False,
    trials=12,
    models=("gan", "lapgan"),
    pictures=None,
    data="cifar10 test",
    seed=0,
    consent="You judge pictures.",
    key="a-key",
    **kwargs,
):
    """Writes a study; equal arguments give equal pictures and trials.

    Args:
        path: Of the file.
        mode: Of the protocol.
        simulated: bool.
        trials: int, of a participant.
        models: Names of the models.
        pictures: int, judged ones of each source; where left out, as few as
            will do.
        data: What the real pictures say of themselves.
        seed: int, of the pictures and the study.
        consent: Text that participants read.
        key: Of the study, which its trials depend on; None for a random one.
        **kwargs: Other arguments of `Protocol`; few trials of practice where
            left out.

    Returns:
        An open `Study`.
    """
    kwargs = {"practice": 2, "examples": 2, "fewest_valid": 4, **kwargs}
    protocol = protocols.Protocol(mode, trials, **kwargs)
    generator = np.random.default_rng(seed)

    def drawn(count):
        images = generator.integers(0, 256, (count, 8, 8, 3), "uint8")
        return images, np.arange(count) % len(CLASS_NAMES)

    sources = []
    for name in (studies.REAL, *models):
        real = name == studies.REAL
        roles = {}
        for role, count in (
            ("judged", trials),
            ("practice", protocol.practice),
        ):
            most = schedule.most_of_a_source(protocol, count, len(models))
            count = most[0 if real else 1]
            if role == "judged" and pictures is not None:
                count = pictures
            roles[role] = drawn(count)
        if real:
            roles["example"] = drawn(protocol.examples)
        identity = {"data": data} if real else {"model": name, "seed": 7}
        sources.append(studies.Source(name, identity, roles))
    patch = mock.patch.object(studies, "_new_key", lambda: key)
    with contextlib.nullcontext() if key is None else patch:
        return studies.create(
            path,
            protocol,
            sources,
            studies.Texts(consent, "someone@example.org"),
            CLASS_NAMES,
            seed,
            simulated,
        )
