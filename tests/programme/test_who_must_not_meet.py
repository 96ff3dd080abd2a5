"""Whoever must not be matched is found however names are written, or it is said that it is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner

import mentormatch as mm
from mentormatch.cli import app
from mentormatch.explanations.cautions import find_cautions, find_doubtful_pairs
from mentormatch.programme import draft_programme, examine_file, write_draft
from mentormatch.programme.questions.sent_again import LostRefusal, find_lost_refusals
from mentormatch.programme.questions.unkept_pairs import find_unkept_pairs
from mentormatch.programme.screen.drafting import describe_draft
from mentormatch.programme.screen.summary import (
    describe_cautions,
    describe_matching,
    describe_programme,
)
from mentormatch.programme.screen.unread import (
    describe_lost_refusals,
    describe_unkept,
)

if TYPE_CHECKING:
    from pathlib import Path

    from mentormatch.programme import Draft

SKILLS = ("Lua", "Git", "SQL", "Lua; Git", "Git", "SQL; Lua")
MENTEES = ("Ada Quill", "Bo Moss", "Cy Hale", "Di Fenn", "Ed Ross", "Fi Dorn")
MENTORS = ("Lin Ode", "Mia Rhö", "Noa Tern", "Oda Vey", "Pia Wick", "Quy Lant")


def draft_of(folder: Path, **columns: dict[str, tuple[str, ...]]) -> Draft:
    """Write a draft for two tables of columns by heading, beside addresses and skills."""
    paths = []
    for side, heading in (("mentees", "Wants to learn"), ("mentors", "Can teach")):
        own = {"Email": tuple(f"{side}{k}@x.example" for k in range(6)), heading: SKILLS}
        own |= columns[side]
        lines = [
            "\t".join(own),
            *("\t".join(cells) for cells in zip(*own.values(), strict=True)),
        ]
        paths.append(folder / f"{side}.tsv")
        paths[-1].write_text("\n".join(lines) + "\n", encoding="utf-8")
    return write_draft(*paths, folder / "programme.toml")


def parts(names: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    split = [name.split() for name in names]
    return {"Nom": tuple(one[1] for one in split), "Prénom": tuple(one[0] for one in split)}


def screen(folder: Path, draft: Draft) -> dict[str, str]:
    told = describe_draft(folder / "programme.toml", draft)
    return {one.title: " ".join(one.lines) for one in told}


def test_a_superior_in_capitals_before_the_first_name_is_found_by_names_in_two_columns(
    tmp_path: Path,
) -> None:
    """No rule was offered and nobody was asked, and people were matched with their superior."""
    superiors = tuple(" ".join((one.split()[1].upper(), one.split()[0])) for one in MENTORS)
    seats = ("1 ou 2", "2 max", "une", "1", "2", "1 ou 2")
    draft = draft_of(
        tmp_path,
        mentees={**parts(MENTEES), "Responsable hiérarchique": superiors},
        # "Nombre" is no name here, though it is one in Spanish.
        mentors={**parts(MENTORS), "Nombre de places": seats},
    )
    (rule,) = [one for one in draft.proposals if one.rule]
    assert rule.entry == {
        "kind": "Avoids", "column": "Responsable hiérarchique", "of": ["Prénom", "Nom"],
        "unknown": "ignore",
    }  # fmt: skip
    assert rule.removes == (6, 36)
    assert "names stand beside several ids" not in draft.text


def test_a_rule_says_at_once_for_whom_it_does_not_hold(tmp_path: Path) -> None:
    """It said how many pairs it removes, and not that it misses half of the superiors."""
    mistyped = tuple(f"{one}x" for one in MENTORS[:4])
    draft = draft_of(
        tmp_path,
        mentees={"Name": MENTEES, "Manager": (*mistyped, *MENTORS[4:])},
        mentors={"Name": MENTORS},
    )
    said = (
        "It would remove 2 of 36 pairs. 4 values are written in another way in the other table "
        "(part of a name, order of words, accents, signs, zeros in front, a slip), and there it "
        "does not hold: write them alike in both tables."
    )
    (rules,) = [text for title, text in screen(tmp_path, draft).items() if "Rules, " in title]
    assert said in rules
    assert said in draft.text.replace("\n# ", " ")


def test_superiors_who_are_nobody_of_the_other_table_are_no_rule_to_decide_on(
    tmp_path: Path,
) -> None:
    """They stood among the rules that are comments in the file, where there was none."""
    bosses = ("Zed Zoo", "Zia Zan", "Zed Zoo", "Zia Zan", "Zed Zoo", "Zia Zan")
    draft = draft_of(
        tmp_path, mentees={"Name": MENTEES, "Manager": bosses}, mentors={"Name": MENTORS}
    )
    told = screen(tmp_path, draft)
    assert not [one for one in draft.proposals if one.rule]
    assert '"Manager"' in told["Left out"]
    assert not [title for title in told if title.startswith("Rules")]


@pytest.mark.parametrize("both", [0, 2])
def test_a_pair_with_oneself_is_removed_by_no_rule(tmp_path: Path, both: int) -> None:
    """Nobody is matched with oneself, and rules counted such pairs as removed by them."""
    team = ("North",) * 3 + ("South",) * 3
    people = tuple(f"mentees{k}@x.example" for k in range(both))
    others = tuple(f"other{k}@x.example" for k in range(6 - both))
    draft = draft_of(
        tmp_path,
        mentees={"Name": MENTEES, "Team": team},
        mentors={
            "Email": (*people, *others),
            "Name": (*MENTEES[:both], *MENTORS[: 6 - both]),
            "Team": team,
        },
    )
    (rule,) = [one for one in draft.proposals if one.rule]
    assert rule.removes == (18 - both, 36)


@pytest.mark.parametrize(
    "odd", ["Lin Ode (he/him)", "Lin Ode / Mia Rhö", "=Lin", "<b>Lin</b>", "Lin 2"]
)
def test_one_name_that_is_written_in_an_odd_way_hides_nobody_else(tmp_path: Path, odd: str) -> None:
    """The column of names was none then: 0 % of those to be avoided were said to be mentors."""
    draft = draft_of(
        tmp_path,
        mentees={
            "Name": MENTEES,
            "Not with": ("Mia Rhö", "", "Noa Tern", "Pia Wick", "", "Oda Vey"),
        },
        mentors={"Name": (odd, *MENTORS[1:])},
    )
    avoids = [one for one in draft.proposals if one.entry["kind"] == "Avoids"]
    assert [one.entry.get("of") for one in avoids] == ["Name"]
    assert avoids[0].removes == (4, 36)


def cautions_of(rule: mm.criteria.Avoids, mentees: dict, mentors: dict) -> tuple[str, ...]:
    cohort = mm.Cohort(pd.DataFrame(mentees), pd.DataFrame(mentors))
    topics = mm.criteria.TagOverlap("x", weight=1)
    return find_cautions(mm.Problem(mm.Criteria(topics, rule).score(cohort)))[0]


APART = {"not": ["Karin", "Björn O'Neill; Ana"], "x": ["a; b", "b"]}
MENTORS_APART = {
    "first": ["Karin", "Björn", "Ana", "Ana"],
    "last": ["Svensson", "O'Neill", "Lopez", "Diaz"],
    "x": ["a", "b", "a", "b"],
}


def test_people_can_be_named_by_first_and_last_name_in_two_columns() -> None:
    """The draft named "first + last", which is no column, and its hint made a rule of nothing."""
    rule = mm.criteria.Avoids("not", of=["first", "last"], unknown="ignore")
    cohort = mm.Cohort(pd.DataFrame(APART), pd.DataFrame(MENTORS_APART))
    found = mm.Criteria(rule).score(cohort)
    assert np.isnan(found.dense()).tolist() == [[False] * 4, [False, True, False, False]]
    assert rule.columns == {"mentees": ("not",), "mentors": ("first", "last")}
    again = {key: value for key, value in rule.to_dict().items() if key != "kind"}
    assert mm.criteria.Avoids(**again).to_dict() == rule.to_dict()
    wishes = mm.criteria.Prefers("not", of=["first", "last"], unknown="ignore", side="mentee")
    assert mm.Criteria(wishes).score(cohort).dense()[1].tolist() == [0.0, 1.0, 0.0, 0.0]
    with pytest.raises(mm.errors.CohortError, match=r"'Karin' is not among the mentors' 'first \+"):
        mm.Criteria(mm.criteria.Avoids("not", of=["first", "last"])).score(cohort)


def test_part_of_a_name_that_only_one_person_has_is_said_first_of_all() -> None:
    """ "Karin" was left out, as nobody in the programme is called so, in the last of the notes."""
    rule = mm.criteria.Avoids("not", of=["first", "last"], unknown="ignore")
    (said,) = [one for one in cautions_of(rule, APART, MENTORS_APART) if "rule" in one]
    assert "does not hold between 'Karin' and 'Karin Svensson'" in said
    by_last = mm.criteria.Avoids("not", of="last", unknown="ignore")
    said = " ".join(cautions_of(by_last, APART, MENTORS_APART))
    assert 'does not hold between "Björn O\'Neill" and "O\'Neill"' in said
    assert (
        "The rule Avoids('not') forbids nothing. None of the 3 names in it is known: look whether "
        "people are named there as the other table names them, and by which column (of)."
    ) in said
    nobody = {"not": [None, None], "x": ["a", "b"]}
    assert "forbids" not in " ".join(cautions_of(by_last, nobody, MENTORS_APART))


@pytest.mark.parametrize("kind", [mm.criteria.Avoids, mm.criteria.Prefers])
def test_a_name_that_stands_in_another_column_is_not_said_to_be_nobodys(
    kind: type[mm.criteria.Criterion],
) -> None:
    """ "Karin" was nobody's name, where the rule looked at last names."""
    rule = kind("not", of="Last name", unknown="ignore")
    mentors = pd.DataFrame(MENTORS_APART).rename(
        columns={"first": "First name", "last": "Last name"}
    )
    cohort = mm.Cohort(pd.DataFrame(APART), mentors)
    assert rule.fit(cohort).notes == (
        "3 names are left out, as no mentor has them in 'Last name': "
        '"Björn O\'Neill" (is it "O\'Neill"? Then write both alike), '
        "'Karin' (is it 'Karin Svensson'? Then write both alike), 'Ana'.",
    )


def test_the_draft_looks_for_full_names_where_as_many_are_written_in_full(tmp_path: Path) -> None:
    """Anna avoids "Kowalski Jan", and was matched with him by a rule that read first names."""
    (tmp_path / "a.csv").write_text(
        "E-mail,Imię,Nazwisko,Uczę się,Z kim nie\na@x.example,Anna,Nowak,Go,Kowalski Jan\n"
        "b@x.example,Ola,Lis,Go; SQL,Maria\nc@x.example,Ewa,Mazur,SQL,\n",
        "utf-8",
    )
    (tmp_path / "b.csv").write_text(
        "E-mail,Imię,Nazwisko,Uczę,Miejsca\nj@x.example,Jan,Kowalski,Go,1\n"
        "m@x.example,Maria,Lipska,SQL,1\nk@x.example,Adam,Król,Go; SQL,1\n",
        "utf-8",
    )
    draft = write_draft(tmp_path / "a.csv", tmp_path / "b.csv", tmp_path / "programme.toml")
    (avoids,) = [one for one in draft.proposals if one.entry["kind"] == "Avoids"]
    assert avoids.entry["of"] == ["Imię", "Nazwisko"]
    # "Kowalski Jan" is one person's name, turned around; "Maria" is a part, and asked about.
    assert (avoids.removes, avoids.misses) == ((1, 9), 1)


def test_the_draft_of_a_rule_joins_first_and_last_name(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(
        "E-Mail,Vorname,Nachname,Lernt,Nicht mit\na@x.example,Anna,Holm,Go; SQL,Lena Fischer\n"
        "b@x.example,Ben,Kurz,Go,\nc@x.example,Cem,Aydin,SQL,Georg Huber\n"
    )
    (tmp_path / "b.csv").write_text(
        "E-Mail,Vorname,Nachname,Lehrt,Plätze\nl@x.example,Lena,Fischer,Go; SQL,1\n"
        "g@x.example,Georg,Huber,SQL; Go,2\n"
    )
    path = tmp_path / "programme.toml"
    text = write_draft(tmp_path / "a.csv", tmp_path / "b.csv", path).text
    start = text.index('# [[criteria]]\n# kind = "Avoids"')
    rule = text[start:].partition("\n\n")[0]
    assert '# of = ["Vorname", "Nachname"]' in rule
    path.write_text(text.replace(rule, rule.replace("# ", "")), "utf-8")
    problem = examine_file(path, overwrite=True).finished()[1]
    assert int(np.isnan(problem.compatibility.dense()).sum()) == 2


def test_a_first_name_is_found_where_people_are_called_by_the_last_one() -> None:
    """ "Paul" was nobody where the rule looked at last names, and Paul Durand was matched."""
    mentors = {"Nom": ["Durand", "Roux"], "Prénom": ["Paul", "Luc"], "x": ["a", "b"]}
    rule = mm.criteria.Avoids("not", of="Nom", unknown="ignore")
    said = " ".join(cautions_of(rule, {"not": ["Paul", "Roux"], "x": ["a", "b"]}, mentors))
    assert "does not hold between 'Paul' and 'Paul Durand'" in said
    assert "Roux" not in said


def test_the_draft_looks_for_full_names_that_a_comma_or_a_title_hides(tmp_path: Path) -> None:
    """One "Georg" of "Huber, Georg" made it look for first names, and the others were lost."""
    (tmp_path / "a.csv").write_text(
        "E-Mail;Vorname;Nachname;Lernt;Nicht mit\na@x.example;Anna;Holm;Go, SQL;Huber, Georg\n"
        "b@x.example;Ben;Kurz;Go;Frau Dr. Lena Fischer\nc@x.example;Cem;Aydin;SQL;L. Fischer\n",
        "utf-8",
    )
    (tmp_path / "b.csv").write_text(
        "E-Mail;Vorname;Nachname;Lehrt;Plätze\nl@x.example;Lena;Fischer;Go, SQL;1\n"
        "g@x.example;Georg;Huber;SQL, Go;2\n",
        "utf-8",
    )
    draft = write_draft(tmp_path / "a.csv", tmp_path / "b.csv", tmp_path / "programme.toml")
    (avoids,) = [one for one in draft.proposals if one.entry["kind"] == "Avoids"]
    assert avoids.entry["of"] == ["Vorname", "Nachname"]
    assert (avoids.removes, avoids.misses) == ((2, 6), 1)


CALLED = ("Tim Ernst", "Eva Kaiser", "Ina Horn", "Karl Vogt", "Otto Berg", "Elena García")


@pytest.mark.parametrize(
    ("cell", "whom"),
    [
        ("García, Elena", ["Elena García"]),
        ("Kaiser, Eva; Dr. Otto Berg", ["Eva Kaiser", "Otto Berg"]),
        ("Horn, Ina, Ernst, Tim", ["Tim Ernst", "Ina Horn"]),
        ("Tim Ernst or Eva Kaiser", ["Tim Ernst", "Eva Kaiser"]),
        ("Ina Horn / Otto Berg", ["Ina Horn", "Otto Berg"]),
        ("Karl Vogt (Data)", ["Karl Vogt"]),
        ("@Elena Garcia", ["Elena García"]),
        ("not with otto berg please", ["Otto Berg"]),
        ("m3@x.example", ["Karl Vogt"]),
        ("Eva Kaiser", ["Eva Kaiser"]),
        # Parts of names are asked about, and nobody is meant by other people's.
        ("I. Horn", []), ("Vogt", []), ("Eva Horn", []), ("Kaiser, Otto", []),
        ("eva@x.example", []),
    ],
)  # fmt: skip
def test_whoever_is_named_in_full_within_a_cell_is_not_met(cell: str, whom: list[str]) -> None:
    """ "García, Elena" was cut at the comma, and she was matched with who asked not to meet her."""
    mentors = pd.DataFrame({"id": [f"m{k}@x.example" for k in range(6)], "name": CALLED})
    mentees = pd.DataFrame({"id": ["a", "b", "c"], "not": [cell, "Eva Kaiser, Tim Ernst", None]})
    rule = mm.criteria.Avoids("not", of="name", unknown="ignore")
    scores = mm.Criteria(rule).score(mm.Cohort(mentees, mentors)).dense()
    assert [CALLED[j] for j in np.flatnonzero(np.isnan(scores[0]))] == whom
    assert np.isnan(scores[1]).sum() == 2
    assert np.isnan(scores[2]).sum() == 0


def test_what_was_taken_for_a_name_is_said_and_namesakes_are_not_taken() -> None:
    mentors = pd.DataFrame({"id": ["x", "y", "z"], "name": ["Ana Li", "Ana Li", "Bo Ek"]})
    mentees = pd.DataFrame({"id": ["a", "b"], "not": ["Dr. Ana Li", "Ek, Bo"]})
    rule = mm.criteria.Avoids("not", of="name", unknown="ignore")
    found = mm.Criteria(rule).score(mm.Cohort(mentees, mentors))
    assert np.isnan(found.dense()).tolist() == [[False] * 3, [False, False, True]]
    assert "taken for a person's: 'Ek, Bo' for 'Bo Ek'." in " ".join(found.notes)


TITLES = ["Herr", "Herrn", "Frau", "Mr", "Mr.", "Ms", "Dr.", "M.", "Mme", "Sr.", "Sra."]


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("I. Horn", "Ina Horn"),
        ("Elena Garcai", "Elena García"),
        ("Juergen Mueller", "Jürgen Müller"),
        ("Tomm Baker", "Tom Baker"),
        ("Baker Tmo", "Tom Baker"),
        ("Li Na", "Li Nam"),
        ("Kim Horn", "Tim Horn"),
        ("Lena Fisher", "Dr. Lena Fischer"),
        ("Elena Garca", "Elena García"),
        ("Garciia Elena", "Elena García"),
        ("Elena Carcia", "Elena García"),
        ("elena.garcai@x.example", "elena.garcia@x.example"),
        *((f"{title} Krause", "Dirk Krause") for title in TITLES),
        ("Frau Dr. Mueller", "Ines Müller"),
        ("Frau Herr", "Anna Herr"),
        ("Krause", "Dirk Krause"),
        ("M. Krause", "Max Krause"),
    ],
)
def test_a_pair_of_two_of_whom_one_may_have_named_the_other_is_said_first_of_all(
    written: str, name: str
) -> None:
    """A slip of the pen was told among the last notes only, and the two were matched."""
    matching = matching_of(written, name)
    said = (
        f"a and x are matched, though Avoids('not') may mean just that: it says {written!r}, which "
        f"may be {name!r}. Write the full name, and match again."
    )
    assert find_doubtful_pairs(matching) == (said,)
    assert f"- {said}" in [line for one in describe_cautions(matching, {}) for line in one.lines]
    rule = f"The rule Avoids('not') does not hold between {written!r} and {name!r}"
    assert any(rule in one for one in find_cautions(matching.problem)[0])


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Maria Lopez", "Maria Gomez"),
        ("Eva Horn", "Ina Horn"),
        ("Ina Berg", "Ina Horn"),
        ("K. Horn", "Tim Horn"),
        ("Tomm", "Tom Baker"),
        ("Garcai", "Elena García"),
        ("mentor-12", "mentor-13"),
        ("Elena Garcai Ruiz", "Elena García"),
        ("Dr. Fisher", "Dr. Fischer"),
        ("Otto Berg", "Ina Horn"),
        ("Herrn Kraus", "Dirk Krause"),
        ("Herrn Dirk Weber", "Dirk Krause"),
        ("Herr Dr.", "Dirk Krause"),
        ("I. Krause", "Dirk Krause"),
        ("Frau Eva", "Dirk Krause"),
    ],
)
def test_somebody_of_another_name_is_not_said_to_be_meant(written: str, name: str) -> None:
    matching = matching_of(written, name)
    assert find_doubtful_pairs(matching) == ()
    assert not any("does not hold between" in one for one in find_cautions(matching.problem)[0])


@pytest.mark.parametrize(
    ("written", "two"),
    [
        ("Elena Garia", ("Elena Garcia", "Elena Gardia")),
        ("Eva", ("Eva Lang", "Eva Mohr")),
        ("Herrn Krause", ("Dirk Krause", "Max Krause")),
    ],
)
def test_of_two_who_may_be_meant_the_one_of_the_pair_is_said(
    written: str, two: tuple[str, str]
) -> None:
    """Nothing was said of a pair where a cell may have refused somebody else."""
    (said,) = find_doubtful_pairs(matching_of(written, *two))
    assert (
        f"a and x are matched, though Avoids('not') may mean just that: it says {written!r}, "
        f"which may be {two[0]!r}." in said
    )


def test_every_pair_that_was_perhaps_refused_is_said_first_of_all() -> None:
    """Three were, and the others stood in the notes, so that the list looked complete."""
    names = ["Dirk Krause", "Eva Lang", "Anna Müller", "Ines Igel", "Max Mohr"]
    said = ["Herrn Krause", "Eva Langg", "Anna Mueller", "Ines", "Mr Mohr"]
    words = ["lua", "go", "sql", "c", "perl"]
    mentors = pd.DataFrame({"id": list("vwxyz"), "name": names, "o": words})
    mentees = pd.DataFrame({"id": list("abcde"), "not": said, "w": words})
    rule = mm.criteria.Avoids("not", of="name", unknown="ignore")
    skills = mm.criteria.SkillCoverage(wants="w", offers="o", weight=1)
    matching = mm.match(mm.Problem(mm.Criteria(rule, skills).score(mm.Cohort(mentees, mentors))))
    first = [one for one in describe_cautions(matching, {}) if one.title == "First of all"]
    told = "\n".join(first[0].lines)
    for written, name in zip(said, names, strict=True):
        assert f"it says {written!r}, which may be {name!r}" in told
    # Screens called people by their ids here, and by the names that were asked for below.
    named = describe_cautions(matching, {"mentors": ["name"]})[0].lines
    assert any("b and Eva Lang are matched, though" in line for line in named)


@pytest.mark.parametrize("of", [None, "Last name", ["First name", "Last name"]])
@pytest.mark.parametrize("written", ["Dirk", "Dirk Kruase", "Herrn Krause"])
def test_who_may_be_meant_is_looked_for_by_the_full_name_whatever_the_rule_knows_people_by(
    of: str | list[str] | None, written: str
) -> None:
    """Where a rule goes by ids, the pair was made and "First of all" did not name it."""
    mentors = pd.DataFrame(
        {"id": ["x@a.example", "y@a.example"], "First name": ["Dirk", "Eva"],
         "Last name": ["Krause", "Lang"], "o": ["Lua", "Go"]}
    )  # fmt: skip
    mentees = pd.DataFrame({"id": ["a", "b"], "not": [written, "Max"], "w": ["Lua", "Go"]})
    rule = mm.criteria.Avoids("not", of=of, unknown="ignore")
    skills = mm.criteria.SkillCoverage(wants="w", offers="o", weight=1)
    matching = mm.match(mm.Problem(mm.Criteria(rule, skills).score(mm.Cohort(mentees, mentors))))
    (said,) = find_doubtful_pairs(matching)
    assert said.startswith("a and x@a.example are matched, though")
    assert f"it says {written!r}, which may be " in said


def matching_of(written: str, name: str, other: str = "Otto Bergmann") -> mm.Matching:
    """Match a, who would rather not meet somebody, and b with two mentors; a fits x best."""
    mentors = pd.DataFrame({"id": ["x", "y"], "name": [name, other], "o": ["Lua", "Go"]})
    mentees = pd.DataFrame({"id": ["a", "b"], "not": [written, None], "w": ["Lua", "Go"]})
    criteria = mm.Criteria(
        mm.criteria.Avoids("not", of="name", unknown="ignore"),
        mm.criteria.TagOverlap(mentee="w", mentor="o", weight=1),
    )
    return mm.match(mm.Problem(criteria.score(mm.Cohort(mentees, mentors))))


def test_a_whole_name_among_other_words_is_not_said_to_be_nobody(tmp_path: Path) -> None:
    """The draft said that "Kim Ray (mein Mann)" is no name, and the rule kept the two apart."""
    draft = draft_of(
        tmp_path,
        mentees={
            "¿Con quién no?": (
                "Kim Ray (mein Mann)",
                "Kim Ray",
                "the tall one",
                "Kim Ray",
                "Lou Sol",
                "Lou Sol",
            )
        },
        mentors={"Full name": ("Kim Ray", "Lou Sol", "Max Poe", "Ned Qua", "Bo Li", "Cy Ode")},
    )
    (told,) = [one.why for one in draft.columns if one.name == "¿Con quién no?"]
    assert "the tall one" in told
    assert "mein Mann" not in told
    screen = describe_draft(tmp_path / "programme.toml", draft)
    assert "the tall one" in "".join(line for one in screen for line in one.lines)
    # The file is for others as well: what people wrote stands on the screen alone.
    assert "the tall one" not in draft.text


def test_whom_somebody_would_not_meet_is_found_among_remarks(tmp_path: Path) -> None:
    """Such a column was "free comment" where most leave it out and remarks stand beside names."""
    draft = draft_of(
        tmp_path,
        mentees={
            "Con chi preferisci non lavorare?": (
                "Carlo Bianchi (mio capo)", "", "", "il signor con la barba", "", "",
            )
        },
        mentors={
            "Nome e cognome": (
                "Carlo Bianchi", "Dora Conti", "Ezio Leone", "Fina Moro", "Gino Sala", "Ida Riva",
            )
        },
    )  # fmt: skip
    (asked,) = [one for one in draft.columns if one.name.startswith("Con chi")]
    assert (asked.kind, asked.question) == ("conflicts", True)
    (rule,) = [one for one in draft.proposals if one.entry["kind"] == "Avoids"]
    assert rule.effect == "It would remove 1 of 36 pairs."


SENT_TWICE = """Email,Name,Timestamp,Not with,Remarks,Manager,Learn
ella@x.example,Ella Voss,2027-01-01 10:00,Bob Bell,,Cora Dean,SQL
finn@x.example,Finn Rau,2027-01-01 11:00,,"please, not with Bob Bell",,SQL
gus@x.example,Gus Lind,2027-01-01 12:00,nobody,I like tea,Cora Dean,SQL
hal@x.example,Hal Orr,2027-01-01 13:00,my old boss,,,SQL
ella@x.example,Ella Voss,2027-01-02 10:00,,,Cora Dean,SQL; Git
finn@x.example,Finn Rau,2027-01-02 11:00,,,,Git
gus@x.example,Gus Lind,2027-01-02 12:00,Cora Dean,I like milk,,Git
hal@x.example,Hal Orr,2027-01-02 13:00,Cora Dean,,,Git
"""
HEARD = "Email,Name,Teach,Seats\nbob@x.example,Bob Bell,SQL,9\ncora@x.example,Cora Dean,Git,9\n"


def test_whom_an_earlier_form_refused_is_told_by_person_and_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only the question was named to which an earlier answer differs, and no person."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mentees.csv").write_text(SENT_TWICE)
    (tmp_path / "mentors.csv").write_text(HEARD)
    drafted = " ".join(
        CliRunner().invoke(app, ["init", "mentees.csv", "mentors.csv"]).output.split()
    )
    assert (
        "an earlier row says whom not to meet, or names somebody in a remark, and the one that "
        'counts does not: "Not with" of the mentees, row 2 (row 6 counts); "Remarks" of the '
        'mentees, row 3 (row 7 counts); "Manager" of the mentees, row 4 (row 8 counts); '
        '"Not with" of the mentees, row 5 (row 9 '
        "counts). `validate --all` says whom. Ask them;"
    ) in drafted
    for command in ("validate", "match"):
        told = CliRunner().invoke(app, [command, "programme.toml"]).output
        told = " ".join(
            told.partition("Refused in an earlier form, and not in the later one")[2].split()
        )
        made = ". They are a pair" if command == "match" else ""
        for line in (
            "mentees.csv, row 2, \"Not with\": ella@x.example said 'Bob Bell'; row 6, which "
            f"counts, says nothing there{made}.",
            "mentees.csv, row 3, \"Remarks\": finn@x.example said 'please, not with Bob Bell'; "
            "row 7, which counts, says nothing there",
            "mentees.csv, row 4, \"Manager\": gus@x.example said 'Cora Dean'; row 8, which "
            "counts, says nothing there",
            "mentees.csv, row 5, \"Not with\": hal@x.example said 'my old boss'; row 9, which "
            "counts, says 'Cora Dean'.",
            'bans = [["ella@x.example", "bob@x.example", "an earlier form"]',
        ):
            assert line in told, (command, line, told)
        # "nobody" refused nobody, and tea is no person.
        assert "'nobody'" not in told
        assert "tea" not in told


def refusals(earlier: list[str], later: list[str], heading: str) -> list[LostRefusal]:
    """What is said of people who answer a question once more; without a rule that reads it."""
    ids = [f"e{k}" for k in range(len(earlier))]
    mentees = pd.DataFrame({"id": ids * 2, heading: [*earlier, *later]})
    names = ["Bob Bell", "Ann Lee", "Al Dean", "Nie Wei"]
    mentors = pd.DataFrame({"id": ["bob", "o-1", "dean", "wei"], "Name": names})
    cohort = mm.Cohort(mentees, mentors, duplicates="last")
    return list(find_lost_refusals(cohort, {}))


@pytest.mark.parametrize(
    ("earlier", "later", "named"),
    [
        ("Bob Bell", "Bob Dean, Ann Bell", (0,)),
        ("Bob Bell", "Nobody, Bob Bell is fine now", (0,)),
        ("Bob Bell", "Bob Bell is fine now", (0,)),
        ("Bob Bell or Ann Lee", "Ann Lee", (0,)),
        ("Bob Bell once is enough", "", (0,)),
        ("Zed Zoo", "Zed Other, Ann Zoo", ()),
        # These say the same, or more.
        ("Bob Bell", "Bell, Bob", None),
        ("Bob Bell", "Ann Lee, Bob Bell", None),
        ("Bob Bell, Ann Lee", "Ann Lee and Bob Bell", None),
        ("Bob Bell", "not with Bob Bell", None),
        ("Zed Zoo", "Zed Zoo; Bob Bell", None),
        ("nobody", "Bob Bell", None),
        # By id, in which no letter is a word that joins two.
        ("o-1, wei", "wei", (1,)),
        ("o-1, wei", "wei; o-1", None),
        # Part of the name of a mentor, as "nie" may be none.
        ("Nie", "", ()),
        ("niemand", "", None),
    ],
)
def test_two_forms_are_compared_by_the_people_whom_they_name(
    earlier: str, later: str, named: tuple[int, ...] | None
) -> None:
    """All words of "Bob Bell" stand in "Bob Dean, Ann Bell", and nothing was said of him."""
    found = refusals([earlier], [later], "Not with")
    assert [one.named for one in found] == ([] if named is None else [named])
    assert all(one.refuses for one in found)


@pytest.mark.parametrize(
    ("earlier", "told"),
    [
        ("I can't work with Bob Bell", True),
        ("Bob Bell harassed me", True),
        ("Bob Bell", False),
        ("I like tea", False),
    ],
)
def test_an_earlier_remark_that_names_somebody_is_told_as_one_that_no_rule_uses(
    earlier: str, told: bool
) -> None:
    """Without a word such as "not" nothing was said of it."""
    found = refusals([earlier], [""], "Remarks")
    assert [(one.named, one.refuses) for one in found] == ([((0,), False)] if told else [])


def test_a_pair_that_was_refused_in_an_earlier_form_is_never_cut_from_the_list(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first eight of the file were told, and the pair that was made may be the ninth."""
    monkeypatch.chdir(tmp_path)
    head, *_ = SENT_TWICE.split("\n")
    rows = [head]
    for hour, refused in ((10, "Bob Bell,not with Bob Bell"), (11, ",not with Bob Bell")):
        rows += [
            f"e{k}@x.example,Ella E{k},2027-01-{k + 1:02} {hour}:00,{refused},,{SKILLS[k % 3]}"
            for k in range(12)
        ]
    (tmp_path / "mentees.csv").write_text("\n".join(rows))
    (tmp_path / "mentors.csv").write_text(HEARD.replace(",9", ",12"))
    drafted = " ".join(
        CliRunner().invoke(app, ["init", "mentees.csv", "mentors.csv"]).output.split()
    )
    assert "; and 7 more. `validate --all` says whom." in drafted
    configuration, problem = examine_file(tmp_path / "programme.toml").finished()
    pairs = [("e11@x.example", "bob@x.example"), ("e3@x.example", "cora@x.example")]
    matching = mm.Matching.from_pairs(problem, pairs)
    (said,) = describe_lost_refusals(configuration, problem, matching)
    assert "e11@x.example said 'Bob Bell'" in said.lines[0]
    assert said.lines[0].endswith("They are a pair.")
    assert said.lines[-2] == "- and 3 more: validate --all"
    assert 'bans = [["e11@x.example", "bob@x.example", "an earlier form"]' in said.lines[-1]
    assert said.lines[-1].endswith(" and 3 more: validate --all.")
    everybody = [(f"e{k}@x.example", "bob@x.example") for k in range(12)]
    (said,) = describe_lost_refusals(
        configuration, problem, mm.Matching.from_pairs(problem, everybody)
    )
    assert sum("They are a pair" in line for line in said.lines) == 12
    assert said.lines[-1].count('"an earlier form"') == 12
    # So is it with remarks, and with the notes on the tables.
    (unkept,) = describe_unkept(configuration, mm.Matching.from_pairs(problem, everybody))
    assert sum("and the two are a pair" in line for line in unkept.lines) == 12
    told = describe_programme(configuration, problem)
    (remarks,) = [one.lines for one in told if one.title == "Remarks that no rule reads"]
    assert remarks[8] == "- and 4 more: validate --all"
    assert " and 4 more: validate --all" in remarks[9]
    (notes,) = [one.lines for one in told if one.title == "Notes"]
    assert notes[10] == "- and 2 more: validate --all"
    for arguments in (["--all"], ["--json"]):
        whole = CliRunner().invoke(app, ["validate", "programme.toml", *arguments]).output
        for k in range(12):
            assert f"e{k}@x.example said 'Bob Bell'" in " ".join(whole.split())
        assert "validate --all" not in whole


def test_nobody_is_no_name_of_somebody_to_avoid() -> None:
    """It was refused as a name that no mentor has, or said that the rule does nothing for it."""
    mentees = pd.DataFrame({"id": ["e", "f"], "Not with": ["No one", "Cora Dean"]})
    mentors = pd.DataFrame({"id": ["c", "n"], "Name": ["Cora Dean", "Nobody Smith"]})
    rule = mm.criteria.Avoids("Not with", of="Name")
    scored = mm.Criteria(rule).score(mm.Cohort(mentees, mentors))
    assert [scored.why_ineligible(one, "c") is None for one in ("e", "f")] == [True, False]
    assert "left out" not in " ".join(scored.notes)
    # Whoever is called so is meant, and a name is none of these words.
    mentors["Name"] = ["Cora Dean", "No one"]
    assert mm.Criteria(rule).score(mm.Cohort(mentees, mentors)).why_ineligible("e", "n")
    mentees["Not with"] = ["Norah", "Cora Dean"]
    with pytest.raises(mm.CohortError, match="'Norah' is not among the mentors' 'Name'"):
        mm.Criteria(rule).score(mm.Cohort(mentees, mentors))


@pytest.mark.parametrize(
    ("word", "name", "of"),
    [
        ("Nada", "Nada Petrovic", "Name"),
        ("Nic", "Nic Cage", "Name"),
        ("Nie", "Nie Wei", None),
        ("Nil", "Nil Costa", "Name"),
    ],
)
def test_a_word_for_nobody_that_is_part_of_a_name_stays_in_question(
    word: str, name: str, of: str | None
) -> None:
    """The refusal was lost in silence."""
    mentees = pd.DataFrame({"id": ["e", "f"], "Not with": [word, "nobody"], "want": ["lua", "go"]})
    mentors = pd.DataFrame(
        {"id": ["a", "m"], "Name": [name, "Mia Rho"], "Teach": ["lua", "go"], "Seats": [1, 1]}
    )
    rule = mm.criteria.Avoids("Not with", of=of, unknown="ignore")
    skills = mm.criteria.SkillCoverage(wants="want", offers="Teach", weight=1)
    problem = mm.Problem(mm.Criteria(rule, skills).score(mm.Cohort(mentees, mentors)))
    told = " ".join(find_cautions(problem)[0])
    assert repr(word) in told
    assert repr(name) in told
    assert "nobody" not in told
    # Nobody is called so: it names nobody.
    mentors["Name"] = ["Ana Petrovic", "Mia Rho"]
    problem = mm.Problem(mm.Criteria(rule, skills).score(mm.Cohort(mentees, mentors)))
    assert repr(word) not in " ".join(find_cautions(problem)[0])


@pytest.mark.parametrize(
    ("rule", "apart"),
    [
        (mm.criteria.Avoids("Whom", of="Name"), True),
        (mm.criteria.Different(mentee="Whom", mentor="Name"), True),
        (mm.criteria.Prefers("Whom", of="Name", minimum=0.4, weight=1), False),
    ],
)
@pytest.mark.parametrize("cell", ["Nil; Bob", "Nil"])
@pytest.mark.parametrize("missing", [None, ["nil", "any"]])
def test_a_name_that_is_a_word_for_no_answer_is_a_name_where_people_are_named(
    rule: mm.criteria.Criterion, apart: bool, cell: str, missing: list[str] | None
) -> None:
    """ "Nil; Bob" refused Bob alone, and "Nil" nobody; nothing said so."""
    mentees = pd.DataFrame({"id": ["e", "f"], "Whom": [cell, "none"], "Years": ["nil", "3"]})
    mentors = pd.DataFrame({"id": ["n", "b", "c"], "Name": ["Nil", "Bob", "Any Costa"]})
    cohort = mm.Cohort(mentees, mentors, missing=missing and [*missing, "the usual"])
    eligible = ~np.isnan(mm.Criteria(rule).score(cohort).dense()[0])
    assert eligible.tolist() == [(one in cell) != apart for one in ("Nil", "Bob", "Any")]
    assert np.isnan(cohort.numbers("mentees", "Years")[0])


@pytest.mark.parametrize("heading", ["Not with", "Manager"])
def test_a_draft_asks_whether_a_word_for_no_answer_is_a_name(tmp_path: Path, heading: str) -> None:
    others = ("Nil", "", "", "", "", "")
    names = ("Nil Costa", *CALLED_SO[1:])
    draft = draft_of(tmp_path, mentees={heading: others}, mentors={"Name": names})
    assert [one.entry["kind"] for one in draft.proposals if one.rule]
    assert '"Nil" (is it "Nil Costa"?)' in screen(tmp_path, draft)["Questions for you"]


@pytest.mark.parametrize(
    ("side", "manages", "own", "further"),
    [
        ("mentees", "Manager", "Name", {}),
        ("mentors", "Name", "Manager of", {}),
        # Both headings are of names; the mentees' table has their own ones, or none.
        ("mentees", "Superior name", "Name", {"Name": ["Ella Voss", "Finn Rau"]}),
        ("mentees", "Superior name", "Name", {}),
        ("mentees", "Reports to (name)", "Name", {"Name": ["Ella Voss", "Finn Rau"]}),
        ("mentees", "Reports to (name)", "Name", {}),
        ("mentees", "Teamleiter Name", "Name", {"Name": ["Ella Voss", "Finn Rau"]}),
    ],
)
def test_a_mistyped_superior_is_told_as_somebody_to_avoid_is(
    side: str, manages: str, own: str, further: dict[str, list[str]]
) -> None:
    """Who wrote "Ana Garcai" as manager was matched with Ana Garcia, and nothing said so."""
    superior, person = ["Ana Garcai", "Somebody Else"], ["Ana Garcia", "Mia Rho"]
    first, second = (superior, person) if side == "mentees" else (person, superior)
    mentees = pd.DataFrame({"id": ["e", "f"], **further, manages: first, "want": ["lua", "go"]})
    mentors = pd.DataFrame({"id": ["a", "m"], own: second, "teach": ["lua", "go"]})
    rule = mm.criteria.Different(mentee=manages, mentor=own)
    skills = mm.criteria.SkillCoverage(wants="want", offers="teach", weight=1)
    problem = mm.Problem(mm.Criteria(rule, skills).score(mm.Cohort(mentees, mentors)))
    cautions, _ = find_cautions(problem)
    (said,) = [one for one in cautions if "does not hold between" in one]
    assert repr("Ana Garcai") in said
    assert repr("Ana Garcia") in said
    assert "Somebody Else" not in said
    (pair,) = find_doubtful_pairs(mm.match(problem))
    assert pair.startswith("e and a are matched, though Different(")
    assert "it says 'Ana Garcai', which may be 'Ana Garcia'" in pair


def test_teams_that_differ_in_a_letter_are_two_teams() -> None:
    mentees = pd.DataFrame({"id": ["e"], "Team": ["Sales East"], "want": ["lua"]})
    mentors = pd.DataFrame({"id": ["a"], "Team": ["Sales West"], "teach": ["lua"]})
    rule = mm.criteria.Different("Team")
    skills = mm.criteria.SkillCoverage(wants="want", offers="teach", weight=1)
    problem = mm.Problem(mm.Criteria(rule, skills).score(mm.Cohort(mentees, mentors)))
    assert "does not hold" not in " ".join(find_cautions(problem)[0])
    assert find_doubtful_pairs(mm.match(problem)) == ()


@pytest.mark.parametrize("heads", [["Name"], ["Prénom", "Nom"]])
def test_names_that_are_the_ids_are_read_as_names(heads: list[str]) -> None:
    """ "Bob BELL ou Cora Dean" and "Dean, Cora" forbade nothing where people had no other id."""
    named = ["Bob BELL ou Cora Dean", "Dean, Cora", "Ann Ode"]
    mentees = pd.DataFrame({"id": list("efg"), "Not with": named})
    people = {"Name": ["Bob Bell", "Cora Dean"], "Prénom": ["Bob", "Cora"], "Nom": ["Bell", "Dean"]}
    mentors = pd.DataFrame({head: people[head] for head in heads} | {"offers": ["a", "b"]})
    cohort = mm.Cohort(mentees, mentors)
    rule = mm.criteria.Avoids("Not with", unknown="ignore")
    eligible = mm.Criteria(rule).score(cohort).block(slice(None)).eligible
    assert eligible.tolist() == [[False, False], [True, False], [True, True]]


def test_ids_that_are_no_names_are_taken_for_no_other_ones() -> None:
    mentees = pd.DataFrame({"id": ["e"], "Not with": ["North 7 or South 8"]})
    mentors = pd.DataFrame({"id": ["north 7", "south 8"], "offers": ["a", "b"]})
    rule = mm.criteria.Avoids("Not with", unknown="ignore")
    scored = mm.Criteria(rule).score(mm.Cohort(mentees, mentors, id=("id", "id")))
    assert scored.block(slice(None)).eligible.all()


def test_a_superior_in_another_order_is_read_where_names_are_the_ids(tmp_path: Path) -> None:
    """The rule that was offered removed no pair, and everybody was with their own superior."""
    superiors = tuple(" ".join(reversed(one.split())) for one in MENTORS)
    draft = draft_of(
        tmp_path,
        mentees={**parts(MENTEES), "Responsable hiérarchique": superiors, "Email": ("",) * 6},
        mentors={**parts(MENTORS), "Email": ("",) * 6},
    )
    assert draft.cohort.mentors.index.name == "Prénom + Nom"
    (rule,) = [one for one in draft.proposals if one.rule]
    assert rule.entry == {
        "kind": "Avoids", "column": "Responsable hiérarchique", "unknown": "ignore",
    }  # fmt: skip
    assert rule.removes == (6, 36)


MEANT = ("Anna Mueller", "Herrn Krause", "Eva Langg", "Ines", "", "")
CALLED_SO = ("Anna Müller", "Dirk Krause", "Eva Lang", "Ines Igel", "Pia Wick", "Quy Lant")


@pytest.mark.parametrize(
    ("heading", "kind"),
    [
        ("Ich möchte nicht mit ... gematcht werden", "Avoids"),
        ("Conflicts of interest", "Avoids"),
        ("Mentor last year", "Avoids"),
        ("Manager", "Different"),
    ],
)
def test_a_rule_is_drafted_where_no_cell_is_a_name_as_the_other_table_has_it(
    tmp_path: Path, heading: str, kind: str
) -> None:
    """ "0 of 4 answers are people of the other table" was all, and they were matched."""
    draft = draft_of(tmp_path, mentees={heading: MEANT}, mentors={"Name": CALLED_SO})
    (rule,) = [one for one in draft.proposals if one.rule]
    named = (
        {"column": heading, "of": "Name"}
        if kind == "Avoids"
        else {"mentee": heading, "mentor": "Name"}
    )
    assert rule.entry.items() >= {"kind": kind, **named}.items()
    assert f'# kind = "{kind}"' in draft.text
    told = screen(tmp_path, draft)["Questions for you"]
    for written, name in zip(MEANT[:4], CALLED_SO, strict=False):
        assert f'"{written}" (is it "{name}"?)' in told
        # The file goes round.
        assert written not in draft.text
    said = CliRunner().invoke(app, ["match", str(tmp_path / "programme.toml")]).output
    assert f'No rule reads "{heading}"' in " ".join(said.split())


@pytest.mark.parametrize("heading", ["Nicht mit ... matchen", "Manager", "Mentor last year"])
def test_no_rule_is_drafted_of_cells_that_may_mean_nobody(tmp_path: Path, heading: str) -> None:
    others = ("Herrn Kraus", "the sales team", "Eva Berg", "Anna Lang", "Dr. Igl", "")
    draft = draft_of(tmp_path, mentees={heading: others}, mentors={"Name": CALLED_SO})
    assert not [one for one in draft.proposals if one.rule]
    assert "Perhaps people" not in " ".join(screen(tmp_path, draft).values())


def test_an_initial_or_a_first_name_may_be_ones_manager_and_both_who_may_be_are_named(
    tmp_path: Path,
) -> None:
    draft = draft_of(
        tmp_path,
        mentees={"Manager": ("Eli N.", "Eli", "Sam", "", "", "")},
        mentors={"Name": ("Eli Novak", "Sam Sommer", "Sam Winter", *CALLED_SO[:3])},
    )
    assert [one.entry["kind"] for one in draft.proposals if one.rule] == ["Different"]
    told = screen(tmp_path, draft)["Questions for you"]
    assert '"Eli N." (is it "Eli Novak"?)' in told
    assert '"Eli" (is it "Eli Novak"?)' in told
    assert '"Sam" (is it "Sam Sommer" or "Sam Winter"?)' in told


@pytest.mark.parametrize("heading", ["Not with", "Manager"])
@pytest.mark.parametrize("written", ["x", "Dirk Krause", "Herrn Krause", "Krause, Dirk", "Nil"])
def test_a_pair_of_whom_one_is_named_in_a_column_that_no_rule_reads_is_marked(
    tmp_path: Path, heading: str, written: str
) -> None:
    """Screens said that no rule reads the column, and the committee saw a pair like any other."""
    (tmp_path / "a.csv").write_text(f'id,w,{heading}\na,Lua,"{written}"\nb,Go,"{written}"\n')
    (tmp_path / "b.csv").write_text("id,Name,o\nx,Dirk Nil Krause,Lua\ny,Eva Lang,Go\n")
    (tmp_path / "programme.toml").write_text(
        '[tables]\nmentees = "a.csv"\nmentors = "b.csv"\n'
        '[[criteria]]\nkind = "SkillCoverage"\nwants = "w"\noffers = "o"\nweight = 1\n'
        '[output]\nmatches = "m.csv"\n'
    )
    configuration, problem = examine_file(tmp_path / "programme.toml").finished()
    matching = mm.match(problem)
    said = f'a.csv, row 2, "{heading}", which no rule reads, may name the other'
    assert find_unkept_pairs(configuration, matching) == {("a", "x"): said}
    (paragraph,) = describe_unkept(configuration, matching)
    ending = "and the two are a pair. Read that row before you send anything."
    assert paragraph.lines[-1] == f"- {said}, {ending}"


def test_only_the_pairs_of_who_named_somebody_are_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All pairs were gone through, for each column; here in the table of the mentors."""
    (tmp_path / "a.csv").write_text("id,Name\na,Dirk Krause\nb,Eva Lang\nc,Pia Wick\n")
    (tmp_path / "b.csv").write_text("id,Not with,seats\nx,,1\ny,Frau Lang,2\nz,Krause,0\n")
    (tmp_path / "programme.toml").write_text('[tables]\nmentees = "a.csv"\nmentors = "b.csv"\n')
    configuration, problem = examine_file(tmp_path / "programme.toml").finished()
    problem = mm.Problem(problem.compatibility, capacity="seats")
    matching = mm.Matching.from_pairs(problem, [("a", "x"), ("b", "y"), ("c", "y")])
    looked_at: list[str] = []

    def may_mean(name: str, person: str) -> bool:
        looked_at.append(person)
        return "lang" in person

    monkeypatch.setattr("mentormatch.programme.questions.unkept_pairs.may_mean", may_mean)
    assert list(find_unkept_pairs(configuration, matching)) == [("b", "y")]
    assert {*looked_at} <= {"b", "eva lang", "c", "pia wick"}


def test_a_pair_that_an_earlier_form_speaks_against_is_marked(tmp_path: Path) -> None:
    """Only `match` said so, and no letter, report or workbook."""
    (tmp_path / "mentees.csv").write_text(SENT_TWICE)
    (tmp_path / "mentors.csv").write_text(HEARD)
    write_draft(tmp_path / "mentees.csv", tmp_path / "mentors.csv", tmp_path / "programme.toml")
    configuration, problem = examine_file(tmp_path / "programme.toml").finished()
    matching = mm.Matching.from_pairs(problem, [("ella@x.example", "bob@x.example")])
    (said,) = find_unkept_pairs(configuration, matching).values()
    place = 'mentees.csv, row 2, "Not with"'
    assert said == f"{place} names somebody in an earlier form, and not in the later one"
    assert find_unkept_pairs(configuration, matching, earlier=False) == {}


def test_a_pair_that_a_name_with_a_slip_may_forbid_is_marked_for_the_committee(
    tmp_path: Path,
) -> None:
    """It was said on the screen alone; the name itself is for who keeps the tables."""
    matching = matching_of("Elena Carcia", "Elena García")
    said = "the rule Avoids: not may mean these two: a name there is nearly that of one of them"
    matching.to_excel(tmp_path / "c.xlsx", look_at={("a", "x"): "they are siblings"})
    rows = list(load_workbook(tmp_path / "c.xlsx")["matches"].iter_rows(values_only=True))
    place = rows[0].index("look at this")
    marked = {row[1]: row[place] for row in rows[1:]}
    assert marked == {"a": f"they are siblings; {said}", "b": None}
    page = mm.reports.html_report(matching)
    assert f"a with Elena García: {said}" in page
    assert "Carcia" not in page
    assert said not in mm.reports.html_report(matching, audience="participants")


def test_a_superior_whose_number_has_lost_its_zeros_is_asked_about_and_told(tmp_path: Path) -> None:
    """ "0042" below "Manager" was a number of nothing, and 42 her mentor: "No problems found"."""
    (tmp_path / "mentees.csv").write_text(
        "Staff no,Name,Wants,Manager\n17,Abe A,Go,0042\n204,Bea B,SQL,0051\n33,Cal C,Go,0063\n"
    )
    (tmp_path / "mentors.csv").write_text(
        'Staff no,Name,Offers,Seats\n42,Ann X,Go,2\n51,Ben Y,SQL,1\n63,Cy Z,"Go, SQL",2\n'
    )
    draft = draft_programme(tmp_path / "mentees.csv", tmp_path / "mentors.csv", tmp_path)
    (manager,) = (one for one in draft.columns if one.name == "Manager")
    assert (manager.kind, manager.question) == ("superior", True)
    assert '"0042" (is it "42"?)' in manager.why
    rule = mm.criteria.Different(mentee="Manager", mentor="Staff no")
    wants = mm.criteria.SkillCoverage(wants="Wants", offers="Offers", weight=1)
    problem = mm.Problem(mm.Criteria(wants, rule).score(draft.cohort), capacity="Seats")
    matching = mm.match(problem)
    assert any("'0042' and '42'" in one for one in find_cautions(problem)[0])
    told = find_doubtful_pairs(matching)
    assert any("it says '0042', which may be '42'. If so, write '42'" in one for one in told)


def test_rows_that_are_left_out_are_named_by_validate_and_match(tmp_path: Path) -> None:
    """Only `init` said that a row is taken for a total or for the headings again."""
    (tmp_path / "a.csv").write_text("Name,Wants\nAbe A,Go\nName,Wants\nBea B,SQL\nTotal,2\n")
    (tmp_path / "b.csv").write_text("Name,Offers,Seats\nAnn X,Go,2\nBen Y,SQL,3\n")
    write_draft(tmp_path / "a.csv", tmp_path / "b.csv", tmp_path / "programme.toml")
    configuration, problem = examine_file(tmp_path / "programme.toml").finished()
    shown = [*describe_programme(configuration, problem), *describe_matching(mm.match(problem), {})]
    for notes in (one.lines for one in shown if one.title == "Notes"):
        said = " ".join(notes)
        assert "row 3 is left out as the headings again, since all of the cells" in said
        assert "row 5 is left out as a total, since it holds a word such as total" in said
    assert sum(one.title == "Notes" for one in shown) == 2


def test_remarks_that_set_a_limit_and_name_nobody_are_told_with_their_rows(tmp_path: Path) -> None:
    """A beginner was matched with who wrote "no beginners please", and nothing said so."""
    (tmp_path / "a.csv").write_text(
        "Name,Wants,Remarks\nAbe A,Go,\nBea B,SQL,no mentor from Acme please\n"
        "Cal C,Go,I only speak German\nDi D,SQL,No\nEd E,Go,No problem with anybody\n"
        "Flo F,Go,Only mornings\nGus G,Go,No comment\n"
    )
    (tmp_path / "b.csv").write_text(
        "Name,Offers,Seats,Comments\nAnn X,Go,2,no beginners please\nBen Y,SQL,3,thank you all\n"
    )
    draft = write_draft(tmp_path / "a.csv", tmp_path / "b.csv", tmp_path / "programme.toml")
    told = draft.notes["limits"]
    assert '"Remarks" of the mentees, rows 3, 4, 7; "Comments" of the mentors, row 2.' in told
    assert "beginners" not in draft.text
    configuration, problem = examine_file(tmp_path / "programme.toml").finished()
    shown = describe_programme(configuration, problem)
    (remarks,) = (one for one in shown if one.title == "Remarks that no rule reads")
    assert "rows 3, 4, 7;" in remarks.lines[0]


def test_one_table_joins_the_questions_of_one_side_and_names_refusals_by_any_heading(
    tmp_path: Path,
) -> None:
    """A question of one side was said to be read and never was; "Z kim nie?" was no refusal."""
    (tmp_path / "p.csv").write_text(
        "Name,Role,Wants,Offers,1st choice,2nd choice,Z kim nie?\n"
        "Abe A,Mentee,Go,,Ann X,Ben Y,Cy Z\nBea B,Mentee,SQL,,Ben Y,Cy Z,\n"
        "Cal C,Mentee,Go,,Cy Z,Ann X,\n"
        "Ann X,Mentor,,Go,,,\nBen Y,Mentor,,SQL,,,\nCy Z,Mentor,,Go,,,\n",
        "utf-8",
    )
    draft = write_draft(tmp_path / "p.csv", None, tmp_path / "programme.toml")
    assert draft.cohort.mentees["choice"].tolist()[0] == ["Ann X", "Ben Y"]
    assert "1st choice" not in draft.cohort.mentees
    assert "choice" not in draft.cohort.mentors
    configuration, problem = examine_file(tmp_path / "programme.toml").finished()
    told = str(describe_unkept(configuration, mm.Matching.from_pairs(problem, [("Abe A", "Cy Z")])))
    assert 'No rule reads "Z kim nie?" of the mentees' in told
    assert "and the two are a pair" in told


@pytest.mark.parametrize(
    ("boss", "alarm"), [("Singh, Ivy", False), ("Ivy", True), ("Olde, Ivy", False)]
)
@pytest.mark.parametrize("kind", ["Different", "Avoids"])
def test_whoever_is_left_out_is_known_by_the_whole_name(
    tmp_path: Path, boss: str, alarm: bool, kind: str
) -> None:
    """The name was cut at its comma, and the "Ivy" in it taken for another one."""
    rows = [
        "Name,Role,Status,Line manager,Topics",
        f'"Hale, Gia",Mentee,Active,"{boss}",SQL',
        '"Ode, Ivy",Mentor,Active,,SQL',
        '"Singh, Ivy",Mentor,Leave,,SQL',
        '"Olde, Ivy",Mentor,Leave,,SQL',
    ]
    (tmp_path / "p.csv").write_text("\n".join(rows), encoding="utf-8")
    where = {"column": "Status", "is": ["Active"]}
    cohort = mm.read_cohort(people=tmp_path / "p.csv", where=where, id="Name")
    assert cohort.tags("mentees", "Line manager") == [(boss,)]
    rule: mm.criteria.Criterion = mm.criteria.Avoids("Line manager", unknown="ignore")
    if kind == "Different":
        rule = mm.criteria.Different(mentee="Line manager", mentor="Name")
    criteria = mm.Criteria(rule, mm.criteria.TagOverlap("Topics", weight=1))
    matching = mm.match(mm.Problem(criteria.score(cohort)))
    assert matching.pairs.shape[0] == 1
    assert bool(find_doubtful_pairs(matching)) is alarm
