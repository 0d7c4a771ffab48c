import dataclasses
from pathlib import Path

import numpy as np
import pytest

from poseapp.app import synth_choices
from poseapp.app.synth_choices import CHOICES, GROUPS, OWN, PRESETS, TITLES
from poseapp.errors import SynthError
from poseapp.synth.body.model import load_body
from poseapp.synth.settings import FABRICS, POSE_KINDS, SynthSettings
from poseapp.synth.truth.clips import Clip

ROOT = Path(__file__).resolve().parents[2]


def test_every_setting_has_a_row_and_every_row_a_setting() -> None:
    keys = {choice.key for choice in CHOICES}
    assert keys == {field.name for field in dataclasses.fields(SynthSettings)} | set(OWN)
    assert {choice.group for choice in CHOICES} == set(GROUPS)
    assert list(TITLES["poses"]) == list(POSE_KINDS) and list(TITLES["fabrics"]) == list(FABRICS)
    assert all(choice.tip.endswith(".") and choice.label for choice in CHOICES)


def test_the_defaults_are_those_of_the_settings_and_within_their_rows() -> None:
    values = synth_choices.defaults()
    assert synth_choices.settings_of(values) == SynthSettings()
    for choice in CHOICES:
        value = values[choice.key]
        numbers = value if isinstance(value, tuple) else (value,)
        if choice.kind in ("whole", "share", "amount", "range"):
            assert all(choice.minimum <= number <= choice.maximum for number in numbers), choice.key


def test_both_ends_of_every_row_make_settings() -> None:
    for choice in CHOICES:
        if choice.kind not in ("whole", "share", "amount", "range") or choice.key in OWN:
            continue
        for end in (choice.minimum, choice.maximum):
            number = int(end) if choice.kind == "whole" else float(end)
            value = (number, number) if choice.kind == "range" else number
            people = {"min_people": 0, "max_people": 12} if choice.key.endswith("_people") else {}
            made = synth_choices.settings_of(synth_choices.defaults() | people | {choice.key: value})
            assert getattr(made, choice.key) == value


def test_there_are_people_as_old_as_the_slider_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POSEAPP_BODY_DIR", str(ROOT / ".body"))
    (youngest,) = (choice for choice in CHOICES if choice.key == "youngest_age")
    for seed in range(5):
        someone = load_body().sample_phenotype(np.random.default_rng(seed), youngest.maximum)
        assert someone.age >= youngest.maximum


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_makes_settings_and_leaves_the_users_own_alone(name: str) -> None:
    now = synth_choices.defaults() | {"count": 7, "width": 640, "bvh_folder": "/motion"}
    values = synth_choices.preset(name, now)
    settings = synth_choices.settings_of(values)
    assert (values["count"], settings.width, settings.bvh_folder) == (7, 640, "/motion")
    assert set(PRESETS[name]) <= {choice.key for choice in CHOICES}
    for key, value in PRESETS[name].items():
        assert synth_choices.is_same(value, getattr(settings, key)), key


def test_a_clip_has_one_camera_and_as_many_frames_as_is_said() -> None:
    values = synth_choices.defaults() | {"cameras": 4}
    assert synth_choices.settings_of(values).cameras == 4
    assert synth_choices.settings_of(values | {"clip": True}).cameras == 1
    assert Clip(seconds=2).frames == 2 * synth_choices.CLIP_FPS


def test_settings_that_do_not_fit_are_refused_by_name() -> None:
    with pytest.raises(SynthError, match="poses"):
        synth_choices.settings_of(synth_choices.defaults() | {"poses": {"sport": 0.0}})


def test_shares_are_compared_by_what_they_come_to() -> None:
    shares = {"plain": 0.9, "stripes": 0.3, "checks": 0.2, "prints": 0.3, "noise": 0.3}
    assert synth_choices.is_same(synth_choices.defaults()["fabrics"], shares)
    assert not synth_choices.is_same(synth_choices.defaults()["fabrics"], {"plain": 1.0})
    assert synth_choices.percentages({"a": 1.0, "b": 3.0}) == {"a": 25, "b": 75}
    assert synth_choices.percentages({"a": 0.0}) == {"a": 0}
