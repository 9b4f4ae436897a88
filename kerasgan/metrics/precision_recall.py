"""Precision, recall, density and coverage, by nearest neighbours."""

import numpy as np

from kerasgan import errors
from kerasgan.metrics import distances
from kerasgan.metrics import nearest_neighbour

# A point on the rim of a ball is outside, also after rounding.
_INSIDE = 1 - 1e-9


def manifold_metrics(
    real_features,
    fake_features,
    precision_k=3,
    coverage_k=5,
    two_sample=False,
):
    """How true generated images are, and how much of the data they cover.

    Around each image lies a ball that reaches to its k-th nearest neighbour in
    its own set; the balls of a set stand for where its images are.

    - precision: the share of generated images in any real image's ball;
    - recall: the share of real images in any generated image's ball;
    - density: how many real balls a generated image lies in, divided by k,
      on average: outliers among the real images count little;
    - coverage: the share of real images that have a generated image in their
      ball.

    For two sets of one kind, density is near 1, and coverage near
    `1 - 2^-k` with as many images of each. Precision and recall depend on the
    numbers of images. All are taken of the same distances.

    References:
    - [Kynkaanniemi et al., 2019](https://arxiv.org/abs/1904.06991), precision
      and recall, with k = 3.
    - [Naeem et al., 2020](https://arxiv.org/abs/2002.09797), density and
      coverage, with k = 5. As in the authors' package `prdc`, an image is in a
      ball if it is nearer than the radius; the former paper includes the rim.

    Args:
        real_features: `(n, width)`.
        fake_features: `(m, width)`.
        precision_k: int, the neighbour of precision and recall.
        coverage_k: int, the neighbour of density and coverage.
        two_sample: bool, whether to add the `accuracy` of
            `kerasgan.metrics.two_sample_accuracy`, of the same distances, in
            half the time of both functions.

    Returns:
        dict of float: `precision`, `recall`, `coverage` from 0 to 1, and
        `density`, at least 0; perhaps `two_sample_accuracy`, from 0 to 1.

    Raises:
        ValueError: If the widths differ, a number is not finite, a set has no
            k-th neighbour, or, with `two_sample`, the numbers of images differ.
    """
    real = distances.check_vectors("real_features", real_features, 2)
    fake = distances.check_vectors("fake_features", fake_features, 2)
    distances.check_same_width("real_features", real, "fake_features", fake)
    largest = min(len(real), len(fake)) - 1
    errors.check_integer("precision_k", precision_k, 1, largest)
    errors.check_integer("coverage_k", coverage_k, 1, largest)
    if two_sample and len(real) != len(fake):
        raise ValueError(
            "With `two_sample`, there must be as many real as fake features. "
            f"Received: {len(real)} and {len(fake)}. Take as many of each."
        )
    as_given = real, fake

    # Balls may be small against the distance of the sets: not in float32.
    centre = real.mean(0, dtype="float64")
    real, fake = real - centre, fake - centre
    real_balls, near_real = _balls(real, max(precision_k, coverage_k))
    precision_balls = real_balls[:, precision_k - 1]
    coverage_balls = real_balls[:, coverage_k - 1]
    fake_balls, near_fake = _balls(fake, precision_k)
    fake_balls = fake_balls[:, -1]

    precise = np.zeros(len(fake), "bool")
    recalled = np.zeros(len(real), "bool")
    covered = np.zeros(len(real), "bool")
    num_inside = 0
    crossing = _Crossing(len(real), len(fake))
    for rows in distances.row_blocks(len(real), len(fake)):
        squares = distances.squared_distances(real[rows], fake)
        precise |= (squares < precision_balls[rows, None]).any(0)
        recalled[rows] = (squares < fake_balls).any(1)
        inside = squares < coverage_balls[rows, None]
        covered[rows] = inside.any(1)
        num_inside += np.count_nonzero(inside)
        if two_sample:
            crossing.add(rows, squares)
    measured = {
        "precision": float(precise.mean()),
        "recall": float(recalled.mean()),
        "density": float(num_inside / (coverage_k * len(fake))),
        "coverage": float(covered.mean()),
    }
    if two_sample:
        real, fake = as_given
        shares = [
            _own_set_is_nearer(real, near_real, fake, crossing.of_real),
            _own_set_is_nearer(fake, near_fake, real, crossing.of_fake),
        ]
        measured["two_sample_accuracy"] = sum(shares) / 2
    return measured


class _Crossing:
    """The nearest one of the other set for each row, found block by block.

    Args:
        num_real: int.
        num_fake: int.

    Attributes:
        of_real: int `(num_real,)`, rows of the fake features.
        of_fake: int `(num_fake,)`, rows of the real features.
    """

    def __init__(self, num_real, num_fake):
        self.of_real = np.empty(num_real, int)
        self.of_fake = np.empty(num_fake, int)
        self._least = np.full(num_fake, np.inf)

    def add(self, rows, squares):
        """Takes the squared distances of some real rows to all fake ones."""
        self.of_real[rows] = squares.argmin(1)
        found = squares.argmin(0)
        least = squares[found, np.arange(len(found))]
        nearer = least < self._least
        self.of_fake[nearer] = rows.start + found[nearer]
        self._least[nearer] = least[nearer]


def _own_set_is_nearer(features, own_rows, others, other_rows):
    # Of differences: a product of matrices leaves equal rows apart.
    return nearest_neighbour.share_nearer(
        distances.row_distances(features, features[own_rows]),
        distances.row_distances(features, others[other_rows]),
    )


def _balls(features, k):
    """The squared radii `(n, k)`, and the row `(n,)` of the nearest one."""
    radii, rows = distances.nearest(features, features, k, exclude_self=True)
    return radii**2 * _INSIDE, rows[:, 0]
