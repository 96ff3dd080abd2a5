"""TextSimilarity: how alike two texts are, by their words or by an embedding."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from scipy import sparse

from mentormatch.cohort.cells.values import texts_of
from mentormatch.criteria.cells.tokens import collect_errors, read_cells
from mentormatch.criteria.interface.criterion import TwoColumnCriterion, set_fields
from mentormatch.criteria.interface.fitted import BY_MENTEE, BY_MENTOR, Fitted
from mentormatch.criteria.interface.products import GATHERED_BYTES, Product, dot_pairs
from mentormatch.criteria.kinds.embeddings import embedding_named
from mentormatch.errors import CriterionError, MissingPackageError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray
    from sklearn.feature_extraction.text import CountVectorizer

    from mentormatch.cohort import Cohort
    from mentormatch.criteria.interface.arrays import Csr, Floats, Positions
    from mentormatch.criteria.interface.buffers import Buffers

__all__ = ["TextSimilarity"]

Embed: TypeAlias = "Callable[[list[str]], object]"
WORD = r"(?u)\b\w[\w+#.]*[\w+#]|\b\w"
TEXTS_AT_ONCE = 4096
SHOWN_WORDS = 5

# Words of wishes that scikit-learn's list of English function words does not have.
ALSO_FUNCTION_WORDS = ("like", "want", "really", "just", "lot", "things", "m", "ve", "d", "ll")
# Fewer texts do not show which words are common.
FEW_TEXTS = 12


@dataclass(frozen=True, repr=False)
class TextSimilarity(TwoColumnCriterion):
    """Cosine similarity of two texts, by TF-IDF or by an embedding.

    By default a text is TF-IDF of its words and of the pieces of its words, fitted on the texts of
    both sides together [1]_; words and pieces weigh alike. With ``embed`` it is what that function
    makes of it, and the value is (1 + cosine) / 2, so that unrelated texts have the value of a
    missing one.

    Parameters
    ----------
    column, mentee, mentor
        One column of both tables, or one of each.
    embed
        A function from a list of n texts to an (n, width) array, called once with all distinct
        texts of both sides in the order of the alphabet; or "sentence-transformers:MODEL", which
        needs that package.
    characters
        Shortest and longest piece of a word, in characters, so that "deploying" is near
        "deployment"; None: words only, which is much faster for long texts.
    stop_words
        "english" leaves out its common words.
    weight, side, minimum, name
        See `Criterion`.

    Raises
    ------
    CriterionError
        Pieces without a length; an embedding of a wrong shape, or not finite.
    MissingPackageError
        The package of an embedding is not installed.

    References
    ----------
    .. [1] G. Salton and C. Buckley (1988), Term-weighting approaches in automatic text retrieval.

    Examples
    --------
    >>> import pandas as pd, mentormatch as mm
    >>> mentees = pd.DataFrame({"goals": ["write Lua scripts"]}, index=["ada"])
    >>> mentors = pd.DataFrame({"bio": ["Lua scripts, daily", "paints"]}, index=["linus", "grace"])
    >>> text = mm.criteria.TextSimilarity(mentee="goals", mentor="bio", characters=None)
    >>> compatibility = mm.Criteria(text).score(mm.Cohort(mentees, mentors))
    >>> compatibility.dense().round(2).tolist()
    [[0.54, 0.0]]
    >>> compatibility.breakdown("ada", "linus")["sentence"][0]
    'share the words lua, scripts (0.54)'
    """

    embed: Embed | str | None = field(default=None, kw_only=True)
    characters: tuple[int, int] | None = field(default=(3, 5), kw_only=True)
    stop_words: str | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.embed is not None and not callable(self.embed):
            embedding_named(self.label, self.embed)
        if self.characters is not None:
            # A file can say 0 or an empty list, but not None.
            shortest, longest = tuple(self.characters) or (0, 0)
            set_fields(self, characters=(shortest, longest) if longest else None)
            if longest and not 1 <= shortest <= longest:
                raise CriterionError(
                    f"{self.label}: characters must be (shortest, longest), such as (3, 5), or "
                    "None; "
                    f"got {self.characters!r}."
                )
        if self.stop_words not in (None, "english"):
            raise CriterionError(
                f"{self.label}: stop_words must be 'english' or None, got {self.stop_words!r}."
            )

    def to_dict(self) -> dict[str, object]:
        """Return the parameters as plain values; see `Criterion.to_dict`."""
        if callable(self.embed):
            raise CriterionError(
                f"{self.label} has a function as embed=, which cannot be written into a programme "
                "file. "
                "Add the criterion in Python, or name a model: embed='sentence-transformers:MODEL'."
            )
        given = super().to_dict()
        return {**given, "characters": []} if self.characters is None else given

    def fit(self, cohort: Cohort) -> FittedText:
        """Read both columns and fit the texts of both sides together; see `Criterion.fit`."""
        mentees, mentors = collect_errors(
            lambda: read_cells(cohort, "mentees", self.mentee_column, _text),
            lambda: read_cells(cohort, "mentors", self.mentor_column, _text),
        )
        # In the order of the alphabet: the order of the rows must not change a bit.
        distinct = sorted({*mentees[1], *mentors[1]} - {""})
        place = {text: k for k, text in enumerate(distinct)}
        # The last row stands for a text that is not there, or that says nothing.
        place[""] = len(distinct)
        vectors, names = self._vectors(distinct)
        empty = ~_filled(vectors)
        near, far = (
            np.array([place[text] for text in texts], dtype=np.intp)[codes]
            for codes, texts in (mentees, mentors)
        )
        return FittedText(
            criterion=self,
            mentee_codes=np.unique(near, return_inverse=True)[1].astype(np.intp),
            mentee_missing=empty[near],
            mentor_missing=empty[far],
            vectors=vectors,
            names=names,
            mentees=near,
            mentors=far,
        )

    def _vectors(self, texts: list[str]) -> tuple[Csr | NDArray[np.float64], tuple[str, ...]]:
        """Return a unit vector per text, zeros for an empty one, and one more row of zeros.

        Returns
        -------
        vectors : array or sparse array (texts + 1, width)
        names : of the columns that are words
        """
        if self.embed is not None:
            embed = self.embed if callable(self.embed) else embedding_named(self.label, self.embed)
            return self._embedded(texts, embed), ()
        try:
            from sklearn.feature_extraction.text import CountVectorizer
        except ImportError:
            raise MissingPackageError(
                'TextSimilarity without embed= needs scikit-learn: pip install "scikit-learn"'
            ) from None
        counts, names = _counts(
            CountVectorizer(token_pattern=WORD, stop_words=self.stop_words), texts
        )
        parts = [_tfidf(counts)]
        if self.characters is not None:
            # A piece never reaches beyond its word, so each word is cut up once.
            among, words = _counts(CountVectorizer(analyzer=_words), texts)
            cut = CountVectorizer(analyzer="char_wb", ngram_range=self.characters, lowercase=False)
            parts.append(_tfidf(among @ _counts(cut, words)[0]))
        joined = sparse.hstack(parts, format="csr")
        lengths = np.sqrt(np.asarray(joined.multiply(joined).sum(axis=1)).ravel())
        scale = np.divide(1.0, lengths, out=np.zeros_like(lengths), where=lengths > 0)
        unit = (sparse.diags_array(scale) @ joined).tocsr()
        # A product finds columns in any order; products of pairs are quicker where they rise.
        unit.sort_indices()
        unit.resize((len(texts) + 1, unit.shape[1]))
        return unit, names

    def _embedded(self, texts: list[str], embed: Embed) -> NDArray[np.float64]:
        if not texts:
            return np.zeros((1, 1))
        vectors = np.asarray(embed(list(texts)), dtype=np.float64)
        if vectors.ndim != 2 or len(vectors) != len(texts):
            raise CriterionError(
                f"{self.label}: embed must return one vector per text, an array ({len(texts)}, "
                "width); it returned "
                f"the shape {vectors.shape}."
            )
        unit = np.zeros((len(texts) + 1, vectors.shape[1]))
        for start in range(0, len(texts), TEXTS_AT_ONCE):
            rows = slice(start, min(start + TEXTS_AT_ONCE, len(texts)))
            some = vectors[rows]
            lengths = np.sqrt((some * some).sum(axis=1, keepdims=True))
            # A length may be too large for a number where the vector is not.
            if not np.isfinite(lengths).all() and not np.isfinite(some).all():
                bad = start + int(np.flatnonzero(~np.isfinite(some).all(axis=1))[0])
                raise CriterionError(
                    f"{self.label}: embed returned a vector that is not finite, for the text "
                    f"{texts[bad]!r}."
                )
            lengths[lengths == 0] = np.inf
            np.divide(some, lengths, out=unit[rows])
        return unit


def _filled(vectors: Csr | Floats) -> NDArray[np.bool_]:
    """Which rows are not 0."""
    if isinstance(vectors, np.ndarray):
        return np.asarray(vectors.any(axis=1))
    return np.asarray(np.diff(vectors.indptr) > 0)


def _text(cell: object) -> str:
    return cell.strip() if isinstance(cell, str) else " ".join(texts_of(cell))


def _words(text: str) -> list[str]:
    return text.lower().split()


def _counts(vectoriser: CountVectorizer, texts: Sequence[str]) -> tuple[Csr, tuple[str, ...]]:
    """How often each text has each term, and the terms; no columns when no text has one."""
    try:
        counts = sparse.csr_array(vectoriser.fit_transform(texts))
    except ValueError:
        # An empty vocabulary: there is no text, or nothing but signs and stop words.
        return sparse.csr_array((len(texts), 0), dtype=np.int64), ()
    return counts, tuple(vectoriser.get_feature_names_out())


def _tfidf(counts: Csr) -> Csr:
    """TF-IDF rows of length 1."""
    from sklearn.feature_extraction.text import TfidfTransformer

    if not counts.shape[1]:
        return counts.astype(np.float64)
    # In the order of the columns, whatever the order in which a product found them.
    counts.sort_indices()
    return sparse.csr_array(TfidfTransformer().fit_transform(counts))


@dataclass(frozen=True, eq=False)
class FittedText(Fitted):
    """A unit vector per distinct text, and the text of each person."""

    criterion: TextSimilarity
    vectors: Csr | NDArray[np.float64]
    names: Sequence[str]
    mentees: Positions = field(metadata=BY_MENTEE)
    mentors: Positions = field(metadata=BY_MENTOR)

    @property
    def _embedded(self) -> bool:
        return isinstance(self.vectors, np.ndarray)

    def present(self, mentees: Positions, mentors: Positions) -> NDArray[np.float64]:
        """The value of each pair."""
        near, far, vectors = self.mentees[mentees], self.mentors[mentors], self.vectors
        if not isinstance(vectors, np.ndarray):
            return np.minimum(dot_pairs(vectors, vectors, near, far), 1.0)
        cosines = np.empty(len(near))
        at_once = max(1, GATHERED_BYTES // (16 * max(vectors.shape[1], 1)))
        for start in range(0, len(near), at_once):
            some = slice(start, start + at_once)
            # Row by row: a matrix product would round differently with other rows around.
            cosines[some] = (vectors[near[some]] * vectors[far[some]]).sum(axis=1)
        return np.clip(0.5 + 0.5 * cosines, 0.0, 1.0)

    @cached_property
    def _function_words(self) -> frozenset[str]:
        """Words that say nothing about a text: those of English, and what a third of texts have."""
        from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

        assert isinstance(self.vectors, sparse.csr_array)
        known = frozenset({*ENGLISH_STOP_WORDS, *ALSO_FUNCTION_WORDS})
        n_texts = self.vectors.shape[0] - 1
        if n_texts < FEW_TEXTS:
            return known
        having = np.bincount(self.vectors.indices, minlength=self.vectors.shape[1])
        often = np.flatnonzero(having[: len(self.names)] > n_texts / 3)
        return known | {self.names[k] for k in often.tolist()}

    @property
    def is_linear(self) -> bool:
        """True: a cosine of unit vectors is their product."""
        return True

    def product(self) -> Product:
        """The vectors of both sides."""
        left, right = self.vectors[self.mentees], self.vectors[self.mentors]
        if self._embedded:
            left *= 0.5
            return Product(left, right, offset=0.5, magnitude=0.5)
        return Product(left, right)

    def link(self, raw: Floats, rows: Positions, columns: slice, buffers: Buffers) -> None:
        """Move the cosines of embeddings to the range from 0 to 1."""
        if self._embedded:
            raw += 0.5

    def block_error(self, dtype: np.dtype) -> float:
        """Rounding of a sum of products whose absolute values add up to at most 1."""
        own = self.vectors
        terms = own.shape[1] if isinstance(own, np.ndarray) else np.diff(own.indptr).max()
        return (int(terms) + 4) * float(np.finfo(dtype).eps)

    def words(self, mentee: int, mentor: int) -> str:
        """Name the words that weigh most in both texts."""
        value = float(self.present(np.array([mentee]), np.array([mentor]))[0])
        vectors = self.vectors
        if isinstance(vectors, np.ndarray):
            return f"the texts are alike to {value:.2f}, by their embedding"
        near, far = vectors[[self.mentees[mentee]]], vectors[[self.mentors[mentor]]]
        common = near.multiply(far).tocsr()
        mine = [
            (-weight, self.names[k])
            for k, weight in zip(common.indices, common.data, strict=True)
            if k < len(self.names)
        ]
        if not mine:
            alike = "though parts of words are alike" if value else "and no parts of words"
            return f"share no words, {alike} ({value:.2f})"
        listed = [word for _, word in sorted(mine) if word not in self._function_words]
        if not listed:
            return f"share only words that most texts have ({value:.2f})"
        more = f" and {len(listed) - SHOWN_WORDS} more" if len(listed) > SHOWN_WORDS else ""
        noun = "word" if len(listed) == 1 else "words"
        return f"share the {noun} {', '.join(listed[:SHOWN_WORDS])}{more} ({value:.2f})"
