"""What every participant of a study goes through, fixed before the first."""

import dataclasses

from kerasgan import errors

# In milliseconds. The ends are the paper's; the nine between are ours, about
# even on a logarithmic scale, as no source has them.
DURATIONS = (50, 75, 100, 150, 200, 300, 400, 650, 1000, 1500, 2000)
MODES = ("timed", "untimed", "pair")
_MOST_TRIALS = 2000


@dataclasses.dataclass(frozen=True)
class Protocol:
    """What a participant sees, and which answers count.

    Args:
        mode: `"timed"`: one picture for one of `durations`, then a mask;
            `"untimed"`: one picture, until it is judged; `"pair"`: a real and a
            generated one side by side, which is the real one?
        trials: int, judged pictures (or pairs) a participant.
        practice: int, pictures before, whose answers do not count.
        examples: int, real pictures that are looked at before.
        rest_every: int, trials between two rests.
        durations: Tuple of ints, milliseconds; empty but in the mode `"timed"`.
        magnification: int, how many CSS pixels a pixel of a picture is wide; a
            smaller whole number where the screen has no space.
        shortest_response_ms: int; a quicker answer was none to the picture.
        fewest_valid: int; a participant with fewer valid answers is left out.
        most_alike: float; one who gives the same answer to a larger fraction is
            left out.
        most_unanswered: float; so is one who leaves a larger fraction of the
            pictures that they were shown without an answer.

    Raises:
        ValueError: If an argument is out of its range.
    """

    mode: str = "timed"
    trials: int = 110
    practice: int = 8
    examples: int = 24
    rest_every: int = 40
    durations: tuple = DURATIONS
    magnification: int = 8
    shortest_response_ms: int = 150
    fewest_valid: int = 20
    most_alike: float = 0.95
    most_unanswered: float = 0.2

    def __post_init__(self):
        errors.check_choice("mode", self.mode, MODES)
        errors.check_integer("trials", self.trials, 1, _MOST_TRIALS)
        errors.check_integer("practice", self.practice, 0, 100)
        errors.check_integer("examples", self.examples, 0, 100)
        errors.check_integer("rest_every", self.rest_every, 1)
        errors.check_integer("magnification", self.magnification, 1, 32)
        errors.check_integer(
            "shortest_response_ms", self.shortest_response_ms, 0
        )
        errors.check_integer("fewest_valid", self.fewest_valid, 0)
        errors.check_fraction("most_alike", self.most_alike)
        errors.check_fraction("most_unanswered", self.most_unanswered)
        timed = self.mode == "timed"
        durations = self.durations if timed else ()
        if timed and not durations:
            raise ValueError(
                "`durations` must hold one or more in the mode 'timed'. "
                "Received: none. Give them in milliseconds."
            )
        for duration in durations:
            errors.check_integer("durations", duration, 17, 60_000)
        if self.fewest_valid > self.trials:
            raise ValueError(
                "`trials` must be as many as make a participant count. "
                f"Received: trials={self.trials}, where one with fewer than "
                f"fewest_valid={self.fewest_valid} valid answers is left out. "
                "Ask for more trials."
            )
        # Frozen, so that what was stored is what is done.
        object.__setattr__(self, "durations", tuple(durations))

    @property
    def answers(self):
        """The two answers that a participant can give."""
        return ("left", "right") if self.mode == "pair" else ("real", "fake")

    def as_dict(self):
        """Returns the protocol as JSON values."""
        return {
            **dataclasses.asdict(self),
            "durations": list(self.durations),
        }

    def exclusions(self):
        """Returns the rules of exclusion, a list of sentences."""
        return [
            "A picture whose measured duration was off by more than one frame, "
            "during which a frame was dropped, or during which the page was "
            "hidden, is left out.",
            "An answer within "
            f"{self.shortest_response_ms} ms of the picture is left out.",
            "A participant is left out with fewer than "
            f"{self.fewest_valid} answers that remain, or if more than "
            f"{self.most_alike:.0%} of them are the same, or if more than "
            f"{self.most_unanswered:.0%} of the pictures that they were shown "
            "have no answer.",
        ]
