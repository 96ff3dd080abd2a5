"""The commonest values of the columns that criteria divide, and what is not plain in them."""

from __future__ import annotations

from collections import Counter
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from mentormatch.cohort.cells.nothing import USUAL
from mentormatch.cohort.cells.separation import has_balanced_brackets
from mentormatch.criteria import Different, Same, SkillCoverage, TagOverlap, skill_vocabulary
from mentormatch.criteria.cells.answers import means_anything, means_unknown, names_no_place
from mentormatch.criteria.cells.languages import find_same_languages, find_unclear_languages
from mentormatch.criteria.cells.near_values import ask_which, find_near_values
from mentormatch.criteria.cells.skill_names import NO_SKILLS, reader, shipped_table
from mentormatch.programme.draft.toml import write_value
from mentormatch.programme.questions.divided import ask_to_look, say_cure
from mentormatch.programme.screen.paragraph import WHOLE, Paragraph, shorten

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from mentormatch.cohort import Cohort
    from mentormatch.cohort.readings import Reading
    from mentormatch.criteria import Criterion
    from mentormatch.programme.file.configuration import Configuration

__all__ = ["describe_skills", "describe_values"]

SHOWN = 5
# Kinds whose cells are divided into values.
DIVIDED = ("SkillCoverage", "TagOverlap", "Same")
# Of more people the first are looked at.
LOOKED_AT = 20_000
# Skills that nobody offers, and misspellings, that are shown; and those for which near names are
# looked for.
SKILLS_SHOWN = 5
SKILLS_COMPARED = 50


def describe_values(configuration: Configuration, cohort: Cohort | None) -> list[Paragraph]:
    """Show the five commonest values of each column that is divided, and what is not plain.

    A cohort of None: scores came without people, and nothing is shown.
    """
    if cohort is None:
        return []
    columns = dict.fromkeys(
        (side, name)
        for entry in configuration.criteria
        if type(entry.criterion).__name__ in DIVIDED and entry.criterion.weight is not None
        for side, names in entry.criterion.columns.items()
        for name in names
    )
    lines = []
    unsaid: list[str] = []
    no_answers: list[str] = []
    options: dict[str, list[str]] = {}
    looked_at: dict[str, Reading] = {}
    asked = {(one.side, one.column): one for one in cohort.readings if one.question}
    for side, name in columns:
        if cohort.require({side: [name]}):
            continue
        counts = Counter(
            value for values in cohort.tags(side, name)[:LOOKED_AT] for value in values
        )
        common = "; ".join(
            f"{shorten(value)} ({count:,})" for value, count in counts.most_common(SHOWN)
        )
        if common:
            lines.append(f'- "{name}" ({side}): {common}')
        if (reading := asked.get((side, name))) is not None and name not in looked_at:
            looked_at[name] = reading
            lines.append(f"  {reading.why}. {ask_to_look(reading)}")
        nothing = [value for value in counts if means_anything(value) or means_unknown(value)]
        no_place = [value for value in counts if names_no_place(value, name)]
        if no_place:
            listed = ", ".join(f"{shorten(one)!r} ({counts[one]:,})" for one in no_place[:SHOWN])
            lines.append(
                f"  No place, but compared as if each were one: {listed}. Where two who write the "
                "same do not share a place, take it out of these cells. An empty cell fits "
                "everybody alike."
            )
        if nothing:
            listed = ", ".join(f"{shorten(one)!r} ({counts[one]:,})" for one in nothing[:SHOWN])
            unsaid.append(f'{listed} in "{name}" ({side})')
            no_answers += nothing
        cut = [value for value in counts if not has_balanced_brackets(value)]
        if cut:
            lines.append(
                f'  {len(cut):,} values of "{name}" have a bracket that does not close, such as '
                f"{shorten(cut[0])!r}: they may be parts of longer answers."
            )
            options[name] = ["…"]
    if options or looked_at:
        lines.append(f"  {say_cure(looked_at.values(), cohort, options)}")
    if unsaid:
        words = USUAL if cohort.missing is None else cohort.missing
        given = [words] if isinstance(words, str) else words
        cure = write_value([*given, *{one.casefold(): one for one in no_answers}.values()])
        lines.append(
            "  Compared as answers of their own, though each says that anything will do or "
            f"that somebody does not know: {'; '.join(unsaid)}. If so, write under [tables] "
            f"missing = {cure}: then they count as no answer, which fits everybody alike."
        )
    for entry in configuration.criteria:
        lines += _tell_names(entry.criterion, cohort)
    return [Paragraph("Commonest values", tuple(lines))] if lines else []


def _tell_names(one: Criterion, cohort: Cohort) -> Iterator[str]:
    """Name answers that count as several, or as one, and may be otherwise.

    What is to be written stands in the last line, as a criterion has ``aliases`` once.
    """
    known = one.aliases if isinstance(one, TagOverlap | SkillCoverage) else {}
    told: list[_Told] = []
    for find in (_find_joined, _find_languages, _find_near):
        told += find(one, cohort, {**known, **_join(told)})
    cures = [k for k, line in enumerate(told) if line.aliases]
    for k, line in enumerate(told):
        cure = line.cure
        if cures and k == cures[-1]:
            cure += f" aliases = {write_value({**known, **_join(told)})}"
            if isinstance(one, Same):
                cure += ' after you changed its kind to "TagOverlap"'
            cure += ", for the lines above as well." if len(cures) > 1 else "."
        elif k in cures:
            cure = ""
        yield f"  {line.text} {cure}".rstrip()


class _Told(NamedTuple):
    """A line on answers of a criterion."""

    text: str
    cure: str = ""  # what to do; with ``aliases`` what stands before them
    aliases: Mapping[str, str] = MappingProxyType({})


def _join(told: Iterable[_Told]) -> dict[str, str]:
    return {name: other for line in told for name, other in line.aliases.items()}


def _find_joined(one: Criterion, cohort: Cohort, known: Mapping[str, str]) -> Iterator[_Told]:
    """Name answers such as "C/C++" that are read as each of the skills they join."""
    if not isinstance(one, SkillCoverage) or one.weight is None:
        return
    read = reader(one.label, known, None, 1.0, shipped_table())
    joined = {
        value: [part for _, _, part in parts]
        for value in _answers_of(one, cohort)
        if len(parts := read(value)) > 1
    }
    if joined:
        parts_of = "; ".join(
            f"{shorten(value)!r} as {' and '.join(parts)}"
            for value, parts in list(joined.items())[:SHOWN]
        )
        kept = {value: value for value in joined}
        cure = f"To keep one whole, write in {one.label}:"
        yield _Told(f"Read as several skills: {parts_of}.", cure, kept)


def _answers_of(one: Criterion, cohort: Cohort) -> list[str]:
    """All answers in the columns of a criterion, on both sides."""
    return [
        value
        for side, names in one.columns.items()
        for name in names
        if not cohort.require({side: [name]})
        for values in cohort.tags(side, name)[:LOOKED_AT]
        for value in values
    ]


def _find_near(one: Criterion, cohort: Cohort, known: Mapping[str, str]) -> Iterator[_Told]:
    """Name answers that may be one, such as a place in two writings, where they count as two."""
    if not isinstance(one, TagOverlap | Same | Different):
        return
    # Organisations of addresses are none of these, and people are looked for by the rule.
    if not isinstance(one, TagOverlap) and (one.part or one.mentee_column != one.mentor_column):
        return
    read = reader(one.label, known, None, 1.0)
    found, unclear = find_near_values(_answers_of(one, cohort), one.mentee_column)
    near = {name: other for name, other in found.items() if read(name)[0][0] != read(other)[0][0]}
    for name, full in unclear.items():
        if read(name)[0][0] not in {read(other)[0][0] for other in full}:
            yield _Told(f"In {one.label} {ask_which(name, full)}")
    if not near:
        return
    pairs = "; ".join(f"{name!r} and {other!r}" for name, other in [*near.items()][:SHOWN])
    more = f"; and {len(near) - SHOWN:,} more" if len(near) > SHOWN else ""
    text = f"In {one.label} these may be one answer, and count as two: {pairs}{more}."
    cure = "If so, write them alike in the tables"
    # No other kind has names that stand for others.
    if one.weight is None or isinstance(one, Different):
        yield _Told(text, f"{cure}.")
    else:
        yield _Told(text, f"{cure}, or in the criterion", near)


def _find_languages(one: Criterion, cohort: Cohort, known: Mapping[str, str]) -> Iterator[_Told]:
    """Name answers that are one language under several names, where they count as several."""
    if not isinstance(one, TagOverlap | SkillCoverage | Same) or one.weight is None:
        return
    answers = _answers_of(one, cohort)
    table = shipped_table() if isinstance(one, SkillCoverage) else NO_SKILLS
    read = reader(one.label, known, None, 1.0, table)
    same = {
        name: other
        for name, other in find_same_languages(answers).items()
        if read(name)[0][0] != read(other)[0][0]
    }
    if same:
        pairs = "; ".join(f"{name!r} and {other!r}" for name, other in same.items())
        text = f"In {one.label} these may be one language, and count as two: {pairs}."
        yield _Told(text, "If so, write in the criterion:", same)
    unknown = [name for name in find_unclear_languages(answers) if read(name)[0][2] == name]
    if unknown:
        shown = ", ".join(map(repr, unknown[:SHOWN]))
        more = ", …" if len(unknown) > SHOWN else ""
        yield _Told(
            f"In {one.label} these are short forms, or several languages in one, and fit only who "
            f"writes the same: {shown}{more}."
        )


def describe_skills(
    configuration: Configuration, cohort: Cohort | None, *, whole: bool = False
) -> list[Paragraph]:
    """Show the skills that nobody offers, with what is near on offer, and likely misspellings.

    A cohort of None: scores came without people, and nothing is shown. With ``whole`` all of them
    are shown.
    """
    if cohort is None:
        return []
    lines: list[str] = []
    for entry in configuration.criteria:
        if not isinstance(entry.criterion, SkillCoverage) or entry.criterion.weight is None:
            continue
        found = skill_vocabulary(entry.criterion, cohort, SKILLS_COMPARED)
        # A near name may be the cure, so these stand first.
        unmet = sorted(found.unmet, key=lambda one: not one.near)
        for told in (unmet, found.misspellings):
            shown = told if whole else told[:SKILLS_SHOWN]
            lines += [f"- {one}." for one in shown]
            if len(told) > len(shown):
                lines.append(f"- … and {len(told) - len(shown):,} more: {WHOLE}.")
    if lines:
        lines.append(
            "If two names are one skill, write the same in both tables, or add to the criterion: "
            'aliases = { "one name" = "other name" }.'
        )
    return [Paragraph("Skills to look at", tuple(lines))] if lines else []
