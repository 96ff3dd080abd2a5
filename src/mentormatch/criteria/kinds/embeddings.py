"""Embeddings of text by name."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from mentormatch.errors import CriterionError, MissingPackageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import sentence_transformers

__all__ = ["SentenceTransformer", "embedding_named", "resolve_model"]

PREFIX = "sentence-transformers:"
# Before, the own Python code of a local folder could be imported.
SAFE_MAJOR = 6


@cache
def _load(model: str) -> sentence_transformers.SentenceTransformer:
    try:
        import sentence_transformers
    except ImportError:
        raise MissingPackageError(
            "Embedding texts by a model needs sentence-transformers: "
            'pip install "mentormatch-engine[embeddings]"'
        ) from None
    found = str(sentence_transformers.__version__)
    if int(found.partition(".")[0]) < SAFE_MAJOR:
        raise MissingPackageError(
            f"sentence-transformers {found} may run code that lies in the folder of a model; "
            f'{SAFE_MAJOR}.0 and later do not: pip install -U "mentormatch-engine[embeddings]"'
        )
    try:
        return sentence_transformers.SentenceTransformer(model, trust_remote_code=False)
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
    it is first called; code in its folder is never run.

    Parameters
    ----------
    model
        Name or folder of the model.

    Raises
    ------
    MissingPackageError
        When called without the package, or with a version that may run a model's own code.
    CriterionError
        When called with a model that is not there and cannot be fetched.
    """

    model: str

    def __call__(self, texts: list[str]) -> object:
        """Embed texts: an (n, width) array."""
        return _load(self.model).encode(texts, show_progress_bar=False, convert_to_numpy=True)


def resolve_model(name: object, folder: Path) -> object:
    """Return the name with the path of a model's folder starting from ``folder``.

    What names no folder there, such as a model that is fetched, is returned as it is.
    """
    if not isinstance(name, str) or not name.startswith(PREFIX):
        return name
    beside = folder / name.removeprefix(PREFIX)
    try:
        return f"{PREFIX}{beside.resolve()}" if beside.is_dir() else name
    except (OSError, ValueError):
        return name


def embedding_named(label: str, name: object) -> Callable[[list[str]], object]:
    """Find the embedding that a file names.

    Raises CriterionError for a name of another form than "sentence-transformers:MODEL".
    """
    if isinstance(name, str) and name.startswith(PREFIX) and name.removeprefix(PREFIX):
        return SentenceTransformer(name.removeprefix(PREFIX))
    raise CriterionError(
        f"{label}: embed must be a function from a list of texts to an array, or '{PREFIX}MODEL'; "
        f"got {name!r}."
    )
