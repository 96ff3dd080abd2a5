"""Rows of sparse arrays that are never copied give the products of those that are."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from mentormatch.criteria.interface import products
from mentormatch.criteria.interface.buffers import Buffers, borrow_buffers
from mentormatch.criteria.interface.products import lines_of, span_of


@st.composite
def products_to_add(draw: st.DrawFn) -> tuple[sparse.csr_array, slice, slice, np.ndarray]:
    """A sparse array, some of its rows, some of those, and what they are multiplied with."""
    rng = np.random.default_rng(draw(st.integers(0, 10_000)))
    dtype = draw(st.sampled_from([np.float32, np.float64, np.int16, np.int32]))
    n, k, m = (draw(st.integers(0, most)) for most in (9, 6, 5))
    # Whole numbers, so that every order of adding gives the same sum.
    left = sparse.csr_array(
        (rng.integers(-3, 4, (n, k)) * rng.integers(0, 2, (n, k))).astype(dtype)
    )
    if draw(st.booleans()):
        left.indptr, left.indices = left.indptr.astype(np.int64), left.indices.astype(np.int64)
    start = draw(st.integers(0, n))
    stop = draw(st.integers(start, n))
    first = draw(st.integers(0, stop - start))
    last = draw(st.integers(first, stop - start))
    return left, slice(start, stop), slice(first, last), rng.integers(-9, 9, (k, m)).astype(dtype)


@pytest.mark.parametrize("inner", ["as scipy does it", "without its inner function"])
@given(product=products_to_add(), gathered=st.booleans())
def test_lines_add_what_the_product_of_their_rows_is(
    inner: str, product: tuple[sparse.csr_array, slice, slice, np.ndarray], gathered: bool
) -> None:
    left, rows, some, right = product
    positions = np.arange(rows.start, rows.stop)[::-1] if gathered else rows
    lines = lines_of(left, positions).cut(some)
    whole = left.toarray()[positions][some]
    out = np.full((some.stop - some.start, right.shape[1]), 7, dtype=right.dtype)
    with pytest.MonkeyPatch.context() as patch:
        if inner != "as scipy does it":
            patch.setattr(products, "csr_matvecs", None)
        lines.add_product(right, out)
    assert out.dtype == right.dtype
    assert np.array_equal(out, whole @ right + 7)
    assert np.array_equal(lines.csr().toarray(), whole)
    again = np.zeros_like(whole)
    again[lines.cells()] = lines.csr().data
    assert np.array_equal(again, whole)


def test_scipy_still_has_the_inner_function_that_saves_half_of_a_sparse_product() -> None:
    assert products.csr_matvecs is not None


@given(st.lists(st.integers(0, 6), max_size=6))
def test_a_span_is_the_same_rows(rows: list[int]) -> None:
    positions = np.array(rows, dtype=np.intp)
    assert np.array_equal(np.arange(7)[span_of(positions)], positions)


def test_buffers_give_the_same_memory_for_the_same_use_and_other_memory_for_another() -> None:
    buffers, f32, i16 = Buffers(), np.dtype(np.float32), np.dtype(np.int16)
    tile = buffers.array("tile", (5, 8), f32)
    assert np.shares_memory(tile, buffers.array("tile", (4, 3), i16))
    assert not np.shares_memory(tile, buffers.array("raw", (5, 8), f32))
    larger = buffers.array("tile", (50, 8), f32)
    assert larger.shape == (50, 8)
    assert larger.flags.c_contiguous
    assert not np.shares_memory(tile, larger)
    assert buffers.array("tile", (0, 8), f32).shape == (0, 8)


def test_who_borrows_a_space_while_using_one_gets_another() -> None:
    with borrow_buffers() as one:
        with borrow_buffers() as other:
            assert other is not one
        with pytest.raises(ValueError, match="a criterion went wrong"), borrow_buffers() as other:
            raise ValueError("a criterion went wrong")
    with borrow_buffers() as first, borrow_buffers() as second:
        assert first is not second


@given(
    seed=st.integers(0, 1000),
    shape=st.tuples(*(st.integers(0, 7) for _ in range(3))),
    pairs=st.integers(0, 30),
    most=st.sampled_from([1, 24, 100, 10_000]),
)
def test_pairs_give_the_same_bits_in_pieces_of_any_size(
    seed: int, shape: tuple[int, int, int], pairs: int, most: int
) -> None:
    rng = np.random.default_rng(seed)
    n, m, k = shape
    left = sparse.random_array((n, k), density=0.6, rng=rng, format="csr")
    right = sparse.random_array((m, k), density=0.6, rng=rng, format="csr")
    count = pairs if n and m else 0
    mentees, mentors = rng.integers(0, max(n, 1), count), rng.integers(0, max(m, 1), count)
    whole = products.dot_pairs(left, right, mentees, mentors)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(products, "GATHERED_BYTES", most)
        pieces = products.dot_pairs(left, right, mentees, mentors)
    assert pieces.tolist() == whole.tolist()
    wanted = (left @ right.T).toarray()[mentees, mentors] if count else np.empty(0)
    np.testing.assert_allclose(whole, wanted, atol=1e-12)


@given(
    seed=st.integers(0, 1000),
    shape=st.tuples(*(st.integers(0, 7) for _ in range(3))),
    most=st.sampled_from([1, 3_000, 10**7]),
    part=st.sampled_from([0.3, 1.0]),
)
def test_runs_of_pairs_of_one_mentee_give_the_same_bits_as_single_pairs(
    seed: int, shape: tuple[int, int, int], most: int, part: float
) -> None:
    """All pairs of 3,000 x 1,000 long texts were gathered one by one: half a minute."""
    rng = np.random.default_rng(seed)
    n, m, k = shape
    left = sparse.random_array((n, k), density=0.6, rng=rng, format="csr")
    right = sparse.random_array((m, k), density=0.6, rng=rng, format="csr")
    where = np.flatnonzero(rng.random(n * m) < part)
    mentees, mentors = np.divmod(where, max(m, 1))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(products, "RUNS_OF", np.inf)
        single = products.dot_pairs(left, right, mentees, mentors)
        patch.setattr(products, "RUNS_OF", 0.0)
        patch.setattr(products, "GATHERED_BYTES", most)
        runs = products.dot_pairs(left, right, mentees, mentors)
    assert runs.tolist() == single.tolist()


def test_rows_gathered_for_pairs_are_bounded_by_bytes_and_not_by_their_number(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """50,000 pairs of long texts were gathered at once: 8.5 GB for 1,200 × 1,200 of them."""
    rows = sparse.csr_array(np.ones((3, 2000)))
    most = []
    monkeypatch.setattr(products, "RUNS_OF", np.inf)
    plainly = products.row_sums
    monkeypatch.setattr(products, "GATHERED_BYTES", 2**20)
    monkeypatch.setattr(
        products, "row_sums", lambda array: (most.append(array.nnz), plainly(array))[1]
    )
    where = np.zeros(100, dtype=np.intp)
    assert products.dot_pairs(rows, rows, where, where).tolist() == [2000.0] * 100
    one_pair = 4 * 2000 * products.ENTRY_BYTES
    assert max(most) * 4 * products.ENTRY_BYTES <= 2**20 + one_pair
