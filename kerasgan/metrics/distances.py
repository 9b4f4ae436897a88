"""Euclidean distances between many vectors, in blocks of bounded memory."""

import numpy as np

from kerasgan import errors

# Numbers of a block of distances: 16 MiB in float32, 32 MiB in float64.
_BLOCK = 2**22


def check_vectors(argument, vectors, minimum=1):
    """Returns `vectors` as an array if it is `(n, width)` of finite numbers.

    Args:
        argument: str, the name that the error gives.
        vectors: Array-like.
        minimum: int, the least n.

    Raises:
        ValueError: Otherwise.
    """
    vectors = np.asarray(vectors)
    numeric = vectors.dtype.kind in "fiu"
    if vectors.ndim != 2 or not vectors.shape[1] or not numeric:
        raise ValueError(
            f"`{argument}` must be numbers of the shape (n, width), a row an "
            f"image. Received: shape {vectors.shape}, dtype {vectors.dtype}. "
            "Flatten what belongs to one image to one row."
        )
    if len(vectors) < minimum:
        raise ValueError(
            f"`{argument}` must have at least {minimum} rows. Received: "
            f"{len(vectors)}. Take more images."
        )
    if not np.isfinite(vectors).all():
        bad = np.flatnonzero(~np.isfinite(vectors).all(1))
        raise ValueError(
            f"`{argument}` must be finite. Received: nan or infinity in "
            f"{len(bad)} rows, the first is row {bad[0]}. Look at what made "
            "them: the images, or the network that extracts features."
        )
    return vectors


def check_same_width(first_argument, first, second_argument, second):
    """Checks that two arrays of `check_vectors` have rows of one length.

    Raises:
        ValueError: Otherwise.
    """
    if first.shape[1] != second.shape[1]:
        raise ValueError(
            f"`{first_argument}` and `{second_argument}` must have rows of one "
            f"length. Received: shapes {first.shape} and {second.shape}. Take "
            "both from the same extractor, or images of one size."
        )


def row_blocks(num_rows, num_columns):
    """Slices that cut a matrix into blocks of some rows and bounded size.

    Args:
        num_rows: int.
        num_columns: int.

    Yields:
        slice, of rows, in order.
    """
    step = max(1, _BLOCK // num_columns)
    for start in range(0, num_rows, step):
        yield slice(start, start + step)


def squared_distances(first, second):
    """The squared Euclidean distances of all pairs, as one matrix product.

    Differences that are small against the lengths of the vectors drown in
    rounding: subtract a common centre before.

    Args:
        first: float `(n, width)`.
        second: float `(m, width)`, of the same dtype.

    Returns:
        float `(n, m)`, at least 0.
    """
    squares = first @ second.T
    squares *= -2
    squares += np.einsum("ij,ij->i", second, second)
    squares += np.einsum("ij,ij->i", first, first)[:, None]
    return np.maximum(squares, 0, out=squares)


def row_distances(first, second):
    """The Euclidean distance of each row to the same row of another array.

    Of differences, in float64: equal rows have the distance 0.

    Args:
        first: `(n, width)`.
        second: `(n, width)`.

    Returns:
        float64 `(n,)`.
    """
    return np.linalg.norm(first.astype("float64") - second, axis=1)


def nearest(queries, references, k=1, exclude_self=False):
    """Finds the nearest neighbours of each query by exhaustive search.

    The neighbours are chosen in float32, or in float64 where the vectors are;
    their distances are then computed anew in float64 from differences, so that
    equal rows have the distance 0.

    Args:
        queries: `(n, width)`.
        references: `(m, width)`, among which neighbours are sought.
        k: int, how many neighbours.
        exclude_self: bool; True where `queries` are the `references`, so that
            a row is no neighbour of itself (an equal row is).

    Returns:
        A tuple `(distances, indices)`, both `(n, k)`, nearest first:
        - `distances`: float64, Euclidean.
        - `indices`: int, rows of `references`.

    Raises:
        ValueError: If the shapes do not fit, a number is not finite, or there
            are fewer than `k` references.
    """
    queries = check_vectors("queries", queries)
    references = check_vectors("references", references, 1 + exclude_self)
    check_same_width("queries", queries, "references", references)
    if exclude_self and queries.shape != references.shape:
        raise ValueError(
            "With `exclude_self`, `queries` must be the `references`. "
            f"Received: shapes {queries.shape} and {references.shape}. Leave "
            "`exclude_self` out for two sets."
        )
    k = errors.check_integer("k", k, 1, len(references) - exclude_self)

    dtype = np.result_type(queries, references, "float32")
    centre = references.mean(0, dtype="float64").astype(dtype)
    centred = references - centre
    distances = np.empty((len(queries), k))
    indices = np.empty((len(queries), k), "int64")
    for rows in row_blocks(len(queries), max(references.shape)):
        block = queries[rows]
        squares = squared_distances(block - centre, centred)
        if exclude_self:
            every = np.arange(len(block))
            squares[every, rows.start + every] = np.inf
        chosen = squares.argpartition(k - 1, axis=1)[:, :k]
        exact = np.empty(chosen.shape)
        for j, neighbours in enumerate(chosen.T):
            exact[:, j] = row_distances(references[neighbours], block)
        order = exact.argsort(axis=1)
        distances[rows] = np.take_along_axis(exact, order, 1)
        indices[rows] = np.take_along_axis(chosen, order, 1)
    return distances, indices
