"""The generative adversarial metric: a battle of two trained models."""

import typing

import numpy as np


class Battle(typing.NamedTuple):
    """The outcome of a battle.

    Attributes:
        winner: `"first"`, `"second"` or `"tie"`.
        reason: str, a sentence.
        test_ratio: float, error of the first discriminator / of the second, on
            test images.
        test_interval: Pair of floats, the 95 % interval of that ratio.
        sample_ratio: float, error of the first discriminator on the second's
            samples / of the second on the first's.
        sample_interval: Pair of floats, the 95 % interval of that ratio.
        significant: bool, whether the sample ratio's interval leaves 1 out.
        test_errors: Pair of floats, of the first and second discriminator.
        sample_errors: Pair of floats, of the first and second discriminator.
    """

    winner: str
    reason: str
    test_ratio: float
    test_interval: tuple
    sample_ratio: float
    sample_interval: tuple
    significant: bool
    test_errors: tuple
    sample_errors: tuple


def generative_adversarial_metric(
    test_logits_1,
    test_logits_2,
    logits_1_of_2,
    logits_2_of_1,
    tolerance=0.1,
):
    """Lets each discriminator judge the other model's samples.

    With the error rate of a discriminator, the share of images that it takes
    for what they are not,

        test_ratio   = error(D1(test images)) / error(D2(test images))
        sample_ratio = error(D1(G2's samples)) / error(D2(G1's samples))

    If the discriminators know test images equally well, a test ratio near 1,
    the first model wins where the sample ratio is below 1 (the second's samples
    deceive it less often) and the second where it is above. Otherwise the
    battle is a tie: one discriminator is simply the better one. It is a tie,
    too, where the interval of the sample ratio holds 1: other samples might
    turn it round.

    Both models must be trained on the same data, to the end, and not be trained
    on in the battle. An error rate is taken as (errors + 1/2) / (images + 1),
    so that a discriminator that makes none leaves the ratios finite. A
    logit above 0 calls an image real. The authors' released code (battle.py)
    prints ratios of accuracies instead: there, above 1 is good for the first.

    Reference: [Im et al., 2016](https://arxiv.org/abs/1602.05110), whose
    "near 1" has no number and who name a winner by the ratio alone; `tolerance`
    is ours, and so are the intervals: by the delta method for the logarithm,
    the discriminators paired on the test images.

    Args:
        test_logits_1: `(n,)` or `(n, 1)`, the first discriminator's, of real
            images that neither model was trained on.
        test_logits_2: The second's, of the same images.
        logits_1_of_2: `(m,)` or `(m, 1)`, the first discriminator's, of the
            second generator's samples.
        logits_2_of_1: The second's, of as many samples of the first.
        tolerance: float, how far the test ratio or its inverse may be above 1.

    Returns:
        A `Battle`.

    Raises:
        ValueError: If two arrays that belong together differ in length, a logit
            is not finite, or the tolerance is below 0.
    """
    if not 0 <= tolerance < np.inf:
        raise ValueError(
            f"`tolerance` must be at least 0. Received: tolerance={tolerance!r}"
            ". Give, for example, 0.1 for test ratios from 1 / 1.1 to 1.1."
        )
    test_wrong = _pair(
        "test_logits_1", test_logits_1, "test_logits_2", test_logits_2
    )
    test_wrong = [logits <= 0 for logits in test_wrong]
    sample_wrong = _pair(
        "logits_1_of_2", logits_1_of_2, "logits_2_of_1", logits_2_of_1
    )
    sample_wrong = [logits > 0 for logits in sample_wrong]

    both_wrong = _rate(np.logical_and(*test_wrong))
    test_ratio, test_interval = _ratio(*test_wrong, both_wrong)
    # Of different images: wrong on both as often as chance has it.
    independent = _rate(sample_wrong[0]) * _rate(sample_wrong[1])
    sample_ratio, sample_interval = _ratio(*sample_wrong, independent)
    winner, reason = _verdict(
        test_ratio, sample_ratio, sample_interval, tolerance
    )
    return Battle(
        winner,
        reason,
        test_ratio,
        test_interval,
        sample_ratio,
        sample_interval,
        not _holds_1(sample_interval),
        tuple(float(wrong.mean()) for wrong in test_wrong),
        tuple(float(wrong.mean()) for wrong in sample_wrong),
    )


def _pair(first_argument, first, second_argument, second):
    first = _check_logits(first_argument, first)
    second = _check_logits(second_argument, second)
    if len(first) != len(second):
        raise ValueError(
            f"`{first_argument}` and `{second_argument}` must be of as many "
            f"images. Received: {len(first)} and {len(second)}. Take the same "
            "test images for both models, and as many samples of each."
        )
    return first, second


def _check_logits(argument, logits):
    logits = np.asarray(logits)
    if logits.ndim == 2 and logits.shape[1] == 1:
        logits = logits[:, 0]
    if logits.ndim != 1 or not len(logits) or not np.isfinite(logits).all():
        raise ValueError(
            f"`{argument}` must be finite logits, (n,) or (n, 1). Received: "
            f"{argument}.shape={logits.shape}, {np.sum(~np.isfinite(logits))} "
            "of them not finite. Give a discriminator's output as it is."
        )
    return logits


def _rate(wrong):
    return (wrong.sum() + 0.5) / (len(wrong) + 1)


def _ratio(first_wrong, second_wrong, both_rate):
    """The ratio of two error rates and its interval."""
    first, second = _rate(first_wrong), _rate(second_wrong)
    variance = (first + second - 2 * both_rate) / (first * second)
    # Of the logarithm. Rounding may leave a little less than nothing.
    error = np.sqrt(max(variance, 0) / (len(first_wrong) + 1))
    ratio = first / second
    interval = ratio * np.exp(np.array([-1.96, 1.96]) * error)
    return float(ratio), (float(interval[0]), float(interval[1]))


def _holds_1(interval):
    low, high = interval
    return low <= 1 <= high


def _verdict(test_ratio, sample_ratio, sample_interval, tolerance):
    if max(test_ratio, 1 / test_ratio) > 1 + tolerance:
        better = "first" if test_ratio < 1 else "second"
        return "tie", (
            f"The {better} discriminator knows test images better: the test "
            f"ratio is {test_ratio:.3g}, further from 1 than the tolerance of "
            f"{tolerance:g}."
        )
    low, high = sample_interval
    found = f"the sample ratio is {sample_ratio:.3g} ({low:.3g} to {high:.3g})"
    if _holds_1(sample_interval):
        return "tie", f"Not sure: {found}, and its interval holds 1."
    winner, loser = ("first", "second")[:: 1 if sample_ratio < 1 else -1]
    return winner, (
        f"The {winner} model's samples deceive the {loser} discriminator more "
        f"often than the other way round: {found}."
    )
