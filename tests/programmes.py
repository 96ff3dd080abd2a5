"""Small programmes on disk: two tables and a file, with whatever a test wants to be wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

MENTEES = """id,name,email,wants,level,team,gender
ada,Ada A,ada@example.org,Lua; C++,junior,Platform,woman
bob,Bob B,bob@example.org,SQL,junior,Data,man
cleo,Cleo C,cleo@example.org,Perl,mid,Web,woman
"""
MENTORS = """id,name,email,offers,level,team,seats
linus,Linus L,linus@example.org,C++; Lua,senior,Kernel,1
grace,Grace G,grace@example.org,SQL; COBOL,senior,Data,1
"""
TABLES = """[tables]
mentees = "mentees.csv"
mentors = "mentors.csv"
"""
PROGRAMME = (
    TABLES
    + """
[[criteria]]
kind = "SkillCoverage"
wants = "wants"
offers = "offers"
weight = 2

[[criteria]]
kind = "Different"
column = "team"

[problem]
capacity = "seats"
"""
)


def programme_in(
    folder: Path, text: str = PROGRAMME, *, mentees: str = MENTEES, mentors: str = MENTORS
) -> Path:
    """Write two tables and a programme file into a folder, and give the file."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "mentees.csv").write_text(mentees, encoding="utf-8")
    (folder / "mentors.csv").write_text(mentors, encoding="utf-8")
    path = folder / "programme.toml"
    path.write_text(text, encoding="utf-8")
    return path
