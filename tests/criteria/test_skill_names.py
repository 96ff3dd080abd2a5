"""Names that people hold to be one skill are one, and no two others are."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import mentormatch as mm
from mentormatch.criteria import SkillCoverage, TagOverlap
from mentormatch.criteria.cells.skill_names import reader, shipped_table, skill_key
from mentormatch.criteria.suggest.suggest import propose_criteria

TABLE = shipped_table()
READ = reader("skills", {}, None, 1.0, TABLE)

ONE_NAME = [
    # How words are joined.
    "Front-end = frontend = front end = Front End Development",
    "back-end = Backend = back end",
    "full-stack = Full Stack = fullstack development",
    "machine-learning = Machine Learning = ML = machine learning (ML)",
    "CI/CD = CICD = CI-CD = CI / CD pipelines",
    "A/B testing = AB testing = A/B-Testing",
    "PL/SQL = PLSQL = PL SQL = Oracle PL/SQL",
    "ASP.NET = ASP .NET = Microsoft ASP.NET",
    "Power Shell = PowerShell = MS PowerShell = pwsh",
    "Java Script = JavaScript = JS = java-script",
    "Type Script = TypeScript = TS",
    "Git Hub = GitHub",
    "Word Press = WordPress",
    "e-commerce = eCommerce = E commerce",
    "no-SQL = NoSQL",
    "scikit-learn = scikit learn = sklearn",
    "Spring-Boot = springboot = Spring Boot",
    "Objective-C = Objective C = ObjC",
    "Node.js = NodeJS = node js = Node",
    "Vue.js = VueJS = Vue",
    "React.js = ReactJS = React = Facebook React",
    "test-driven development = TDD = Test Driven Development",
    # Order.
    "UI/UX = UX/UI = UI & UX = UX and UI = UIUX",
    "algorithms and data structures = Data Structures & Algorithms = DSA",
    # Long and short forms.
    "AI = Artificial Intelligence = A.I. = Künstliche Intelligenz",
    "TF = TensorFlow = Google TensorFlow",
    "QA = Quality Assurance",
    "OOP = Object-Oriented Programming = object oriented programming (OOP)",
    "LLM = LLMs = Large Language Models",
    "NLP = Natural Language Processing = Natural Language Processing (NLP)",
    "IoT = Internet of Things",
    "BI = Business Intelligence",
    "SRE = Site Reliability Engineering",
    "K8s = Kubernetes = kubernetes (K8s)",
    "AWS = Amazon Web Services = Amazon Web Services (AWS)",
    "GCP = Google Cloud = Google Cloud Platform",
    "DevOps = Dev Ops = dev-ops",
    "MLOps = ML Ops",
    "GenAI = Generative AI",
    "Postgres = PostgreSQL = psql",
    # Makers.
    "MS Excel = Microsoft Excel = Excel",
    "Microsoft Power BI = Power BI = MS Power-BI = PowerBI",
    "Microsoft Azure = Azure",
    "Apache Kafka = Kafka",
    "Apache Spark = Spark",
    "HashiCorp Terraform = Terraform",
    "Atlassian Jira = JIRA",
    "Adobe Photoshop = Photoshop",
    "AWS S3 = Amazon S3 = S3",
    "JetBrains PyCharm = PyCharm",
    "IBM SPSS = SPSS",
    # Quotes and accents.
    "O'Caml = OCaml = O’Caml",
    "Gestión de proyectos = gestion de proyectos",
    "“Lua” = Lua",
    "LÖVE = Love2D = löve 2d",
]


@pytest.mark.parametrize("line", ONE_NAME)
def test_names_that_people_hold_to_be_one_are_one(line: str) -> None:
    names = [name.strip() for name in line.split(" = ")]
    keys = {name: [key for key, _, _ in READ(name)] for name in names}
    assert len({tuple(key) for key in keys.values()}) == 1, keys
    assert len(keys[names[0]]) == 1


def test_there_are_more_than_a_hundred_pairs_of_such_names() -> None:
    sizes = [len(line.split(" = ")) for line in ONE_NAME]
    assert sum(size * (size - 1) // 2 for size in sizes) > 150


@pytest.mark.parametrize(
    ("names", "count"),
    [
        (["C", "C++", "C#", "Objective-C", "R", "D", "F#", "J", "Q#"], 9),
        ([".NET", "ASP.NET", "VB.NET", "ADO.NET", "net"], 5),
        (["Java", "JavaScript", "JavaFX", "Java EE", "JSON", "jQuery"], 6),
        (["SQL", "MySQL", "NoSQL", "PL/SQL", "T-SQL", "SQLite", "SQL Server", "PostgreSQL"], 8),
        (["React", "React Native", "Redux", "Preact"], 4),
        (["Python 3.11", "Python 31.1", "Angular", "AngularJS"], 4),
        (["UI", "UX", "UI/UX", "CI", "CI/CD"], 5),
        (["AI", "retail", "Go", "Django", "Lua", "LuaJIT", "Luau"], 7),
        # Marks tell letters of other scripts apart.
        (["バス", "ハス"], 2),
    ],
)
def test_names_of_different_things_stay_apart(names: list[str], count: int) -> None:
    assert len({tuple(key for key, _, _ in READ(name)) for name in names}) == count


@pytest.mark.parametrize(
    ("joined", "parts"),
    [
        ("C/C++", ["C", "C++"]),
        ("HTML/CSS", ["HTML", "CSS"]),
        ("HTML & CSS", ["HTML", "CSS"]),
        ("HTML5 and CSS3", ["HTML", "CSS"]),
        ("JavaScript / TypeScript", ["JS", "TS"]),
        ("Git und Docker", ["Git", "Docker"]),
        ("TCP/IP", ["TCP/IP"]),
        ("Research and Development", ["research and development"]),
    ],
)
def test_a_value_that_joins_known_names_is_each_of_them(joined: str, parts: list[str]) -> None:
    assert [key for key, _, _ in READ(joined)] == [READ(part)[0][0] for part in parts]


def test_a_mentor_who_offers_a_joined_name_covers_its_parts() -> None:
    cohort = mm.Cohort(
        pd.DataFrame({"wants": ["C++; CSS", "C/C++", "UX/UI"]}),
        pd.DataFrame({"offers": ["C/C++; HTML/CSS", "C", "UI/UX"]}),
    )
    compatibility = mm.Criteria(SkillCoverage("wants", "offers")).score(cohort)
    assert compatibility.dense().tolist() == [[1.0, 0.0, 0.0], [1.0, 0.5, 0.0], [0.0, 0.0, 1.0]]
    said = compatibility.breakdown(1, 1)["sentence"][0]
    assert said == "offers 1 of the 2 skills wanted: C; lacks C++"


@pytest.mark.parametrize(
    ("wants", "offers", "whole"),
    [
        (["OpenResty / nginx, Lua"], ["OpenResty/nginx, C"], ["OpenResty / nginx"]),
        (["OpenResty & nginx", "OpenResty & nginx", "Lua"], ["C"], ["OpenResty & nginx"]),
        # Somebody gives a part alone, or with another.
        (["HTML/CSS, Lua"], ["HTML/CSS, CSS"], []),
        (["HTML/CSS, Lua"], ["HTML/CSS, CSS/SQL"], []),
        # In another writing.
        (["React/Vue", "React/Vue"], ["Vue.js; ReactJS; Python"], []),
        (["JS/TS", "JS/TS"], ["JavaScript; TypeScript"], []),
        # Nobody else gives it.
        (["HTML/CSS, Lua"], ["Lua, C"], []),
    ],
)
def test_an_option_with_a_slash_of_which_nobody_gives_a_part_is_proposed_whole(
    wants: list[str], offers: list[str], whole: list[str]
) -> None:
    tables = (
        pd.DataFrame({"Learn": [*wants, "Lua, Go"]}),
        pd.DataFrame({"Teach": [*offers, "Lua, Go"]}),
    )
    cohort = mm.Cohort(*tables)
    (skills,) = [
        one for one in propose_criteria(cohort, None) if one.entry["kind"] == "SkillCoverage"
    ]
    assert [*skills.entry.get("aliases", {})] == whole
    assert all(one in skills.guess for one in whole)
    if len(wants) == 1 and whole:
        criterion = SkillCoverage("Learn", "Teach", aliases=skills.entry["aliases"])
        told = mm.Criteria(criterion).score(cohort).breakdown(0, 0)["sentence"][0]
        assert told == "offers 1 of the 2 skills wanted: OpenResty / nginx; lacks Lua"


def test_a_wish_of_one_answer_is_a_wish() -> None:
    cohort = mm.Cohort(
        pd.DataFrame({"wants": ["Front-end", "Lua"]}), pd.DataFrame({"offers": ["frontend", "Lua"]})
    )
    scores = mm.Criteria(SkillCoverage("wants", "offers")).score(cohort).dense()
    assert scores.tolist() == [[1.0, 0.0], [0.0, 1.0]]
    overlap = mm.Criteria(TagOverlap(mentee="wants", mentor="offers")).score(cohort).dense()
    assert overlap.tolist() == scores.tolist()


@given(name=st.text(max_size=30))
def test_a_key_is_its_own_key_and_a_name_read_again_stays(name: str) -> None:
    assert skill_key(skill_key(name)) == skill_key(name)
    for key, _, _ in READ(name):
        assert [again for again, _, _ in READ(key)] == [key] or not key


@given(
    words=st.lists(st.sampled_from(["data", "mesh", "edge", "x1", "c++"]), min_size=2, max_size=3)
)
def test_hyphens_blanks_slashes_and_nothing_join_words_alike(words: list[str]) -> None:
    assert len({skill_key(sign.join(words)) for sign in ("-", " ", "/", "_", "", " - ")}) == 1


def test_what_is_wanted_and_offered_by_nobody_is_listed_with_what_is_near() -> None:
    cohort = mm.Cohort(
        pd.DataFrame({"wants": ["Kubernets; Lua", "Kubernets; Haskell", "React"]}),
        pd.DataFrame({"offers": ["Kubernetes", "Lua; React Native"]}),
    )
    found = mm.criteria.skill_vocabulary(SkillCoverage("wants", "offers"), cohort)
    assert [str(one) for one in found.unmet] == [
        "'Kubernets' is wanted by 2, offered by nobody; near: Kubernetes",
        "'Haskell' is wanted by 1, offered by nobody",
        "'React' is wanted by 1, offered by nobody; near: React Native",
    ]


def test_a_name_that_occurs_once_and_differs_by_one_letter_is_listed() -> None:
    cohort = mm.Cohort(
        pd.DataFrame({"wants": ["Kubernetes; Html4", "Kubernetes", "Phyton"]}),
        pd.DataFrame({"offers": ["Kubernetis; Html5", "Python; C#; C++"]}),
    )
    found = mm.criteria.skill_vocabulary(SkillCoverage("wants", "offers"), cohort)
    # A number or a sign tells names apart; "Phyton" is two letters off.
    assert [str(one) for one in found.misspellings] == [
        "'Kubernetis' occurs once (among the mentors) and differs by one character from "
        "'Kubernetes' (2)"
    ]


def test_skill_vocabulary_of_another_criterion_is_refused() -> None:
    cohort = mm.Cohort(pd.DataFrame({"a": ["x"]}), pd.DataFrame({"a": ["x"]}))
    with pytest.raises(mm.CriterionError, match="skill_vocabulary needs a SkillCoverage, got Same"):
        mm.criteria.skill_vocabulary(mm.criteria.Same("a"), cohort)


def test_own_aliases_overrule_those_of_the_package_and_circles_through_them_are_found() -> None:
    alias, name = next((a, n) for a, n in TABLE.aliases.items() if n not in TABLE.aliases)
    assert READ(alias)[0][0] == name
    assert reader("skills", {alias: alias}, None, 1.0, TABLE)(alias)[0][0] == alias
    assert reader("skills", {alias: "knitting"}, None, 1.0, TABLE)(alias)[0][0] == "knitting"
    assert reader("skills", {"purl": alias}, None, 1.0, TABLE)("purl")[0][0] == name
    with pytest.raises(mm.errors.CriterionError, match="go round in a circle"):
        reader("skills", {name: alias}, None, 1.0, TABLE)


def test_what_the_shipped_names_turn_into_another_is_said_once_for_each_column() -> None:
    mentees = pd.DataFrame({"wants": ["k8s; Lua", "K8s; AWS", "JS", "TS: 3", "Kubernetes (K8s)"]})
    mentors = pd.DataFrame({"offers": ["Kubernetes", "kubernetes/AWS"]})
    skills = SkillCoverage("wants", "offers", aliases={"JS": "JavaScript"}, levels=5)
    assert mm.Criteria(skills).score(mm.Cohort(mentees, mentors)).notes == (
        'SkillCoverage: In "wants" (mentees) "k8s" counts as "kubernetes", "AWS" as "amazon web '
        'services", "TS" as "typescript", by the names that come with the package; "k8s" = "k8s" '
        "in aliases keeps one apart.",
        'SkillCoverage: In "offers" (mentors) "AWS" counts as "amazon web services", by the names '
        'that come with the package; "AWS" = "AWS" in aliases keeps one apart.',
    )
