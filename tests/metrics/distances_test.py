import tracemalloc

import numpy as np
import pytest
from sklearn import neighbors

from kerasgan.metrics import distances


def vectors(count, width=6, seed=0):
    return np.random.default_rng(seed).normal(size=(count, width))


def test_squared_distances_by_hand():
    first = np.array([[0.0, 0.0], [3.0, 0.0]])
    second = np.array([[0.0, 4.0], [3.0, 0.0], [0.0, 0.0]])
    np.testing.assert_allclose(
        distances.squared_distances(first, second), [[16, 9, 0], [25, 0, 9]]
    )


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("k", [1, 4, 300])
def test_neighbours_are_those_of_scikit_learn(dtype, k):
    queries = vectors(70, seed=1).astype(dtype)
    references = vectors(300).astype(dtype)
    far, indices = distances.nearest(queries, references, k)
    search = neighbors.NearestNeighbors(n_neighbors=k, algorithm="kd_tree")
    expected, rows = search.fit(references).kneighbors(queries)
    assert far.dtype == "float64"
    np.testing.assert_allclose(far, expected, rtol=1e-12)
    np.testing.assert_array_equal(indices, rows)


def test_a_row_is_no_neighbour_of_itself_but_an_equal_row_is():
    rows = np.array([[0.0], [1.0], [3.0], [1.0]])
    far, indices = distances.nearest(rows, rows, exclude_self=True)
    np.testing.assert_array_equal(far[:, 0], [1, 0, 2, 0])
    assert indices[1, 0] == 3 and indices[3, 0] == 1
    far, indices = distances.nearest(rows[:3], rows[:3])
    np.testing.assert_array_equal(indices[:, 0], [0, 1, 2])
    np.testing.assert_array_equal(far, 0)


def test_equal_rows_are_at_distance_0_whatever_the_rounding():
    # In one product of float32, 0 would come out as some 0.05 here.
    rows = (vectors(40, 1000) + 1000).astype("float32")
    far, indices = distances.nearest(rows[::-1], rows)
    np.testing.assert_array_equal(far, 0)
    np.testing.assert_array_equal(indices[:, 0], np.arange(40)[::-1])


def test_small_differences_far_from_the_origin():
    rows = 1e8 + vectors(60)
    queries = 1e8 + vectors(30, seed=1)
    _, indices = distances.nearest(queries, rows, 3)
    _, expected = distances.nearest(queries - 1e8, rows - 1e8, 3)
    np.testing.assert_array_equal(indices, expected)


@pytest.mark.parametrize("exclude_self", [False, True])
@pytest.mark.parametrize("block", [1, 100, 333])
def test_the_size_of_the_blocks_does_not_matter(
    monkeypatch, block, exclude_self
):
    rows = vectors(50)
    whole = distances.nearest(rows, rows, 3, exclude_self)
    monkeypatch.setattr(distances, "_BLOCK", block)
    for got, expected in zip(
        distances.nearest(rows, rows, 3, exclude_self), whole, strict=True
    ):
        np.testing.assert_array_equal(got, expected)


@pytest.mark.parametrize("count, width", [(3000, 4), (40, 50000)])
def test_memory_is_bounded_by_the_block(monkeypatch, count, width):
    # All distances at once: 3000 x 3000 float32, 34 MiB.
    monkeypatch.setattr(distances, "_BLOCK", 2**17)
    rows = vectors(count, width).astype("float32")
    tracemalloc.start()
    distances.nearest(rows, rows[: min(count, 3000)], 2)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    # The centred references (and a check of a byte a number), some blocks.
    assert peak < 2 * rows.nbytes + 12 * 4 * 2**17


def test_blocks_cover_all_rows_once(monkeypatch):
    monkeypatch.setattr(distances, "_BLOCK", 10)
    rows = np.arange(11)
    blocks = [rows[block] for block in distances.row_blocks(11, 3)]
    assert [len(block) for block in blocks] == [3, 3, 3, 2]
    np.testing.assert_array_equal(np.concatenate(blocks), rows)
    # A row longer than a block is a block.
    assert len(list(distances.row_blocks(11, 1000))) == 11


def test_uint8_does_not_wrap_around():
    rows = np.array([[0], [255], [100]], "uint8")
    far, indices = distances.nearest(rows, rows, exclude_self=True)
    np.testing.assert_array_equal(far[:, 0], [100, 155, 100])
    np.testing.assert_array_equal(indices[:, 0], [2, 2, 0])


@pytest.mark.parametrize(
    "queries, references, options, message",
    [
        (np.zeros((2, 3, 1)), np.zeros((2, 3)), {}, r"`queries`.*\(2, 3, 1\)"),
        (np.zeros((2, 0)), np.zeros((2, 0)), {}, r"`queries`.*\(2, 0\)"),
        ([["a"]], np.zeros((2, 1)), {}, "dtype <U1"),
        (np.zeros((2, 3)), np.zeros((0, 3)), {}, "at least 1 rows.*: 0"),
        (np.zeros((2, 3)), np.zeros((2, 4)), {}, r"\(2, 3\) and \(2, 4\)"),
        (np.zeros((2, 3)), np.zeros((2, 3)), {"k": 3}, "at most 2.*k=3"),
        (
            np.zeros((2, 3)),
            np.zeros((2, 3)),
            {"k": 2, "exclude_self": True},
            "at most 1.*k=2",
        ),
        (
            np.zeros((2, 3)),
            np.zeros((4, 3)),
            {"exclude_self": True},
            "must be the `references`",
        ),
    ],
)
def test_what_does_not_fit_is_refused(queries, references, options, message):
    with pytest.raises(ValueError, match=message):
        distances.nearest(queries, references, **options)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_the_error_names_the_rows_that_are_not_finite(bad):
    rows = np.zeros((5, 2))
    rows[3:, 1] = bad
    with pytest.raises(ValueError, match=r"nan or infinity in 2 rows.*row 3"):
        distances.nearest(rows, rows)
