"""A progress bar in notebooks and terminals, as tqdm draws it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Never

from mentormatch.errors import MissingPackageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from tqdm import tqdm

    from mentormatch.progress import ProgressEvent

__all__ = ["progress_bar"]


def progress_bar(bar: Callable[..., tqdm[Never]] | None = None) -> Callable[[ProgressEvent], None]:
    """Return what ``progress=`` calls to show the steps of long work as bars.

    Parameters
    ----------
    bar
        A class with the interface of ``tqdm.tqdm``; None: ``tqdm.auto``, which draws in notebooks
        and terminals alike.

    Raises
    ------
    MissingPackageError
        tqdm is not installed.

    Examples
    --------
    >>> import io, mentormatch as mm
    >>> from functools import partial
    >>> from tqdm import tqdm
    >>> show = mm.reports.progress_bar(partial(tqdm, file=io.StringIO()))
    >>> matching = mm.match(mm.Problem.from_scores([[0.5]]), "leximin", progress=show)
    """
    if bar is None:
        try:
            from tqdm.auto import tqdm as automatic
        except ImportError:
            raise MissingPackageError(
                'A progress bar needs tqdm: pip install "mentormatch-engine[notebook]"'
            ) from None
        bar = automatic
    shown: list[tqdm[Never]] = []
    step: list[str] = []

    def show(event: ProgressEvent) -> None:
        if step != [event.step]:
            for one in shown:
                one.close()
            shown[:] = [bar(total=event.of, desc=event.title)]
            step[:] = [event.step]
        (current,) = shown
        if event.done is not None and event.of is not None:
            current.total = event.of
            current.update(event.done - current.n)
            if event.done >= event.of:
                current.close()
                step.clear()
        else:
            current.update(1)
            # The sentence has the round and what may still be missing.
            current.set_description_str(str(event))

    return show
