"""Records without anybody's id: a keyed digest stands for each person."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from mentormatch.errors import RecordError

if TYPE_CHECKING:
    from collections.abc import Callable

    from mentormatch.problem import Problem
    from mentormatch.records.content import Content

__all__ = ["pseudonym", "restore_ids"]

SHORTEST_KEY = 8


def pseudonym(key: str, one: object) -> str:
    """The digest that stands for an id; only who has the key can tell whose it is.

    Raises RecordError for a key that could be guessed.
    """
    if not isinstance(key, str) or len(key) < SHORTEST_KEY:
        raise RecordError(
            f"pseudonymous needs a secret text of {SHORTEST_KEY} characters or more; keep it, for "
            "the record can be verified only with it."
        )
    secret = hashlib.sha256(key.encode()).digest()
    text = f"{type(one).__name__}\0{one}".encode("utf-8", "surrogatepass")
    return hashlib.blake2b(text, digest_size=10, key=secret).hexdigest()


def restore_ids(content: Content, problem: Problem, key: str | None) -> Callable[[object], object]:
    """A function from the ids of a record to those of a problem.

    Raises RecordError for a pseudonymous record without its key, or with another.
    """
    if not content["pseudonymous"]:
        return lambda one: one
    if key is None:
        raise RecordError(
            "This record is pseudonymous. Give the key that it was saved with: key=…."
        )
    everybody = [*problem.mentee_ids.tolist(), *problem.mentor_ids.tolist()]
    known: dict[object, object] = {pseudonym(key, one): one for one in everybody}
    if not any(one in known for one in (*content["mentees"], *content["mentors"])):
        raise RecordError(
            "Nobody in this record is known by that key: it is another key, or another programme."
        )
    return lambda one: known.get(one, one)
