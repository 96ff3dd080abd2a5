"""Texts as vectors, and the products of rows as long as theirs."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer

import mentormatch as mm
from mentormatch.compatibility import blocks
from mentormatch.compatibility.blocks import column_slices
from mentormatch.criteria.interface import products
from mentormatch.criteria.interface.buffers import Buffers
from mentormatch.criteria.interface.products import Product
from mentormatch.criteria.scoring import masks, split
from mentormatch.criteria.scoring.split import SplitReader

SIGNS = "aAbBcé ß\t\u00a0İ.+#1"
TEXTS = st.lists(st.text(SIGNS, max_size=25), min_size=1, max_size=6, unique=True)


@given(texts=TEXTS, characters=st.sampled_from([(1, 1), (2, 3), (3, 5)]))
def test_pieces_counted_word_by_word_are_those_of_the_whole_texts(
    texts: list[str], characters: tuple[int, int]
) -> None:
    criterion = mm.criteria.TextSimilarity("x", characters=characters)
    cohort = mm.Cohort(pd.DataFrame({"x": texts}), pd.DataFrame({"x": ["a b"]}))
    fitted = criterion.fit(cohort)
    everything = sorted({*(text.strip() for text in texts), "a b"} - {""})
    pieces = TfidfVectorizer(analyzer="char_wb", ngram_range=characters).fit_transform(everything)
    # What is left of a vector, without its words, has the direction of its pieces.
    mine = fitted.vectors[:-1, len(fitted.names) :].toarray()
    lengths = np.linalg.norm(mine, axis=1, keepdims=True)
    mine = np.divide(mine, lengths, out=mine, where=lengths > 0)
    np.testing.assert_allclose(mine, pieces.toarray(), atol=1e-14)


@st.composite
def long_products(draw: st.DrawFn) -> Product:
    """Sparse on both sides; some columns in nearly every row, some in nearly none."""
    rng = np.random.default_rng(draw(st.integers(0, 10_000)))
    n, m, width = (draw(st.integers(low, most)) for low, most in ((0, 7), (1, 9), (0, 12)))
    often = rng.random(width)

    def side(people: int) -> sparse.csr_array:
        there = rng.random((people, width)) < often
        return sparse.csr_array(rng.integers(1, 9, (people, width)) * there * 1.0)

    return Product(side(n), side(m))


@pytest.mark.parametrize("room", [-1, 100, 10_000])
@pytest.mark.parametrize("common", [0.0, 0.25, 2.0])
@given(product=long_products(), precision=st.sampled_from(["float32", "float64"]))
def test_the_dense_and_the_sparse_part_add_up_to_the_product(
    room: int, common: float, product: Product, precision: str
) -> None:
    n, m = product.left.shape[0], product.right.shape[0]
    dtype, buffers = np.dtype(precision), Buffers()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(split, "COMMON", common)
        patch.setattr(products, "RIGHT_BYTES", room)
        patch.setattr(blocks, "TILE_COLUMNS", 4)
        tiles = column_slices(m)
        reader = SplitReader.of(product, tiles, dtype)
    assert sum(part.nbytes for part in reader.common_right) <= max(room, 0)
    want = product.left.toarray() @ product.right.toarray().T
    for rows in (slice(0, n), np.arange(n)[::-1]):
        opened = reader.open(rows)
        for some in (slice(0, n), slice(n // 3, n)):
            for k, columns in enumerate(tiles):
                got = reader.tile(reader.cut(opened, some), k, buffers)
                assert got.dtype == dtype
                # Whole numbers, so that the order of adding does not matter.
                assert np.array_equal(got, want[rows][some][:, columns])


def test_texts_are_read_by_both_parts_and_short_lists_by_neither() -> None:
    cohort = mm.datasets.it_program(60, 40, seed=3)
    fitted = mm.criteria.TextSimilarity(mentee="goals", mentor="bio").fit(cohort)
    reader = masks.reader_of(fitted, column_slices(40), np.dtype(np.float32))
    assert isinstance(reader, SplitReader)
    assert reader.common.shape[1] > 50
    assert reader.rare.nnz > 0
    skills = mm.criteria.SkillCoverage("wants_to_learn", "can_teach").fit(cohort)
    assert not isinstance(
        masks.reader_of(skills, column_slices(40), np.dtype(np.float32)), SplitReader
    )


def test_words_that_say_nothing_are_not_given_as_reasons() -> None:
    """ "share the words like, and, i, to" went out to people as the reason for their match."""
    mentees = pd.DataFrame({"goals": ["I would like to learn and to teach", "I like to write Lua"]})
    mentors = pd.DataFrame({"bio": ["I like to ski and to cook", "to write Lua is what I like"]})
    text = mm.criteria.TextSimilarity(mentee="goals", mentor="bio", characters=None)
    compatibility = mm.Criteria(text).score(mm.Cohort(mentees, mentors))
    said = [compatibility.breakdown(i, i)["sentence"][0] for i in (0, 1)]
    assert said[0].startswith("share only words that most texts have (0.")
    assert said[1].startswith("share the words lua, write (0.")
    # In any language: what a third of many texts have is no reason.
    german = pd.DataFrame(
        {"goals": ["ich lerne gerne Lua", *(f"ich lerne w{k}" for k in range(20))]}
    )
    other = pd.DataFrame({"bio": ["ich kann Lua", *(f"ich kann v{k}" for k in range(20))]})
    compatibility = mm.Criteria(text).score(mm.Cohort(german, other))
    assert compatibility.breakdown(0, 0)["sentence"][0].startswith("share the word lua (0.")


@pytest.mark.parametrize("empty", [[], (), set(), [None], [""], np.array([])], ids=repr)
def test_an_empty_list_is_a_missing_text(empty) -> None:
    """It was read as the text "[]": 0 beside a text, and 1 beside another empty list."""
    cohort = mm.Cohort(
        pd.DataFrame({"w": [empty, "lua sql"]}), pd.DataFrame({"w": [["lua sql"], empty]})
    )
    text = mm.criteria.TextSimilarity("w")
    assert mm.Criteria(text).score(cohort).dense() == pytest.approx(
        np.array([[0.5, 0.5], [1, 0.5]])
    )


def test_a_list_of_texts_is_its_texts_joined() -> None:
    cells = [["teach lua", "play chess"], ("teach lua", "play chess"), {"teach lua", "play chess"}]
    cohort = mm.Cohort(pd.DataFrame({"w": cells}), pd.DataFrame({"w": ["teach lua play chess"]}))
    text = mm.criteria.TextSimilarity("w")
    assert mm.Criteria(text).score(cohort).dense() == pytest.approx(np.ones((3, 1)))
