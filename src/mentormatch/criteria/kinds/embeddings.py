"""Embeddings of text by name."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from mentormatch.errors import CriterionError, MissingPackageError

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["SentenceTransformer", "embedding_named"]

PREFIX = "sentence-transformers:"


@cache
def _load(model: str) -> Any:
    try:
        from sentence_transformers import SentenceTransformer as Model
    except ImportError:
        raise MissingPackageError(
            "Embedding texts by a model needs sentence-transformers: "
            'pip install "mentormatch-engine[embeddings]"'
        ) from None
    try:
        return Model(model)
    except (OSError, ValueError) as error:
        why = str(error).strip().split("\n")[0].rstrip(".") or type(error).__name__
        raise CriterionError(
            f"The model {model!r} could not be loaded: {why}. Name the folder of a model, or one "
            "that this machine has or can fetch."
        ) from None


@dataclass(frozen=True)
class SentenceTransformer:
    """Turns texts into vectors by a model of the package sentence-transformers.

    For ``TextSimilarity(embed=SentenceTransformer("all-MiniLM-L6-v2"))``. The model is loaded when
    it is first called.

    Parameters
    ----------
    model
        Name or folder of the model.

    Raises
    ------
    MissingPackageError
        When called without the package.
    CriterionError
        When called with a model that is not there and cannot be fetched.
    """

    model: str

    def __call__(self, texts: list[str]) -> Any:
        """Embed texts: an (n, width) array."""
        return _load(self.model).encode(texts, show_progress_bar=False, convert_to_numpy=True)


def embedding_named(label: str, name: Any) -> Callable[[list[str]], Any]:
    """Find the embedding that a file names.

    Raises
    ------
    CriterionError
        A name of another form than "sentence-transformers:MODEL".
    """
    if isinstance(name, str) and name.startswith(PREFIX) and name.removeprefix(PREFIX):
        return SentenceTransformer(name.removeprefix(PREFIX))
    raise CriterionError(
        f"{label}: embed must be a function from a list of texts to an array, or '{PREFIX}MODEL'; "
        f"got {name!r}."
    )
