"""The answers of a study as arrays, and which of them count."""

import collections
import typing

import numpy as np

from kerasgan.turing import study as studies

# Why an answer is left out. The first three are the page's own words.
REASONS = {
    "hidden": "the page was hidden",
    "dropped": "a frame was dropped while the picture was shown",
    "duration": "the picture was shown too long or too short",
    "quick": "the answer came too soon to be one to the picture",
    "few": "the participant gave too few answers that count",
    "alike": "the participant gave nearly always the same answer",
    "skipped": "the participant left too many pictures without an answer",
}
# In milliseconds: sums of the browser's times are not exact.
_TOLERANCE = 0.01
# Of a display of 24 Hz; a longer one is a browser that does not keep up.
_LONGEST_FRAME_MS = 42.0

_ANSWERS = """
SELECT trials.participant, trials.duration, answers.*,
  left.picture AS picture, left.source AS source, left.label AS label,
  right.picture AS other, right.source AS other_source,
  right.label AS other_label
FROM answers
JOIN trials USING (trial)
JOIN pictures AS left ON left.picture = trials.picture
LEFT JOIN pictures AS right ON right.picture = trials.other
WHERE practice = 0
ORDER BY trials.participant, position
"""
_SHOWN = """
SELECT participant, COUNT(*), COUNT(*) - COUNT(answer)
FROM trials LEFT JOIN answers USING (trial)
WHERE practice = 0 AND shown IS NOT NULL
GROUP BY participant
"""


class Judgements(typing.NamedTuple):
    """Answers, arrays of one length; those of practice are not among them.

    Attributes:
        participant: int.
        source: int, 0 for the real pictures; of a pair, the model's.
        picture: int, key of the picture; of a pair, of the generated one.
        other: int, key of the real picture of a pair, -1 where it is none.
        label: int, the class of the picture, -1 where it has none.
        duration_ms: float, for how long it was to be shown, nan where it stayed
            until the answer.
        judged_real: bool; of a pair, whether the generated one was taken for
            the real one.
        response_ms: float, from the picture's first frame to the answer.
        shown_ms: float, for how long it was shown, nan where it stayed.
        frame_ms: float, what a frame of the display took.
        reason: str, `""` where the answer counts, else a key of `REASONS`.
    """

    participant: np.ndarray
    source: np.ndarray
    picture: np.ndarray
    other: np.ndarray
    label: np.ndarray
    duration_ms: np.ndarray
    judged_real: np.ndarray
    response_ms: np.ndarray
    shown_ms: np.ndarray
    frame_ms: np.ndarray
    reason: np.ndarray

    def take(self, rows):
        """Returns some of the answers.

        Args:
            rows: bool `(n,)`, or int indices.
        """
        return Judgements(*(np.asarray(array)[rows] for array in self[:]))

    def valid(self):
        """Returns the answers that count."""
        return self.take(self.reason == "")


class Reading(typing.NamedTuple):
    """What a study holds.

    Attributes:
        judgements: `Judgements`, all of them.
        participants: dict from the number of each participant to why they are
            left out, `""` where they are not.
        unanswered: int, trials that were shown and never answered.
        simulated: bool, whether the study or a participant says so.
    """

    judgements: Judgements
    participants: dict
    unanswered: int
    simulated: bool

    def excluded(self):
        """How many are left out.

        Returns:
            List of tuples (reason, number of answers, number of participants),
            one for each of `REASONS`.
        """
        answers = collections.Counter(self.judgements.reason.tolist())
        participants = collections.Counter(self.participants.values())
        return [
            (reason, answers[reason], participants[reason])
            for reason in REASONS
        ]


def read(study):
    """Reads the answers of a study, and decides which count.

    The rules are those of `Protocol.exclusions`, applied to the stored numbers:
    what the page itself flagged is left out, and also what it should have.

    Args:
        study: A `Study`, or the path of one. It may be in use meanwhile.

    Returns:
        A `Reading`.

    Raises:
        ValueError: If it is no such file.
    """
    # A connection of its own: another thread may use that of the study.
    with studies.Study(getattr(study, "path", study)) as own:
        # So that all is of one moment, without a lock that others wait for.
        own.connection.execute("BEGIN")
        rows = own.connection.execute(_ANSWERS).fetchall()
        unanswered = {
            participant: (missing, missing / shown)
            for participant, shown, missing in own.connection.execute(_SHOWN)
        }
        everyone = dict(
            own.connection.execute(
                "SELECT participant, simulated FROM participants "
                "ORDER BY participant"
            ).fetchall()
        )
        protocol = own.protocol
        # Both say it, so that whoever forges one of them is found out.
        simulated = own.simulated or any(everyone.values())
    participant = np.array([row["participant"] for row in rows], "int64")
    reason = np.array([_reason(row, protocol) for row in rows], "U8")
    same = np.array(
        [row["answer"] == protocol.answers[0] for row in rows], bool
    )
    participants = {
        number: _participant_reason(
            same[(participant == number) & (reason == "")],
            unanswered.get(number, (0, 0.0))[1],
            protocol,
        )
        for number in everyone
    }
    for number, why in participants.items():
        if why:
            reason[(participant == number) & (reason == "")] = why
    return Reading(
        _arrays(rows, reason),
        participants,
        sum(missing for missing, _ in unanswered.values()),
        simulated,
    )


def _reason(row, protocol):
    if row["flag"]:
        return row["flag"]
    if row["duration"] is not None:
        if row["dropped_frames"]:
            return "dropped"
        shown = np.nan if row["shown_ms"] is None else row["shown_ms"]
        # So that what is not a number is out, too.
        frame = min(row["frame_ms"], _LONGEST_FRAME_MS)
        if not abs(shown - row["duration"]) <= frame + _TOLERANCE:
            return "duration"
    return "quick" if row["response_ms"] < protocol.shortest_response_ms else ""


def _participant_reason(same, unanswered, protocol):
    if unanswered > protocol.most_unanswered:
        return "skipped"
    if len(same) < max(1, protocol.fewest_valid):
        return "few"
    share = same.mean()
    return "alike" if max(share, 1 - share) > protocol.most_alike else ""


def _arrays(rows, reason):
    judged = [_judged(row) for row in rows]

    def column(values, kind):
        return np.array(list(values), kind)

    def number(name):
        return column(
            (np.nan if row[name] is None else row[name] for row in rows),
            "float64",
        )

    return Judgements(
        participant=column((row["participant"] for row in rows), "int64"),
        source=column((each[0] for each in judged), "int64"),
        picture=column((each[1] for each in judged), "int64"),
        other=column((each[2] for each in judged), "int64"),
        label=column(
            (-1 if each[3] is None else each[3] for each in judged), "int64"
        ),
        duration_ms=number("duration"),
        judged_real=column((each[4] for each in judged), bool),
        response_ms=number("response_ms"),
        shown_ms=number("shown_ms"),
        frame_ms=number("frame_ms"),
        reason=reason,
    )


def _judged(row):
    """Tuple (source, picture, other, label, whether it was taken for real)."""
    left = (row["source"], row["picture"])
    if row["other"] is None:
        return (*left, -1, row["label"], row["answer"] == "real")
    right = (row["other_source"], row["other"])
    if left[0] != 0:
        return (*left, right[1], row["label"], row["answer"] == "left")
    return (*right, left[1], row["other_label"], row["answer"] == "right")
