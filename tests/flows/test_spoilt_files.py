"""Spoilt files of every kind that is read: a result or one line of a PoseError.

The long run is bench/mutations.py.
"""

import pytest

from bench import mutations
from bench.mutation_targets import prepare, targets

CASES = 12
# A window or torch for each of them takes longer than all the others together.
SLOW = {"project in the window", "checkpoint.safetensors"}


@pytest.mark.parametrize("name", [name for name in targets() if name not in SLOW])
def test_a_spoilt_file_is_read_or_refused_in_one_line(name, tmp_path):
    target, whole = targets()[name], tmp_path / "whole"
    prepare(target, whole)
    outcomes = [(number, *mutations.one_case(target, whole, number)) for number in range(CASES)]
    assert not [case for case in outcomes if case[1] == "crashed"]
    assert any(case[1] == "refused" for case in outcomes) or name in ("runs and predictions", "video mpegts")
