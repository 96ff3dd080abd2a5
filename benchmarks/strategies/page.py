"""A page of charts, and a table for the documents, from the rows of a benchmark."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from pathlib import Path

PAPER = {"font": "Liberation Sans, Arial, sans-serif", "background": "white", "padding": 12}
# Told apart without colour by what stands at the left of each row.
KINDS = {"domain": ["strategy", "peer"], "range": ["#08656d", "#b35900"]}
PER_MENTEE = {
    "score": "total score, share of the best",
    "blocking": "blocking pairs, per mentee",
    "unmatched": "mentees without a mentor, share",
    "gini": "inequality (Gini)",
}


def summarise(rows: pd.DataFrame) -> pd.DataFrame:
    """Return one row a solver: runs, failures, verified, medians and the first failure's reason."""
    rows = relative(rows)
    ran = rows["status"] != "failed"
    by = rows.groupby("solver_name", sort=False)
    table = by.agg(kind=("solver_kind", "first"), runs=("solver_name", "size"))
    table["failed"] = (~ran).groupby(rows["solver_name"]).sum()
    table["verified"] = rows[ran].groupby("solver_name")["verified"].sum()
    for name in PER_MENTEE:
        table[name] = rows[ran].groupby("solver_name")[name].median()
    table["time"] = rows[ran].groupby("solver_name")["time"].median()
    why = rows[~ran].groupby("solver_name")["message"].first()
    table["reason"] = why.reindex(table.index).fillna("")
    table["verified"] = table["verified"].fillna(0).astype(int)
    return table.reset_index()


def relative(rows: pd.DataFrame) -> pd.DataFrame:
    """Add measures that can be put beside each other over scenarios."""
    rows = rows.copy()
    where = ["dataset_name", "idx_rep"]
    best = rows.groupby(where)["objective_total"].transform("max")
    rows["score"] = rows["objective_total"] / best
    rows["blocking"] = rows["objective_blocking_pairs"] / rows["mentees"]
    rows["unmatched"] = 1 - rows["objective_coverage"] / rows["mentees"]
    rows["gini"] = rows["objective_gini"]
    return rows


def page_of(rows: pd.DataFrame) -> Any:
    """Draw the page: outcomes by solver, the trade-off by scenario, and times."""
    import altair as alt

    rows = relative(rows)
    ran = rows[rows["status"] != "failed"]
    order = ran.groupby("solver_name")["score"].median().sort_values(ascending=False).index.tolist()
    colour = alt.Color("solver_kind:N", title=None, scale=alt.Scale(**KINDS))
    solver = alt.Y("solver_name:N", sort=order, title=None)
    some = ["solver_name", "solver_kind", "dataset_name", "time", *PER_MENTEE]
    base = alt.Chart(ran[some])

    def dots(name: str, title: str, *, first: bool, **scale: Any) -> Any:
        axis = alt.Axis(tickCount=4, labelOverlap=True)
        x = alt.X(f"{name}:Q", title=title, axis=axis, scale=alt.Scale(zero=False, **scale))
        y = solver if first else solver.axis(None)
        ticks = base.mark_tick(opacity=0.35, thickness=1).encode(x=x, y=y, color=colour)
        middle = base.mark_point(filled=True, size=38, opacity=1).encode(
            x=alt.X(f"median({name}):Q", title=title), y=y, color=colour
        )
        return (ticks + middle).properties(width=150, height=13 * len(order))

    outcomes = alt.hconcat(
        *(dots(name, title, first=not k) for k, (name, title) in enumerate(PER_MENTEE.items())),
        title="A. What each gives: every run a tick, the median a dot",
    )
    times = dots("time", "seconds", first=True, type="log").properties(
        width=470,
        title="B. Time of a run: problem in memory to pairs, ours with their proof",
    )
    medians = (
        ran[ran["solver_kind"] == "strategy"]
        .groupby(["dataset_name", "solver_name"])[["score", "blocking"]]
        .median()
        .reset_index()
    )
    trade = (
        alt.Chart(medians)
        .mark_point(size=42, filled=True, opacity=0.9)
        .encode(
            x=alt.X(
                "blocking:Q", title="blocking pairs, per mentee", scale=alt.Scale(type="symlog")
            ),
            y=alt.Y("score:Q", title="share of the best total", scale=alt.Scale(zero=False)),
            color=alt.Color("solver_name:N", title=None, scale=alt.Scale(scheme="tableau20")),
            shape=alt.Shape("solver_name:N", title=None),
        )
        .properties(width=170, height=120)
        .facet(alt.Facet("dataset_name:N", title=None), columns=4)
        .properties(title="C. Total score against stability, medians by scenario")
        .resolve_scale(x="independent", y="independent")
    )
    # Of peers alone there is no trade-off to show.
    parts = (outcomes, times, trade) if len(medians) else (outcomes, times)
    page = alt.vconcat(*parts).resolve_scale(color="independent", shape="independent")
    return page.configure(**PAPER).configure_view(stroke="#dde3e2").configure_title(anchor="start")


def write_page(rows: pd.DataFrame, folder: Path) -> list[Path]:
    """Write the page as PDF and PNG, and the table as CSV and Markdown; return their paths."""
    import vl_convert

    drawing = page_of(rows).to_dict()
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / name for name in ("page.pdf", "page.png", "table.csv", "table.md")]
    paths[0].write_bytes(vl_convert.vegalite_to_pdf(drawing))
    paths[1].write_bytes(vl_convert.vegalite_to_png(drawing, scale=2))
    table = summarise(rows)
    table.to_csv(paths[2], index=False)
    paths[3].write_text(as_markdown(table), encoding="utf-8")
    return paths


def as_markdown(table: pd.DataFrame) -> str:
    """Write the table of solvers for a page of the documents."""
    heads = [
        "solver",
        "runs",
        "failed",
        "verified",
        *PER_MENTEE.values(),
        "seconds",
        "why it failed",
    ]
    lines = [f"| {' | '.join(heads)} |", "|" + "---|" * len(heads)]
    for row in table.to_dict("records"):
        numbers = [
            "–" if pd.isna(row[name]) else f"{row[name]:.3g}" for name in [*PER_MENTEE, "time"]
        ]
        counts = [str(row[name]) for name in ("solver_name", "runs", "failed", "verified")]
        why = str(row["reason"]).replace("|", r"\|")
        lines.append(f"| {' | '.join([*counts, *numbers, why])} |")
    return "\n".join(lines) + "\n"
