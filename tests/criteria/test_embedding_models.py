"""Models of the package sentence-transformers, made here, where the package is installed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

import mentormatch as mm

if TYPE_CHECKING:
    from pathlib import Path

sentence_transformers = pytest.importorskip("sentence_transformers")
tokenizers = pytest.importorskip("tokenizers")

WORDS = ["lua", "nginx", "redis", "paint", "cook"]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, np.ndarray]:
    """A folder with a model that averages one vector a word, and these vectors."""
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding

    vectors = np.random.default_rng(0).standard_normal((1 + len(WORDS), 8)).astype(np.float32)
    known = {word: k for k, word in enumerate(["[UNK]", *WORDS])}
    tokenizer = tokenizers.Tokenizer(tokenizers.models.WordLevel(known, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    module = StaticEmbedding(tokenizer, embedding_weights=vectors)
    folder = tmp_path_factory.mktemp("models") / "a:model"
    sentence_transformers.SentenceTransformer(modules=[module]).save(str(folder))
    return folder, vectors[1:]


def test_texts_are_as_alike_as_their_vectors_say(model: tuple[Path, np.ndarray]) -> None:
    folder, vectors = model
    cohort = mm.Cohort(
        pd.DataFrame({"goals": ["lua nginx", "paint", None]}, index=["ada", "bob", "cleo"]),
        pd.DataFrame({"bio": ["redis", "cook lua"]}, index=["uma", "vic"]),
    )
    text = mm.criteria.TextSimilarity(
        mentee="goals", mentor="bio", embed=f"sentence-transformers:{folder}"
    )
    criteria = mm.Criteria(text, missing="neutral")
    left = np.array([vectors[0] + vectors[1], vectors[3]])
    right = np.array([vectors[2], vectors[4] + vectors[0]])
    left /= np.linalg.norm(left, axis=1, keepdims=True)
    right /= np.linalg.norm(right, axis=1, keepdims=True)
    want = np.vstack([(1 + left @ right.T) / 2, [[0.5, 0.5]]])
    np.testing.assert_allclose(criteria.score(cohort).dense(), want, atol=1e-6)
    again = mm.Criteria.from_dict(criteria.to_dict()).score(cohort)
    np.testing.assert_array_equal(again.dense(), criteria.score(cohort).dense())


def test_a_model_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    folder = tmp_path / "none"
    text = mm.criteria.TextSimilarity("x", embed=f"sentence-transformers:{folder}")
    people = pd.DataFrame({"x": ["lua"]})
    with pytest.raises(
        mm.MentorMatchError, match=r"The model '.*none' could not be loaded: .+\. Name the"
    ):
        mm.Criteria(text).score(mm.Cohort(people, people))
