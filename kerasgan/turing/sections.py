"""What frames the results of a human test, in a report: lines of Markdown."""

import json

from kerasgan.turing import judgements as readings
from kerasgan.turing import tables

_MODES = {
    "timed": (
        "One picture at a time, for a set time, then a mask: real or generated?"
    ),
    "untimed": (
        "One picture at a time, without a limit of time: real or generated?"
    ),
    "pair": (
        "A real and a generated picture side by side, without a limit of time: "
        "which is the real one?"
    ),
}
# What published tests have found, and all of it that is known as numbers.
LAPGAN_REFERENCES = (
    (40, "CC-LAPGAN, about 40 % (Denton et al., 2015)"),
    (10, "GAN, 10 % (Denton et al., 2015)"),
)
TIMED_REFERENCE = (
    "[Denton et al., 2015](https://arxiv.org/abs/1506.05751) report about 40 % "
    "of the pictures of their CC-LAPGAN and 10 % of those of a GAN judged "
    "real, of CIFAR-10. Their curves over the presentation time are not "
    "available as numbers, so they are not shown."
)
UNTIMED_REFERENCE = (
    "[Salimans et al., 2016](https://arxiv.org/abs/1606.03498), section 6: "
    "without a limit of time, people were right about 78.7 % of pictures of "
    "CIFAR-10, an error of 21.3 %, with other pictures, people and rewards."
)


def is_cifar10(study):
    """Whether the real pictures of a study are of CIFAR-10."""
    data = study.sources[0]["identity"].get("data")
    return isinstance(data, str) and data.split()[:1] == ["cifar10"]


def overview(study, reading, warnings):
    """Mode, numbers, exclusions and sources; what to beware of."""
    judgements = reading.judgements
    valid = judgements.valid()
    counted = sum(not why for why in reading.participants.values())
    lines = [
        _MODES[study.protocol.mode],
        "",
        f"- Participants: {len(reading.participants)}, of whom {counted} "
        "count.",
        f"- Answers: {len(judgements.source)}, of which {len(valid.source)} "
        "count; those of practice are not among them.",
        f"- Pictures that were fetched and never answered: "
        f"{reading.unanswered}.",
        *(line for text in warnings for line in ("", f"**{text}**")),
        "",
        "## What is left out",
        "",
        "Decided before the first participant:",
        "",
        *(f"- {rule}" for rule in study.protocol.exclusions()),
        "",
        *tables.markdown_table(
            ["why", "answers", "participants"],
            [
                (readings.REASONS[reason], answers, participants)
                for reason, answers, participants in reading.excluded()
            ],
        ),
        "",
        "## Sources",
        "",
        *tables.markdown_table(
            ["source", "what it is"],
            [
                (source["name"], json.dumps(source["identity"], sort_keys=True))
                for source in study.sources
            ],
        ),
    ]
    return lines


def method(seed, num_resamples):
    """How the intervals were computed."""
    return [
        "## How the intervals were computed",
        "",
        f"Each is of 95 %, from {num_resamples} draws with the seed {seed}. In "
        "a draw, participants are drawn with replacement and so are the "
        "pictures of each source; an answer counts as often as both were "
        "drawn, the product "
        "([Owen, 2007](https://doi.org/10.1214/07-AOAS122)). Such draws spread "
        "too much: the chance in a single answer is in them three "
        "times. They are drawn together to the variance of participants plus "
        "pictures minus answers, each drawn alone ([Cameron, Gelbach & Miller, "
        "2011](https://doi.org/10.1198/jbes.2010.07136)). Where all answers "
        "are alike, the interval is Wilson's, for as many independent answers "
        "as the design effect leaves, and differences with such a share are "
        "Newcombe's. d' has the log-linear correction "
        "([Hautus, 1995](https://doi.org/10.3758/BF03203619)). The intervals "
        "say what other people and other pictures of the same sources would "
        "change; not what another training would.",
    ]
