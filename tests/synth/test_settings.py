"""What can be said about drawn people, and what is refused with its name."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from poseapp.errors import SynthError
from poseapp.synth.body.model import BodyModel
from poseapp.synth.settings import OLDEST, SynthSettings


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"width": 64.5}, "width must be a whole number"),
        ({"width": 16}, "between 32 and 4096"),
        ({"min_people": True}, "min_people must be a whole number"),
        ({"min_people": 3, "max_people": 2}, "the least not above the most"),
        ({"dense": "no"}, "dense must be true or false"),
        ({"poses": ["everyday"]}, "poses must be names with a number each"),
        ({"poses": {"dancing": 1.0}}, "unknown poses: dancing"),
        ({"poses": {"sport": float("inf")}}, "poses must be names"),
        ({"poses": {"sport": 0.0}}, "one must be above 0"),
        ({"fabrics": {}}, "one must be above 0"),
        ({"camera_height_m": [1.0, float("inf")]}, "two numbers"),
        ({"camera_height_m": [1.0]}, "two numbers"),
        ({"person_size": [2, 1]}, "the smaller first"),
        ({"bvh_folder": 5}, "bvh_folder must be text"),
        ({"youngest_age": 0.95}, "nobody sampled is older"),
        ({"low_light": 1.5}, "low_light must lie in 0..1"),
        ({"noise": float("nan")}, "noise must be a number"),
        ({"cameras": 0}, "1 to 16 cameras"),
        ({"hats": 3}, "unknown setting: hats"),
    ],
)
def test_what_makes_no_sense_is_refused_by_name(change, said):
    with pytest.raises(SynthError, match=said) as caught:
        SynthSettings.from_dict(change)
    assert "\n" not in str(caught.value)


@given(
    st.integers(32, 4096),
    st.floats(0, OLDEST),
    st.tuples(st.floats(0.1, 1), st.floats(1, 3)),
    st.booleans(),
)
def test_settings_survive_plain_values(width, age, size, shadows):
    settings = SynthSettings(width=width, youngest_age=age, person_size=size, shadows=shadows)
    values = settings.to_dict()
    values["person_size"] = list(values["person_size"])
    assert SynthSettings.from_dict(values) == settings


def test_somebody_is_old_enough_for_every_age_allowed(body: BodyModel):
    assert body.sample_phenotype(np.random.default_rng(0), OLDEST).age >= OLDEST
