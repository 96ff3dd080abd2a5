"""What a notebook shows: names, a table, the warning that matters, and never markup of people."""

from __future__ import annotations

import sys
from html.parser import HTMLParser
from typing import Any

import pandas as pd
import pytest
from reports_people import INJECTIONS, LEVELS, cohort_of, matching_of

import mentormatch as mm
from mentormatch.reports import display_html

TODAY = pd.Timestamp("2027-02-01 09:00", tz="UTC")


def everything_of(names: list[str] | None = None) -> dict[str, Any]:
    cohort = cohort_of(16, 6, names)
    criteria = mm.Criteria(
        mm.criteria.SkillCoverage(wants="wants", offers="offers", weight=2),
        mm.criteria.LevelGap("level", ladder=LEVELS, weight=1),
        mm.criteria.Different("team"),
    )
    matching = matching_of(cohort)
    audit = mm.audit(matching, groups=["gender"])
    free = mm.criteria.Availability("free", timezone="tz", dates=("2027-03-01", "2027-03-14"))
    hours = {"free": "Mon 9:00-10:00", "tz": "Europe/Berlin"}
    planned = mm.Cohort(cohort.mentees.assign(**hours), cohort.mentors.assign(**hours))
    problem = mm.Problem(criteria.score(planned), capacity=4)
    lot = mm.match(matching.problem, "lottery")
    learning = mm.planning.Objective("Learn", "rating", 0.8, criteria=["SkillCoverage"])
    busy = {"person": matching.problem.mentee_ids[:1], "start_utc": TODAY, "end_utc": TODAY}
    return {
        "BusyTimes": mm.planning.BusyTimes(pd.DataFrame(busy)),
        "MeetingPlan": mm.plan_meetings(mm.match(problem), 2, "1 week", availability=free),
        "Learned": mm.learn_weights(
            criteria, cohort, mm.feedback.Ratings(rated_pairs(matching)), target="rating"
        ),
        "Cohort": cohort,
        "Criteria": criteria,
        "Compatibility": matching.problem.compatibility,
        "Problem": matching.problem,
        "Matching": matching,
        "Certificate": matching.certificate,
        "Audit": audit,
        "Feasibility": audit.feasibility,
        "Optimality": audit.optimality,
        "Stability": audit.stability,
        "Fairness": audit.fairness,
        "Explanation": mm.explain(matching),
        "Comparison": mm.compare(matching.problem, ["optimal", "stable"]),
        "Frontier": mm.frontier(matching.problem, "total", "first_choices"),
        "InstanceMap": mm.comparison.map_instances(
            matching.problem, ["optimal"], known={"own": [matching.problem]}
        ),
        "Ratings": mm.feedback.Ratings(rated_pairs(matching)),
        "PolicyValue": mm.evaluate_policy(
            lot, matching, lot.pairs[["mentee", "mentor"]].assign(outcome=0.5)
        ),
        "ObjectivesCheck": mm.planning.check_objectives([learning], criteria, ["rating"]),
        "ProgrammeStatus": mm.programme_status(matching, events_of(matching)),
        "TrainingNeeds": mm.training_needs(matching.problem, matching),
        "Decisions": mm.Decisions((("mentee-0000", "mentor-0000", "so"),), (), (), ("look again",)),
        "Letters": matching.letters(),
    }


def rated_pairs(matching: mm.Matching) -> Any:
    return matching.pairs[["mentee", "mentor"]].assign(by="mentee", rating=0.5)


def events_of(matching: mm.Matching) -> pd.DataFrame:
    return matching.pairs[["mentee", "mentor"]].assign(date="2027-02-01", event="accepted")


PLAIN = everything_of()


class Reader(HTMLParser):
    """Reads what a display shows."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        assert all(name in ("style", "class", "border") for name, _ in attrs), attrs

    def handle_data(self, data: str) -> None:
        self.text += data + "\n"


@pytest.mark.parametrize("kind", PLAIN)
def test_every_object_has_a_display_with_a_table(kind: str) -> None:
    reader = Reader()
    reader.feed(PLAIN[kind]._repr_html_())
    assert "table" in reader.tags
    assert len(reader.text) < 20_000
    assert not {"script", "img", "iframe"} & set(reader.tags)


def test_people_are_named_with_reasons_and_the_warning_that_matters() -> None:
    shown = PLAIN["Matching"]._repr_html_()
    assert "Sample Ada-0" in shown
    assert "Sample Linus-" in shown
    assert "strongest reason" in shown
    assert "has no mentor: " in shown
    assert "There are 5 seats too few for everybody." in PLAIN["Problem"]._repr_html_()
    assert "would both rather have each other" not in display_html(PLAIN["Audit"].feasibility)


def test_a_plan_and_what_was_learned_show_names_and_their_one_warning() -> None:
    plan = PLAIN["MeetingPlan"]
    assert not plan.complete
    shown = plan._repr_html_()
    assert "Sample Ada-0" in shown
    assert "01 Mar 2027 09:00" in shown
    assert "cannot meet all of" in shown
    assert "#c77700" in shown
    learned = PLAIN["Learned"]._repr_html_()
    assert "answers are too few to learn from" in learned
    assert learned.count("#c77700") == 1


def test_a_progress_bar_goes_from_step_to_step_and_closes_what_is_done() -> None:
    import io
    from functools import partial

    from tqdm import tqdm

    written = io.StringIO()
    show = mm.reports.progress_bar(partial(tqdm, file=written, mininterval=0))
    for done in (10, 25, 40):
        show(mm.ProgressEvent("reasons", done=done, of=40))
    show(mm.ProgressEvent("round", round=2, gap=0.003))
    said = written.getvalue()
    assert "Writing down the reasons: 100%" in said
    assert "40/40" in said
    assert "Solving, round 2: at most 0.3 % may be missing" in said


def test_a_progress_bar_of_its_own_is_that_of_tqdm_and_says_where_it_lacks(monkeypatch) -> None:
    import tqdm.auto

    made = []

    class Bar:
        n = 0

        def __init__(self, total, desc):
            made.append(desc)

        def update(self, by):
            pass

        def set_description_str(self, text):
            made.append(text)

    monkeypatch.setattr(tqdm.auto, "tqdm", Bar)
    mm.reports.progress_bar()(mm.ProgressEvent("round", round=2, gap=0.003))
    assert made[-1] == "Solving, round 2: at most 0.3 % may be missing"
    monkeypatch.setitem(sys.modules, "tqdm.auto", None)
    with pytest.raises(mm.MissingPackageError, match="A progress bar needs tqdm: pip install"):
        mm.reports.progress_bar()


def test_hostile_names_are_text_in_every_display() -> None:
    for kind, shown in everything_of(INJECTIONS).items():
        reader = Reader()
        reader.feed(shown._repr_html_())
        assert not {"script", "img", "svg", "b"} & set(reader.tags), kind


@pytest.mark.parametrize(
    "kind",
    [
        one
        for room in (mm, mm.comparison, mm.feedback, mm.planning, mm.audits, mm.reports)
        for one in (getattr(room, name) for name in sorted(room.__all__))
        if isinstance(one, type)
        and not issubclass(one, Exception)
        and {"table", "to_frame", "figures", "skills"}
        & {*dir(one), *getattr(one, "__dataclass_fields__", ())}
    ],
    ids=lambda kind: kind.__name__,
)
def test_whatever_holds_a_table_shows_it(kind: type) -> None:
    """A frontier was plain text in a notebook that ends with it."""
    assert hasattr(kind, "_repr_html_")


def test_what_has_no_display_is_said() -> None:
    with pytest.raises(TypeError, match="there is no display of a dict"):
        display_html({})
