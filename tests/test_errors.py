"""Errors for people: one line, whatever is quoted in them."""

import pytest

from poseapp.errors import FormatError, PoseError


@pytest.mark.parametrize("text", ["two\nlines", "two\r\n  lines", "two\u2028lines", "two\x85lines"])
def test_an_error_is_one_line(text):
    assert str(FormatError(text)) == "two lines"


def test_spaces_in_names_stay_and_endless_text_ends():
    assert str(PoseError("no such file: my  walk.mp4")) == "no such file: my  walk.mp4"
    assert len(str(PoseError("a" * 10**6))) < 1100
