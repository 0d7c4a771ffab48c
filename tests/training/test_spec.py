"""Options of a run: round trip and refusals."""

import pytest

from poseapp.errors import TrainingError
from poseapp.training.spec import Augmentation, TrainSpec, read_recipe


def test_round_trip_through_plain_values():
    spec = TrainSpec(sources=["a"], minutes=2.5, input_size=(192, 256), augmentation=Augmentation(flip=False))
    assert TrainSpec.from_dict(spec.to_dict()) == spec


@pytest.mark.parametrize(
    "values",
    [
        {"epochs": 0},
        {"minutes": 0},
        {"minutes": -1},
        {"val_fraction": 1.0},
        {"box_mode": "people"},
        {"batch": 1},
        {"replay_share": 1.0},
        {"learning_rate": -1},
        {"input_size": [50, -3]},
        {"epoch": 3},
        {"augmentation": {"spin": 3}},
    ],
)
def test_nonsense_is_refused(values):
    with pytest.raises(TrainingError):
        TrainSpec.from_dict({"sources": ["a"], **values})


def test_without_a_limit_there_is_one():
    assert TrainSpec(sources=["a"]).epochs == 60


def test_recipe_that_is_not_toml(tmp_path):
    path = tmp_path / "recipe.toml"
    path.write_text("minutes = = 3")
    with pytest.raises(TrainingError, match="recipe"):
        read_recipe(path)
