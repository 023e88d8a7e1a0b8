"""Reading and writing elections: both formats, and every way in which a file can be broken."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elections.counting.blt import read_blt, write_blt
from elections.counting.contest import Ballot, CannotCount, Contest
from elections.counting.papers import BrokenFile
from elections.counting.reading import read_contest, read_file
from tests.counting.data import each, published, read_json
from tests.counting.elections import MOST, contests

BLT = """\
4 2  # four candidates, two seats
# who withdrew:
-3

3 1 3 4 0
(C7) 1 2 - 4 0 # a label, and a rank skipped
2 0
1500 2 0
0
"Adam # not a comment"
"Basil \\"Bob\\" the \\\\ Great"
"Charlotte ""Lotte"" C"
"Dörte"   # a comment
"A title, with commas"
"""

CSV = """\
3,2,
3,1,3,
1,2,
2,
1500,3,2,1,
"Candidate 1","Adam, the first","Independent (Ind)",
"Candidate 2","Basil ""Bob"" Brown","",
"Candidate 3","Dörte","Party (P)",
"Ward 3, with a comma",
"""


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_a_blt_file_with_all_that_there_can_be(mark, ends):
    assert read_contest(mark + BLT.replace("\n", ends), "a.blt") == Contest(
        title="A title, with commas",
        candidates=(
            *("Adam # not a comment", 'Basil "Bob" the \\ Great', 'Charlotte "Lotte" C', "Dörte"),
        ),
        seats=2,
        ballots=(Ballot(3, (1, 3, 4)), Ballot(1, (2, 4)), Ballot(2, ()), Ballot(1500, (2,))),
        withdrawn=frozenset({3}),
    )


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("text", [CSV, CSV.rstrip("\n"), CSV.replace(",\n", "\n")])
def test_a_scottish_file(text, mark, ends):
    assert read_contest(mark + text.replace("\n", ends), "a.csv") == Contest(
        title="Ward 3, with a comma",
        candidates=("Adam, the first", 'Basil "Bob" Brown', "Dörte"),
        seats=2,
        ballots=(Ballot(3, (1, 3)), Ballot(1, (2,)), Ballot(2, ()), Ballot(1500, (3, 2, 1))),
    )


def test_who_withdrew_may_stand_on_several_lines():
    text = '3 1\n-1\n-2\n1 3 0\n0\n"A"\n"B"\n"C"\n"T"\n'
    assert read_blt(text, "a").withdrawn == {1, 2}


NAMES = '"A"\n"B"\n"T"\n'


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("", 1, "the file is empty"),
        ("# nothing\n\n", 3, "the file is empty"),
        (f"2\n1 1 0\n0\n{NAMES}", 1, "number of candidates and of seats"),
        (f"two 1\n1 1 0\n0\n{NAMES}", 1, "number of candidates is not a whole number: 'two'"),
        (f"2 -1\n1 1 0\n0\n{NAMES}", 1, "number of seats is not a whole number: '-1'"),
        (f"2 0\n1 1 0\n0\n{NAMES}", 1, "at least one candidate and one seat"),
        (f"2 1\n1 1 2 1 0\n0\n{NAMES}", 2, "candidate 1 is named twice"),
        (f"2 1\n1 1 0\n1 3 0\n0\n{NAMES}", 3, "no candidate 3: they go from 1 to 2"),
        (f"2 1\n1 0 1 0\n0\n{NAMES}", 2, "no candidate 0"),
        (f"2 1\n1 1 2\n0\n{NAMES}", 2, "must end with 0"),
        (f"2 1\n1.5 1 2 0\n0\n{NAMES}", 2, "number of papers is not a whole number: '1.5'"),
        (f"2 1\nx 1 2 0\n0\n{NAMES}", 2, "number of papers is not a whole number: 'x'"),
        (f"2 1\n-1 1 0\n0\n{NAMES}", 2, "not a candidate who withdrew, such as -3: '1'"),
        (f"2 1\n0 1 0\n0\n{NAMES}", 2, "number of papers must be at least 1"),
        (f"2 1\n1 1_0 0\n0\n{NAMES}", 2, "a preference is not a whole number: '1_0'"),
        (f"2 1\n1 1 +2 0\n0\n{NAMES}", 2, "a preference is not a whole number: '+2'"),
        (
            f"2 1\n1 \N{ARABIC-INDIC DIGIT ONE} 0\n0\n{NAMES}",
            2,
            "a preference is not a whole number",
        ),
        (f"2 1\n1 1=2 0\n0\n{NAMES}", 2, "equal preferences cannot be counted: '1=2'"),
        (f"2 1\n-3\n1 1 0\n0\n{NAMES}", 2, "no candidate 3 to withdraw"),
        (f"2 1\n-1 -1\n1 1 0\n0\n{NAMES}", 2, "candidate 1 withdrew already"),
        (f"2 1\n1 1 0\n-2\n0\n{NAMES}", 3, "must end with 0"),
        (f"2 1\n1 1 0\n{NAMES}", 3, "a name stands here already"),
        ("2 1\n1 1 0\n", 3, "no end: a line with 0 alone is missing"),
        ('2 1\n1 1 0\n0\n"A"\n', 5, "the name of candidate 2 is missing"),
        ('2 1\n1 1 0\n0\n"A"\n"B"\n', 6, "the title is missing"),
        ('2 1\n1 1 0\n0\n"A"\n""\n"T"\n', 5, "the name of candidate 2 is empty"),
        ('2 1\n1 1 0\n0\nA\n"B"\n"T"\n', 4, "candidate 1 must stand in double quotes"),
        ('2 1\n1 1 0\n0\n"A" "B"\n"T"\n', 4, "candidate 1 must stand in double quotes"),
        ('2 1\n1 1 0\n0\n"A\n"B"\n"T"\n', 4, "candidate 1 must stand in double quotes"),
        (f'2 1\n1 1 0\n0\n{NAMES}"C"\n', 7, "nothing may follow the title"),
        (f"2 1\n1 {'9' * 5000} 0\n0\n{NAMES}", 2, "a preference is not a whole number"),
    ],
)
def test_a_broken_blt_file_says_where_and_what(text, line, says):
    with pytest.raises(BrokenFile) as broken:
        read_contest(text, "a.blt")
    assert says in broken.value.problem
    assert broken.value.line == line
    assert str(broken.value) == f"a.blt, line {line}: {broken.value.problem}"


CANDIDATES = '"Candidate 1","A","P",\n"Candidate 2","B","P",\n'


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("2,\n", 1, "number of candidates and of seats"),
        (f"2,x,\n1,1,\n{CANDIDATES}T", 1, "number of seats is not a whole number: 'x'"),
        (f"2,1,\n1,1,2,1,\n{CANDIDATES}T", 2, "candidate 1 is named twice"),
        (f"2,1,\n1,3,\n{CANDIDATES}T", 2, "no candidate 3"),
        (f"2,1,\n1,0,\n{CANDIDATES}T", 2, "no candidate 0"),
        (f"2,1,\n0,1,\n{CANDIDATES}T", 2, "number of papers must be at least 1"),
        (f"2,1,\nx,1,\n{CANDIDATES}T", 2, "number of papers is not a whole number: 'x'"),
        (f"2,1,\n1,1,,2,\n{CANDIDATES}T", 2, "a preference is not a whole number: ''"),
        ("2,1,\n1,1,\n", 3, "the name of candidate 1 is missing"),
        ('2,1,\n1,1,\n"Candidate 1","A","P",\n', 4, "the name of the ward is missing"),
        ('2,1,\n1,1,\n"Candidate 1","A","P",\n"T",\n', 4, "candidate 2 of 2 is missing"),
        ('2,1,\n1,1,\n"Candidate 2","A","P",\n', 3, "candidate 2 is named where 1 of 2"),
        ('2,1,\n1,1,\n"Candidate 1","","P",\n', 3, "the name of candidate 1 is empty"),
        (f'2,1,\n1,1,\n{CANDIDATES}"Candidate 3","C","P",\n', 5, "candidate 3 is named where 3"),
        (f"2,1,\n1,1,\n{CANDIDATES}", 5, "the name of the ward is missing"),
        (f"2,1,\n1,1,\n{CANDIDATES}T\nU\n", 6, "nothing may follow the name of the ward"),
    ],
)
def test_a_broken_scottish_file_says_where_and_what(text, line, says):
    with pytest.raises(BrokenFile) as broken:
        read_contest(text, "a.csv")
    assert says in broken.value.problem
    assert broken.value.line == line


def test_a_file_that_is_not_utf_8_says_where(tmp_path):
    path = tmp_path / "a.blt"
    path.write_bytes('1 1\n1 1 0\n0\n"Jörg"\n"T"\n'.encode("latin-1"))
    with pytest.raises(BrokenFile) as broken:
        read_file(path)
    assert str(broken.value) == f"{path}, line 4: this is not UTF-8"


line_of_text = st.text(
    st.characters(exclude_characters="\n\r", exclude_categories=["Cs"]), max_size=20
)


@given(
    contests(),
    st.lists(line_of_text.filter(str.strip), min_size=MOST, max_size=MOST),
    line_of_text,
)
def test_a_contest_comes_back_from_blt_and_the_file_too(drawn, names, title):
    contest = Contest(
        title=title,
        candidates=tuple(names[: len(drawn.candidates)]),
        seats=drawn.seats,
        ballots=tuple(ballot for ballot in drawn.ballots if ballot.weight),
        withdrawn=drawn.withdrawn,
    )
    text = write_blt(contest)
    again = read_blt(text, "again")
    assert again == contest
    assert write_blt(again) == text


@pytest.mark.parametrize("name", each(read_json("scottish_stv/results.json")))
def test_a_council_election_comes_back_from_blt(name):
    contest = published(f"scottish_stv/{name}.csv")
    assert read_contest(write_blt(contest), name) == contest


@pytest.mark.parametrize("name", ["", " ", "two\nlines", "two\rlines"])
def test_names_that_blt_cannot_hold_are_refused(name):
    with pytest.raises(CannotCount, match="BLT file cannot hold"):
        write_blt(Contest("T", (name,), 1, ()))


@given(st.text(max_size=60))
def test_no_text_breaks_the_reader(text):
    with pytest.raises(BrokenFile):
        read_contest(text, "any")


numbers = st.sampled_from(["0", "1", "2", "3", "-", "-1", "1=2", "#", '"A"', "(x)", "\n", ","])


@given(st.lists(numbers, max_size=30).map(" ".join))
def test_what_looks_like_a_file_is_read_or_refused(text):
    try:
        contest = read_contest(f"2 1\n{text}\n0\n{NAMES}", "any")
    except BrokenFile:
        return
    assert len(contest.candidates) == 2
