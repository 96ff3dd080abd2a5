"""A programme file as text: where each key stands, and what is said when it is no TOML."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import pytest

from mentormatch.errors import ConfigurationError
from mentormatch.programme.file.document import format_key, read_document

if TYPE_CHECKING:
    from pathlib import Path

EVERY_FORM = """# a comment
[tables]
mentees = "a"
"what next?" = 1

[problem]
pins = [
  ["a", "b"],   # with a comment,
  ["c", "d"],
]
[[criteria]]
kind = "x"
[[criteria]]
kind = "y"
wieght = 2
[criteria.curve]
1 = 2
[match.strategy]
x.y = 3
text = \"\"\"
[no.table]
no_key = 2
\"\"\"
inline = { deep = [{ deeper = 1 }] }
"""
LINES = {
    ("tables",): 2,
    ("tables", "what next?"): 4,
    ("problem", "pins"): 7,
    ("problem", "pins", 1, 0): 7,
    ("criteria", 0, "kind"): 12,
    ("criteria", 1): 13,
    ("criteria", 1, "wieght"): 15,
    ("criteria", 1, "curve", "1"): 17,
    ("match", "strategy", "x", "y"): 19,
    ("match", "strategy", "text"): 20,
    ("match", "strategy", "inline", "deep", 0, "deeper"): 24,
    # What is not there is looked for where it should be.
    ("criteria", 1, "column"): 13,
    ("tables", "mentors"): 2,
}


def written(folder: Path, text: str) -> Path:
    path = folder / "programme.toml"
    path.write_bytes(text.encode())
    return path


def said_about(folder: Path, content: str | bytes) -> str:
    path = folder / "programme.toml"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(ConfigurationError) as caught:
        read_document(path)
    (finding,) = caught.value.findings
    return str(finding).removeprefix(f"{path}, ").removeprefix(f"{path}: ")


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_every_key_has_the_line_on_which_its_statement_begins(tmp_path: Path, end: str) -> None:
    document = read_document(written(tmp_path, EVERY_FORM.replace("\n", end)))
    assert {path: document.line_of(path) for path in LINES} == LINES


def test_a_key_that_is_nowhere_has_no_line(tmp_path: Path) -> None:
    document = read_document(written(tmp_path, "a = 1"))
    assert document.line_of(("tables", "mentees")) is None


def test_keys_are_written_as_people_read_them() -> None:
    assert format_key(("criteria", 1, "wieght")) == "criteria[2].wieght"
    assert format_key(("tables", "separators", "What next?")) == 'tables.separators."What next?"'


def test_a_byte_order_mark_and_windows_line_ends_make_no_difference(tmp_path: Path) -> None:
    path = tmp_path / "programme.toml"
    path.write_bytes(b"\xef\xbb\xbf[tables]\r\nmentees = 'a'\r\n")
    assert read_document(path).content == {"tables": {"mentees": "a"}}


@pytest.mark.parametrize(
    ("text", "line", "cure"),
    [
        ("[tables]\nmentees = people.csv", 2, "Text stands in quotes"),
        ("[a]\nb = yes", 2, "yes and no are true and false"),
        ('[a]\nb = "one\ntwo"', 2, 'begins with " and does not end'),
        ('[a]\npath = "C:\\Users\\me.csv"', 2, "Write paths with /"),
        ("[a]\nb = “curly”", 2, "quotation marks must be straight"),
        ("[tables\nmentees = 1", 1, "a bracket [ is not closed with ]"),
        ("[a]\njob title = 1", 2, 'more than one word stands in quotes: "job title" = …'),
        ("a: 1", 1, "a line is: key = value"),
        ("[a]\nb = 1\nb = 2\n[c]\nd = 1", 3, "here for the second time"),
        ("[[criteria]]\nkind = 'x'\n[criteria]", 3, "[[criteria]] in double brackets"),
        ("[a]\npins = [['a', 'b']\n\n[match]\nseed = 0", 2, "a bracket [ is not closed with ]"),
        ("a = {b = 1", 1, "a brace { is not closed with }"),
        ("a = 1,5", 1, "a decimal point, not a comma"),
        ("a = 007", 1, "no leading zeros"),
        ('a = "x" "y"', 1, "One key on each line"),
        ('a = """open', 1, 'begins with " and does not end'),
    ],
)
def test_broken_toml_is_said_with_its_line_and_in_plain_words(
    tmp_path: Path, text: str, line: int, cure: str
) -> None:
    said = said_about(tmp_path, text)
    assert said.startswith(f"line {line}: found ")
    assert cure in said


def test_a_file_in_another_encoding_is_said_with_its_line(tmp_path: Path) -> None:
    said = said_about(tmp_path, "[tables]\nmentees = 'für.csv'\n".encode("cp1252"))
    assert said == "line 2: the file is not in UTF-8. Save it again with the encoding UTF-8."


def test_lists_within_lists_without_end_are_no_crash(tmp_path: Path) -> None:
    assert "nested too deeply" in said_about(tmp_path, "a = " + "[" * 5000)


def test_a_file_that_is_not_there_is_said_with_the_nearest_name(tmp_path: Path) -> None:
    written(tmp_path, "")
    with pytest.raises(ConfigurationError, match=r"no such file.*Did you mean 'programme.toml'\?"):
        read_document(tmp_path / "program.toml")
    with pytest.raises(ConfigurationError, match="`mentormatch init` writes a first one"):
        read_document(tmp_path / "nowhere" / "program.toml")


def test_a_folder_is_no_programme_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"this is a folder\. Name the programme"):
        read_document(tmp_path)


def test_thousands_of_wrong_entries_are_found_their_lines_quickly(tmp_path: Path) -> None:
    """Every line was looked for by reading the whole file again: 3,000 took two minutes."""
    entries = "".join(f"  ['mentee {k}', 'mentor {k}'],\n" for k in range(20_000))
    keys = "".join(f"key{k} = {k}\n" for k in range(5_000))
    document = read_document(written(tmp_path, f"{keys}[problem]\npins = [\n{entries}]\n"))
    started = time.process_time()
    for k in range(20_000):
        assert document.finding(("problem", "pins", k), None, "expected.").row == 5002
    assert document.line_of(("key4999",)) == 5000
    assert time.process_time() - started < 10


@pytest.mark.parametrize(
    "text",
    [
        "a = '''\n" + "x\n" * 20_000 + "'''\n",
        "a = [\n" + "1\n,\n" * 20_000 + "]\n",
        "a = 1\n" * 2 + "".join(f"b{k} = 1\n" for k in range(4_000)),
        "[" * 30 + "\n" * 20_000,
    ],
)
def test_long_statements_and_repeated_keys_are_read_in_one_go(tmp_path: Path, text: str) -> None:
    started = time.process_time()
    assert line_of_a(written(tmp_path, text)) in (1, 2)
    assert time.process_time() - started < 10


def line_of_a(path: Path) -> int | None:
    """The line of the key a, or of what is wrong."""
    try:
        return read_document(path).line_of(("a",))
    except ConfigurationError as error:
        return error.findings[0].row


@pytest.mark.skipif(os.name != "posix", reason="devices are those of POSIX")
def test_a_device_is_no_programme_file(tmp_path: Path) -> None:
    path = tmp_path / "programme.toml"
    path.symlink_to("/dev/zero")
    with pytest.raises(ConfigurationError, match="it is a pipe or a device, not a file"):
        read_document(path)
