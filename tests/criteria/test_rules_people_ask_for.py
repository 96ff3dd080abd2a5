"""Rules that hold only if asked, for a part of a cell, and for people who are named."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import mentormatch as mm
from mentormatch.cohort.names import words_of_name
from mentormatch.cohort.person_columns.answers import fold_person
from mentormatch.criteria import Avoids, Different, Prefers, Same, TagOverlap
from mentormatch.criteria.cells.answers import read_organisation, read_yes
from mentormatch.criteria.cells.tokens import find_near_misses
from mentormatch.criteria.recognition.recognise import recognise_columns
from mentormatch.criteria.scoring import masks
from mentormatch.explanations.cautions import find_cautions

if TYPE_CHECKING:
    from mentormatch.criteria.kinds.named_people import Unknown

GENDERS = st.sampled_from(["f", "m", "f; m", None])
ANSWERS = st.sampled_from(["yes", "no", None])
PEOPLE = st.lists(st.tuples(GENDERS, ANSWERS), min_size=1, max_size=5)


def cohort_of(mentees: list[tuple[Any, Any]], mentors: list[tuple[Any, Any]]) -> mm.Cohort:
    return mm.Cohort(
        *(pd.DataFrame(rows, columns=["gender", "asks"]) for rows in (mentees, mentors))
    )


def allowed(
    kind: type, one: tuple[Any, Any], other: tuple[Any, Any], asks: tuple[bool, bool]
) -> bool:
    """The rule by hand: it applies where one of the two asks and both say what they are."""
    asked = (asks[0] and one[1] == "yes") or (asks[1] and other[1] == "yes")
    if not asked or one[0] is None or other[0] is None:
        return True
    share = bool({*one[0].split("; ")} & {*other[0].split("; ")})
    return share if kind is Same else not share


@pytest.mark.parametrize("by_profile", [True, False])
@given(mentees=PEOPLE, mentors=PEOPLE, kind=st.sampled_from([Same, Different]), data=st.data())
def test_a_rule_if_asked_forbids_what_the_definition_forbids(
    by_profile: bool, mentees: list[Any], mentors: list[Any], kind: type, data: st.DataObject
) -> None:
    when, asks = data.draw(
        st.sampled_from(
            [
                ("asks", (True, True)),
                ({"mentees": "asks"}, (True, False)),
                ({"mentors": "asks"}, (False, True)),
            ]
        )
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(masks, "CELLS", masks.CELLS if by_profile else -1)
        criteria = mm.Criteria(kind("gender", when=when))
        compatibility = criteria.score(cohort_of(mentees, mentors))
        eligible = compatibility.block(slice(None)).eligible
        expected = [[allowed(kind, one, other, asks) for other in mentors] for one in mentees]
        assert eligible.tolist() == expected
        # The block, the pair, the reason and other orders agree.
        for i, j in product(range(len(mentees)), range(len(mentors))):
            assert (compatibility.why_ineligible(i, j) is None) == expected[i][j]
        backwards = compatibility.take(
            np.arange(len(mentees))[::-1], np.arange(len(mentors))[::-1]
        ).block(slice(None))
        assert backwards.eligible[::-1, ::-1].tolist() == expected


@given(mentees=PEOPLE, mentors=PEOPLE, kind=st.sampled_from([Same, Different]))
def test_with_a_weight_a_pair_in_which_nobody_asks_loses_nothing(
    mentees: list[Any], mentors: list[Any], kind: type
) -> None:
    cohort = cohort_of(mentees, mentors)
    scores = mm.Criteria(kind("gender", when="asks", weight=1)).score(cohort).dense()
    for (i, one), (j, other) in product(enumerate(mentees), enumerate(mentors)):
        if one[0] is None or other[0] is None:
            assert scores[i, j] == 0.5
        else:
            assert scores[i, j] == float(allowed(kind, one, other, (True, True)))


def test_only_those_who_ask_are_kept_to_their_own_gender() -> None:
    mentees = pd.DataFrame(
        {"gender": ["female", "female", "male"], "only same gender": ["Yes, please", "no", None]},
        ["ada", "bea", "cy"],
    )
    mentors = pd.DataFrame({"gender": ["male", "female", None]}, ["lin", "mia", "noa"])
    rule = Same("gender", when="only same gender")
    compatibility = mm.Criteria(rule).score(mm.Cohort(mentees, mentors))
    assert compatibility.why_ineligible("ada", "lin") == (
        "Same('gender', when='only same gender'): 'female' and 'male' differ; asked for by the "
        "mentee"
    )
    assert compatibility.why_ineligible("bea", "lin") is None
    assert compatibility.notes[:-1] == (
        "Same('gender', when='only same gender') does not apply to 1 mentor whose cell is empty.",
    )
    assert mm.Criteria.from_dict(mm.Criteria(rule).to_dict()).criteria == (rule,)


def test_an_answer_that_is_neither_yes_nor_no_and_a_column_that_is_not_there_are_errors() -> None:
    cohort = cohort_of([("f", "perhaps")], [("m", None)])
    with pytest.raises(mm.CohortError, match="found 'perhaps'; expected yes or no"):
        mm.Criteria(Same("gender", when="asks")).score(cohort)
    with pytest.raises(mm.CohortError, match="'ask'") as caught:
        mm.Criteria(Same("gender", when="ask")).score(cohort)
    assert caught.value.findings[0].nearest == "asks"
    with pytest.raises(mm.CriterionError, match="when must be a column, or name one by table"):
        Same("gender", when={"people": "asks"})
    with pytest.raises(mm.CriterionError, match="part must be one of 'domain'; got 'local'"):
        Same("email", part="local")


YESSES = ["JA", "sí", "x", 1, 1.0, True, "✓"]
NOES = ["nein", 0, "", None, np.nan, "não", "No preference"]


@pytest.mark.parametrize(
    ("cell", "said"), [*((cell, True) for cell in YESSES), *((cell, False) for cell in NOES)]
)
def test_yes_and_no_are_read_in_many_languages(cell: Any, said: bool) -> None:
    assert read_yes(cell) is said


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("ada@alpha.example", "lin@ALPHA.example", True),
        ("bob@dept.beta.example", "mia@beta.example", True),
        ("bob@a.beta.example", "mia@b.beta.example", True),
        # Anybody can have a name below ac.uk.
        ("ada@cs.ox.ac.uk", "lin@ox.ac.uk", True),
        ("ada@ox.ac.uk", "lin@cam.ac.uk", False),
        ("ada@beta.example", "lin@notbeta.example", False),
        # A provider of private mail is no organisation.
        ("ada@gmail.com", "lin@gmail.com", False),
        ("ada@yahoo.co.uk", "lin@yahoo.co.uk", False),
    ],
)
def test_sub_domains_are_one_organisation_and_private_mail_is_none(
    one: str, other: str, same: bool
) -> None:
    assert (read_organisation(one)[0][0] == read_organisation(other)[0][0]) is same
    cohort = mm.Cohort(
        pd.DataFrame({"email": [one]}, ["ada"]), pd.DataFrame({"email": [other]}, ["lin"])
    )
    compatibility = mm.Criteria(Different("email", part="domain")).score(cohort)
    assert (compatibility.why_ineligible("ada", "lin") is not None) is same


def test_a_cell_that_is_no_address_has_no_domain() -> None:
    cohort = mm.Cohort(
        pd.DataFrame({"email": ["ada at home"]}), pd.DataFrame({"email": ["l@a.example"]})
    )
    with pytest.raises(mm.CohortError, match="'ada at home' is no e-mail address; expected one"):
        mm.Criteria(Different("email", part="domain")).score(cohort)


@given(data=st.data())
def test_who_is_named_is_never_matched_with_whoever_names_them(data: st.DataObject) -> None:
    """At up to 4 × 4 the optimum under the rule is that of all assignments that keep it."""
    n, m = data.draw(st.integers(1, 4)), data.draw(st.integers(1, 4))
    mentors = [f"Mentor {j}" for j in range(m)]
    named = data.draw(st.lists(st.sets(st.sampled_from(mentors)), min_size=n, max_size=n))
    worth = data.draw(st.lists(st.integers(0, 4), min_size=m, max_size=m))
    cohort = mm.Cohort(
        pd.DataFrame({"not with": ["; ".join(sorted(one)) or None for one in named]}),
        pd.DataFrame({"name": mentors, "worth": worth}),
    )
    criteria = mm.Criteria(
        Avoids("not with", of="name"),
        mm.criteria.Custom(lambda a, b: np.tile(b["worth"] / 4, (len(a), 1)), weight=1),
    )
    compatibility = criteria.score(cohort)
    eligible = compatibility.block(slice(None)).eligible
    assert eligible.tolist() == [[one not in people for one in mentors] for people in named]
    matching = mm.match(mm.Problem(compatibility))
    assert matching.certificate is not None
    assert matching.certificate.proven
    best = max(
        (
            (len(used), sum(worth[j] for j in used) / 4)
            for choice in product([None, *range(m)], repeat=n)
            if len(used := [j for j in choice if j is not None]) == len(set(used))
            and all(j is None or eligible[i, j] for i, j in enumerate(choice))
        ),
    )
    assert (len(matching.pairs), matching.total) == (best[0], pytest.approx(best[1]))


def test_names_that_nobody_has_are_errors_or_a_note() -> None:
    mentees = pd.DataFrame({"id": ["p1", "p2"], "conflicts": ["Lin Ode; Xi Po", "Mia Rhoo"]})
    mentors = pd.DataFrame({"id": ["r1", "r2"], "name": ["Lin Ode", "Mia Rho"]})
    cohort = mm.Cohort(mentees, mentors)
    with pytest.raises(mm.CohortError) as caught:
        mm.Criteria(Avoids("conflicts", of="name")).score(cohort)
    assert [finding.nearest for finding in caught.value.findings] == [None, "Mia Rho"]
    assert "'Xi Po' is not among the mentors' 'name'" in str(caught.value)
    lenient = mm.Criteria(Avoids("conflicts", of="name", unknown="ignore")).score(cohort)
    assert lenient.notes[:-1] == (
        "Avoids('conflicts'): 2 names are left out, as no mentor has them in 'name': "
        "'Mia Rhoo' (is it 'Mia Rho'? Then write both alike), 'Xi Po'.",
    )
    assert lenient.block(slice(None)).eligible.tolist() == [[False, True], [True, True]]


def test_mentors_name_whom_they_avoid_too_and_a_weight_is_refused() -> None:
    mentees = pd.DataFrame({"name": ["Ada", "Bob"]}, ["ada", "bob"])
    mentors = pd.DataFrame({"avoid": ["Bob"]}, ["lin"])
    rule = Avoids("avoid", by="mentor", of="name")
    compatibility = mm.Criteria(rule).score(mm.Cohort(mentees, mentors))
    assert compatibility.why_ineligible("bob", "lin") == "Avoids('avoid'): the mentor names 'Bob'"
    assert compatibility.why_ineligible("ada", "lin") is None
    assert mm.Criteria.from_dict(mm.Criteria(rule).to_dict()).criteria == (rule,)
    with pytest.raises(mm.CriterionError, match="is a hard rule and takes no weight; got 2"):
        Avoids("avoid", weight=2)


WRITINGS = [
    ("Patel, Ravi", "Ravi Patel"),
    ("Siobhan O'Brien", "O’Brien, Siobhán"),
    ("A. Bo", "a bo"),
]


@pytest.mark.parametrize(
    ("there", "here"), [("Ravi Patell", "Ravi Patel"), ("R. Patel", "Ravi Patel")]
)
def test_a_rule_that_misses_somebody_by_a_way_of_writing_says_so_first(
    there: str, here: str
) -> None:
    """Somebody was matched with their own superior, whose name stood there the other way round."""
    mentees = pd.DataFrame({"manager": [there, "Somebody Else"], "want": ["lua", "go"]})
    mentors = pd.DataFrame({"name": [here, "Mia Rho"], "teach": ["lua", "go"]})
    rule = Different(mentee="manager", mentor="name")
    skills = mm.criteria.SkillCoverage(wants="want", offers="teach", weight=1)
    problem = mm.Problem(mm.Criteria(rule, skills).score(mm.Cohort(mentees, mentors)))
    cautions, _ = find_cautions(problem)
    (said,) = [one for one in cautions if "does not hold between" in one]
    assert repr(there) in said
    assert repr(here) in said
    # Somebody whom nobody could mean is no reason for a caution.
    assert all("Somebody Else" not in one for one in cautions)


@pytest.mark.parametrize(("there", "here"), WRITINGS)
@pytest.mark.parametrize("unknown", ["ignore", "error"])
def test_a_name_of_the_same_words_is_one_persons_and_it_is_said(
    there: str, here: str, unknown: Unknown
) -> None:
    """Who avoids "Patel, Ravi" was matched with Ravi Patel, and told that no rule held."""
    cohort = mm.Cohort(
        pd.DataFrame({"names": [[there, here, "Mia Rho"], ["Mia Rho"]]}),
        pd.DataFrame({"name": [here, "Mia Rho", "Ada Po"]}),
    )
    avoids = Avoids("names", of="name", unknown=unknown)
    compatibility = mm.Criteria(avoids).score(cohort)
    assert compatibility.block(slice(None)).eligible.tolist() == [
        [False, False, True], [True, False, True]
    ]  # fmt: skip
    assert compatibility.notes[:-1] == (
        f"Avoids('names'): 1 name is written in another way and taken for a person's: {there!r} "
        f"for {here!r}.",
    )
    assert avoids.fit(cohort).near_misses == ()
    # Written twice, it is one wish, in the first place.
    wishes = Prefers("names", of="name", unknown=unknown)
    worth = mm.Criteria(wishes).score(cohort).block(slice(None)).mentee_scores[0]
    assert worth == pytest.approx([1.0, 0.5, 0.0])


@pytest.mark.parametrize(
    ("there", "people", "nearest"),
    [
        ("Müller, Jürgen", ["Jurgen Muller", "Muller Jurgen"], None),
        ("team-2 lead-1", ["team-1 lead-2", "x"], "team-1 lead-2"),
        ("lead@dev.example", ["dev@lead.example", "x"], "dev@lead.example"),
        # Namesakes are two persons.
        ("Huber Georg", ["Georg Huber", "Georg Huber"], None),
        # Marks are vowels here, and tell consonants apart.
        ("मीरा", ["राम", "सीता"], None),
        ("やまさき", ["やまざき", "x"], None),
    ],
)
def test_no_name_is_taken_for_one_of_several_and_no_id_for_another(
    there: str, people: list[str], nearest: str | None
) -> None:
    mentors = pd.DataFrame({"name": people}, index=[f"m{k}" for k in range(len(people))])
    cohort = mm.Cohort(pd.DataFrame({"avoid": [there]}), mentors)
    with pytest.raises(mm.CohortError) as caught:
        mm.Criteria(Avoids("avoid", of="name")).score(cohort)
    assert f"{there!r} is not among the mentors' 'name'" in str(caught.value)
    if nearest is not None:
        assert caught.value.findings[0].nearest == nearest


@pytest.mark.parametrize("of", [None, "field"])
def test_ids_and_other_answers_are_taken_for_no_others(of: str | None) -> None:
    """ "a-b" is no slip of "b-a", and NET is not .NET."""
    cohort = mm.Cohort(
        pd.DataFrame({"wish": ["lin ada; NET"]}),
        pd.DataFrame({"field": [".NET", "ada lin"]}, index=["ada lin", "net,"]),
    )
    fitted = Prefers("wish", of=of, unknown="ignore").fit(cohort)
    assert not any("taken for" in note for note in fitted.notes)
    assert fitted.spoken_of.names.isdisjoint(fitted.said.names)


def test_ratings_count_for_a_name_that_is_turned_around_and_the_note_has_the_name_alone() -> None:
    cohort = mm.Cohort(
        pd.DataFrame({"wish": [["Huber Georg: 4", "Ada Po: 2"]]}),
        pd.DataFrame({"name": ["Georg Huber", "Ada Po"]}),
    )
    wishes = Prefers("wish", of="name", ratings=(1, 5))
    worth = mm.Criteria(wishes).score(cohort).block(slice(None)).mentee_scores[0]
    assert worth == pytest.approx([0.75, 0.25])
    assert "'Huber Georg' for 'Georg Huber'" in wishes.fit(cohort).notes[0]


@pytest.mark.parametrize(
    ("places", "said"),
    [
        (["Besançon", "Besancon", "Lyon"], "'Besançon' and 'Besancon'"),
        (["À distance", "a distance"], "'À distance' and 'a distance'"),
        (["Saint-Denis", "Saint Denis"], "'Saint-Denis' and 'Saint Denis'"),
        (["C", "C#", "C++", ".NET", "net", "+1", "-1"], None),
        (["やまさき", "やまざき"], None),
        (["Lyon", "lyon "], None),
    ],
)
@pytest.mark.parametrize("weight", [1, None])
def test_two_spellings_are_said_also_where_both_tables_have_both(
    places: list[str], said: str | None, weight: float | None
) -> None:
    """It was said only where one side lacked one. Places are compared without accents."""
    table = pd.DataFrame({"team": places, "want": ["lua"] * len(places)})
    skills = mm.criteria.SkillCoverage(wants="want", offers="want", weight=1)
    same = mm.criteria.Same("team", weight=weight)
    problem = mm.Problem(mm.Criteria(same, skills).score(mm.Cohort(table, table.copy())))
    cautions, _ = find_cautions(problem)
    told = (*cautions, *problem.compatibility.notes)
    found = [one for one in told if "written" in one or "differ in" in one]
    assert len(found) == (0 if said is None else 2)
    if said is not None:
        assert said in found[0]
        assert found[0].endswith("If they mean the same, write both alike.")


def test_signs_that_tell_names_apart_make_no_near_miss() -> None:
    assert find_near_misses(["c", "c#", "node js"], ["c++", "js node", "f#"]) == {
        "node js": "js node"
    }


def test_answers_of_a_rule_that_name_nobody_are_said_first() -> None:
    """ "Not with my boss" was kept to by nobody, and only a note at the end had it."""
    mentees = pd.DataFrame({"avoid": ["Mia Rho", "not with my boss"], "want": ["lua", "go"]})
    mentors = pd.DataFrame({"name": ["Ada Holm", "Mia Rho"], "teach": ["lua", "go"]})
    rule = Avoids("avoid", of="name", unknown="ignore")
    skills = mm.criteria.SkillCoverage(wants="want", offers="teach", weight=1)
    problem = mm.Problem(mm.Criteria(rule, skills).score(mm.Cohort(mentees, mentors)))
    cautions, _ = find_cautions(problem)
    (said,) = [one for one in cautions if "does nothing" in one]
    assert "1 answer in words, which name nobody: 'not with my boss'. Write the full name" in said


def test_what_an_alias_stands_for_is_shown_without_a_level() -> None:
    cohort = mm.Cohort(
        pd.DataFrame({"s": [["py:3", "Lua:2"]]}), pd.DataFrame({"s": [["PYTHON:4", "lua: 5"]]})
    )
    skills = mm.criteria.SkillCoverage("s", "s", aliases={"py": "Python"}, levels=5)
    assert skills.fit(cohort).sentence(0, 0) == ("offers 2 of the 2 skills wanted: Lua, Python")


def test_handles_among_other_words_are_kept_apart_and_the_column_is_asked_about() -> None:
    """They were left out, and the column was taken for a free comment."""
    said = ["@x (same company)", "not @y please", None, "@x, or @y."]
    ids = ["@a", "@b", "@c", "@d"]
    mentees = pd.DataFrame({"id": ids, "Rather not": said, "t": ["q"] * 4})
    mentors = pd.DataFrame({"id": ["@x", "@y"], "t": ["q", "q"]})
    cohort = mm.Cohort(mentees, mentors, id="id")
    criteria = mm.Criteria(Avoids("Rather not", unknown="ignore"), TagOverlap("t"))
    eligible = ~np.isnan(criteria.score(cohort).dense())
    assert eligible.tolist() == [[False, True], [True, False], [True, True], [False, False]]
    (column,) = [one for one in recognise_columns(cohort) if one.name == "Rather not"]
    assert column.kind == "conflicts"


@pytest.mark.parametrize(
    "said",
    [
        "mo@x.org and nde@x.org",
        "@mo / Ned",
        "@mo / Pohl",
        "not @mo or @ nde",
        "anyone but @ned",
        "everyone except @ned",
        "no problem with @mo",
        "happy with @mo",
        "only @mo",
        "ja @mo",
        "@mo is fine, not @ned",
        "@mo, Ned please",
        "No: @mo again",
        "No - @mo again please",
        "No (@mo again please)",
        "no @mo again please",
        "Not again - please @mo",
        "nie: znowu @mo",
    ],
)
def test_a_cell_that_names_somebody_else_or_approves_is_refused(said: str) -> None:
    """Whoever stood beside a known handle was lost, and approvals became refusals."""
    mentees = pd.DataFrame({"not": [said]}, index=["a"])
    mentors = pd.DataFrame({"Name": ["Mo Rho", "Ned Pohl", "Ida Mai"]})
    mentors.index = pd.Index(["@mo", "@ned", "mo@x.org"])
    with pytest.raises(mm.CohortError, match="column 'not'"):
        Avoids("not").fit(mm.Cohort(mentees, mentors))


@pytest.mark.parametrize(
    "said",
    [
        "not @mo please", "@mo (Mo Rho)", "@mo (Same company)", "Bitte nicht @mo", "boss: @mo",
        "@mo same company", "Neither @mo", "auf keinen Fall @mo", "@mo nein",
        "because we worked together: @mo",
    ],
)  # fmt: skip
def test_a_handle_with_an_addition_is_one_name(said: str) -> None:
    mentees = pd.DataFrame({"not": [said]}, index=["a"])
    mentors = pd.DataFrame({"Name": ["Mo Rho", "Ned Pohl"]}, index=["@mo", "@ned"])
    fitted = Avoids("not").fit(mm.Cohort(mentees, mentors))
    assert fitted.present(np.array([0, 0]), np.array([0, 1])).tolist() == [0.0, 1.0]


@pytest.mark.parametrize(
    "said",
    [
        "Dr. José Ortega y Gasset", "my boss José Ortega y Gasset", "José Ortega y Gasset et al.",
        "not jo.o@x.org again", "neither jo.o@x.org nor José Ortega y Gasset",
    ],
)  # fmt: skip
def test_a_joining_word_within_a_name_and_a_dot_within_an_address_divide_nothing(said):
    """'Dr. José Ortega' was told as somebody whom nobody knows."""
    mentees = pd.DataFrame({"not": [said]}, index=["a"])
    mentors = pd.DataFrame({"Name": ["José Ortega y Gasset", "Ned Pohl"]})
    mentors.index = pd.Index(["jo.o@x.org", "ned@x.org"])
    of = None if "@" in said else "Name"
    fitted = Avoids("not", of=of).fit(mm.Cohort(mentees, mentors))
    assert fitted.present(np.array([0, 0]), np.array([0, 1])).tolist() == [0.0, 1.0]


@pytest.mark.parametrize(
    ("said", "beside"),
    [
        ("@mo / Nedd", "Nedd"),
        ("@mo & nedd", "nedd"),
        ("@mo Nedd", "Nedd"),
        ("@mo (and Nedd)", "Nedd"),
        ("not @mo, nor Nedd", "nor Nedd"),
        ("@mo and my boss", "my boss"),
        ("Mo Rho / Nedd Pohl", "Nedd Pohl"),
        ("not with Mo Rho ou Nedd", "Nedd"),
    ],
)
def test_who_stands_beside_somebody_and_is_nobody_is_told(said: str, beside: str) -> None:
    """The second of two who must not be met was lost in silence where the first one was known."""
    of = "Name" if "Mo Rho" in said else None
    mentees = pd.DataFrame({"not": [said]}, index=["a"])
    mentors = pd.DataFrame({"Name": ["Mo Rho", "Ned Pohl"]}, index=["@mo", "@ned"])
    cohort = mm.Cohort(mentees, mentors)
    with pytest.raises(mm.CohortError, match=f"row 2 .*{beside!r} is not among"):
        Avoids("not", of=of).fit(cohort)
    fitted = Avoids("not", of=of, unknown="ignore").fit(cohort)
    assert fitted.present(np.array([0, 0]), np.array([0, 1])).tolist() == [0.0, 1.0]
    assert "1 name is left out" in fitted.notes[-1]
    assert repr(beside) in fitted.notes[-1]


@pytest.mark.parametrize(
    "said",
    ["not @mo again", "never again @mo", "nie wieder mit @mo", "@mo not again please",
     "plus jamais @mo", "nunca más con @mo", "mai più con @mo", "nunca mais @mo",
     "nooit meer met @mo", "nigdy więcej z @mo", "aldrig mer med @mo", "Don't match me with @mo"],
)  # fmt: skip
def test_words_that_refuse_about_one_handle_are_read(said: str) -> None:
    """ "Not @ada again" was asked about, as "@ada again" is."""
    mentees = pd.DataFrame({"not": [said]}, index=["a"])
    mentors = pd.DataFrame({"Name": ["Mo Rho", "Ned Pohl"]}, index=["@mo", "@ned"])
    fitted = Avoids("not").fit(mm.Cohort(mentees, mentors))
    assert fitted.present(np.array([0, 0]), np.array([0, 1])).tolist() == [0.0, 1.0]
    assert fitted.names_found == (1, 1)


LETTERS = [
    ("Łukasz Nowak", "Lukasz Nowak"),
    ("Bjørn Ek", "Ek, Bjorn"),
    ("Þóra Kjær", "Thora Kjaer"),
    ("Işıl Aydın", "ISIL AYDIN"),
    ("Đorđe Ilić", "Dorde Ilic"),
    ("Eva Weiß", "Eva Weiss"),
]


@pytest.mark.parametrize(("name", "written"), LETTERS)
def test_letters_that_keyboards_lack_are_folded_where_people_are_compared(
    name: str, written: str
) -> None:
    """Lukasz was nobody where Łukasz was known, as only letters with marks were folded."""
    mentees = pd.DataFrame({"not": [written, name.split()[0]]}, index=["a", "b"])
    mentors = pd.DataFrame({"Name": [name, "Ida Mai"]}, index=["x", "y"])
    cohort = mm.Cohort(mentees, mentors)
    fitted = Avoids("not", of="Name", unknown="ignore").fit(cohort)
    assert fitted.present(np.array([0, 0]), np.array([0, 1])).tolist() == [0.0, 1.0]
    assert fold_person(written.replace("Ek, Bjorn", "Bjorn Ek")) == fold_person(name)
    first = words_of_name(written)[0]
    mentees = pd.DataFrame({"not": [first]}, index=["a"])
    part = Avoids("not", of="Name", unknown="ignore").fit(mm.Cohort(mentees, mentors))
    assert part.near_misses == ((first, name),)
    places = pd.DataFrame({"Town": ["Łódź", "Køge"]}, index=["a", "b"])
    others = pd.DataFrame({"Town": ["Lodz", "Koge"]}, index=["x", "y"])
    towns = Same("Town").fit(mm.Cohort(places, others))
    assert towns.present(np.array([1]), np.array([1])).tolist() == [0.0]


@pytest.mark.parametrize("manager", ["Weiss, Jörg", "WEISS Jorg", "jw@x.example", "Jörg Weiss"])
def test_a_manager_is_known_by_address_and_in_any_order_of_words_as_avoids_knows_people(
    manager: str,
) -> None:
    """The rule compared texts, so that somebody met his own manager."""
    mentees = pd.DataFrame({"Manager": [manager, "Eva Neri"]})
    names = pd.DataFrame(
        {"Email": ["jw@x.example", "e@x.example"], "Name": ["Jörg Weiss", "Bo Ray"]}
    )
    cohort = mm.Cohort(mentees, names.set_index("Email"))
    rule = mm.criteria.Different(mentee="Manager", mentor="Name")
    scored = mm.Criteria(rule).score(cohort)
    assert scored.block(slice(0, 2)).eligible.tolist() == [[False, True], [True, True]]
    told = any("taken for a person's" in note for note in scored.notes)
    assert told is (manager != "Jörg Weiss")


@pytest.mark.parametrize("said", ["Ewa Kruk", "Kruk, Ewa", "EWA KRUK"])
def test_a_full_name_where_ids_are_looked_for_names_the_column_of_names(said):
    """The cure was to ignore it, and a refusal would have counted for nothing."""
    cohort = mm.Cohort(
        mentees=pd.DataFrame({"not": [said]}, index=["a@example.org"]),
        mentors=pd.DataFrame({"Full name": ["Ewa Kruk"]}, index=["e@example.org"]),
    )
    with pytest.raises(mm.CohortError, match="called so in 'Full name': write of='Full name'"):
        mm.Criteria(mm.criteria.Avoids("not")).score(cohort)
    mm.Criteria(mm.criteria.Avoids("not", of="Full name")).score(cohort)
    nobody = mm.Cohort(
        mentees=cohort.mentees.assign(**{"not": "Max Muster"}), mentors=cohort.mentors
    )
    with pytest.raises(mm.CohortError, match="unknown='ignore'"):
        mm.Criteria(mm.criteria.Avoids("not")).score(nobody)
