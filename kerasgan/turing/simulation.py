"""Simulated participants of known sensitivity, to test all that follows."""

import dataclasses

import numpy as np
from scipy import stats

from kerasgan import errors
from kerasgan.turing import participants as people

_FRAME_MS = 1000 / 60
_TRUTH = """
SELECT duration, trials.picture, other, left.source AS source,
  right.source AS other_source
FROM trials
JOIN pictures AS left ON left.picture = trials.picture
LEFT JOIN pictures AS right ON right.picture = trials.other
WHERE code = ?
"""


@dataclasses.dataclass(frozen=True)
class Observers:
    """How the simulated participants judge, by detection theory.

    A picture gives evidence of being real, a normal variable of variance 1. Its
    mean is d'(t) / 2 + the picture's effect for a real one, and d'(t) less for
    a generated one, where t is for how long it is shown:

        d'(t) = d_max (1 - exp(-t / tau))

    and d_max without a limit of time. Of several models, the d' of the real
    pictures is the mean of theirs. A participant says "real" where the evidence
    is above their criterion; of a pair, "left" where the left one's evidence is
    larger by more than that. Now and then, they answer without looking.

    Reference: Green & Swets, Signal Detection Theory and Psychophysics, 1966,
    for the evidence; the dependence on time is a choice of ours.

    Args:
        d_max: Tuple of floats, one a model.
        tau_ms: float above 0.
        bias: float, mean criterion; above 0: "generated" is preferred.
        criterion_spread: float, standard deviation among participants.
        picture_spread: float, standard deviation among pictures.
        lapse: float in `[0, 1)`, share of answers given without looking, half
            of them "real".
        dropped: float in `[0, 1)`, share of trials during which something went
            wrong, so that they do not count.
    """

    d_max: tuple
    tau_ms: float = 150.0
    bias: float = 0.0
    criterion_spread: float = 0.3
    picture_spread: float = 0.4
    lapse: float = 0.02
    dropped: float = 0.02

    def means(self, duration):
        """Mean evidence of each source, the real one first.

        Args:
            duration: float, in milliseconds, or None. What counts is the number
                of whole frames that is nearest to it.

        Returns:
            float `(1 + models,)`.
        """
        grown = 1.0
        if duration is not None:
            grown -= np.exp(-_frames(duration) * _FRAME_MS / self.tau_ms)
        d = grown * np.array(self.d_max, "float64")
        return d.mean() / 2 - np.array([0, *d])


def true_shares(observers, duration=None, pairs=False):
    """Which share of the pictures the population judges real, exactly.

    Of one picture, with mean evidence m, bias b, and the spreads p of pictures
    and q of criteria, Phi((m - b) / sqrt(1 + p^2 + q^2)).

    Args:
        observers: `Observers`.
        duration: float, in milliseconds, or None.
        pairs: bool, whether a generated one stands beside a real one.

    Returns:
        float `(1 + models,)`, the real pictures first; of pairs, nan and how
        often the generated one is taken for the real one.
    """
    means = observers.means(duration)
    of_evidence = 1 + observers.picture_spread**2
    of_criterion = observers.criterion_spread**2
    if pairs:
        spread = np.sqrt(2 * of_evidence + of_criterion)
        # Half of the real ones are on the left.
        seen = sum(
            stats.norm.cdf((means - means[0] + bias) / spread) / 2
            for bias in (-observers.bias, observers.bias)
        )
        seen[0] = np.nan
    else:
        spread = np.sqrt(of_evidence + of_criterion)
        seen = stats.norm.cdf((means - observers.bias) / spread)
    return observers.lapse / 2 + (1 - observers.lapse) * seen


def simulate(study, num_participants, observers, seed=0):
    """Lets simulated participants go through a whole study.

    They take the way of people, `kerasgan.turing.participants`, with frames of
    60 Hz. Their number is added to those who are there.

    Args:
        study: A `Study` that was made with `simulated=True`.
        num_participants: int.
        observers: `Observers`.
        seed: int, of pictures' effects, criteria and answers.

    Raises:
        ValueError: If the study is for people, or of another number of models.
            Nothing has been done then.
    """
    if not study.simulated:
        raise ValueError(
            "Simulated participants need a study that says of itself that it "
            "is simulated, for ever. Received: a study for people, "
            f"'{study.path}'. Make another one with `simulated=True`."
        )
    check_observers(study, observers)
    num_participants = errors.check_integer(
        "num_participants", num_participants, 1
    )
    generator = np.random.default_rng(seed)
    effects = {
        picture: generator.normal(0, observers.picture_spread)
        for keys in (*study.keys("practice"), *study.keys("judged"))
        for picture in keys
    }
    entrance = people.Participants(study)
    # What a power cut takes away here is simulated once more.
    study.connection.execute("PRAGMA synchronous = OFF")
    try:
        for _ in range(num_participants):
            observer = _Observer(study, observers, effects, generator)
            _take_part(entrance, observer)
    finally:
        study.connection.execute("PRAGMA synchronous = FULL")


def check_observers(study, observers):
    """Raises a ValueError unless there is a d' for each model of a study."""
    if len(observers.d_max) != len(study.sources) - 1:
        raise ValueError(
            "`observers.d_max` must hold one number for each model. Received: "
            f"{len(observers.d_max)} for {len(study.sources) - 1} models. Give "
            "as many."
        )


def _take_part(entrance, observer):
    secret = people.new_secret()
    entrance.add(secret)
    while (trial := entrance.next_trial(secret)) is not None:
        entrance.picture(secret, trial["code"])
        answer = observer.answer(trial["code"])
        entrance.answer(secret, people.Answer.checked(answer))


class _Observer:
    """One simulated participant; the true source of a trial is known to it."""

    def __init__(self, study, observers, effects, generator):
        self._connection = study.connection
        self._observers = observers
        self._effects = effects
        self._generator = generator
        self._criterion = generator.normal(
            observers.bias, observers.criterion_spread
        )

    def answer(self, code):
        """What the page would send of a trial, a dict."""
        row = self._connection.execute(_TRUTH, (code,)).fetchone()
        left = self._evidence(row["picture"], row["source"], row["duration"])
        if row["other"] is None:
            answers = ("real", "fake")
        else:
            answers = ("left", "right")
            left -= self._evidence(
                row["other"], row["other_source"], row["duration"]
            )
        first = left > self._criterion
        if self._generator.random() < self._observers.lapse:
            first = self._generator.random() < 0.5
        return {
            "code": code,
            "answer": answers[0 if first else 1],
            **self._times(row["duration"]),
            "frame_ms": _FRAME_MS,
            "magnification": 8,
        }

    def _evidence(self, picture, source, duration):
        mean = self._observers.means(duration)[source]
        return self._generator.normal(mean + self._effects[picture])

    def _times(self, duration):
        failed = self._generator.random() < self._observers.dropped
        # People take about half a second, some of them much longer.
        thought = 200 + self._generator.lognormal(6, 0.5)
        if duration is None:
            return {
                "response_ms": thought,
                "shown_ms": None,
                "dropped_frames": 0,
                "flag": "hidden" if failed else "",
            }
        frames = _frames(duration) + failed
        return {
            "response_ms": frames * _FRAME_MS + thought,
            "shown_ms": frames * _FRAME_MS,
            "dropped_frames": int(failed),
            "flag": "dropped" if failed else "",
        }


def _frames(duration):
    return max(1, round(duration / _FRAME_MS))
