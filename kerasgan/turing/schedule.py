"""Which picture a participant sees when, and for how long."""

import typing

import numpy as np


class Planned(typing.NamedTuple):
    """A trial to come.

    Attributes:
        picture: int, key of the picture; of a pair, of the one on the left.
        other: int, key of the picture on the right, or None.
        duration: int, in milliseconds, or None.
    """

    picture: int
    other: int | None
    duration: int | None


def most_of_a_source(protocol, count, num_models):
    """How many pictures of one source a participant sees at most.

    Args:
        protocol: A `Protocol`.
        count: int, trials of the participant.
        num_models: int.

    Returns:
        A tuple of ints: of the real ones, and of each model.
    """
    if protocol.mode == "pair":
        return count, -(-count // num_models)
    half = -(-count // 2)
    return half, -(-half // num_models)


def plan(protocol, pictures, count, seed):
    """Draws trials of a participant, a pure function of the arguments.

    Half of the pictures are real, the models have equal shares of the others,
    and each source has each duration as often; what does not divide evenly goes
    to whom chance says. No picture comes twice.

    Args:
        protocol: A `Protocol`.
        pictures: List with, for each source, a sequence of keys of pictures;
            that of the real ones first.
        count: int, trials.
        seed: Sequence of ints, other ones for each participant.

    Returns:
        A list of `Planned`.
    """
    generator = np.random.default_rng(seed)
    draw = _pairs if protocol.mode == "pair" else _singles
    trials = draw(generator, protocol, pictures, count)
    return [trials[i] for i in generator.permutation(len(trials))]


def _singles(generator, protocol, pictures, num_trials):
    kinds = _in_turn(generator, ("real", "fake"), num_trials)
    counts = [kinds.count("real")]
    counts += _shares(generator, kinds.count("fake"), len(pictures) - 1)
    return [
        Planned(picture, None, duration)
        for keys, count in zip(pictures, counts, strict=True)
        for picture, duration in zip(
            _choice(generator, keys, count),
            _in_turn(generator, protocol.durations or (None,), count),
            strict=True,
        )
    ]


def _pairs(generator, protocol, pictures, num_trials):
    reals, *models = pictures
    shares = _shares(generator, num_trials, len(models))
    fakes = [
        fake
        for keys, count in zip(models, shares, strict=True)
        for fake in _choice(generator, keys, count)
    ]
    sides = _in_turn(generator, (False, True), num_trials)
    return [
        Planned(*((fake, real) if real_is_right else (real, fake)), None)
        for fake, real, real_is_right in zip(
            fakes,
            _choice(generator, reals, len(fakes)),
            generator.permutation(sides),
            strict=True,
        )
    ]


def _shares(generator, count, num_models):
    models = _in_turn(generator, range(num_models), count)
    return [models.count(model) for model in range(num_models)]


def _in_turn(generator, values, count):
    """So many of the values in turn, from a random one on."""
    first = int(generator.integers(len(values)))
    return [values[(first + i) % len(values)] for i in range(count)]


def _choice(generator, keys, count):
    return generator.choice(keys, count, replace=False).tolist()
