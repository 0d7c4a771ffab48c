"""Frames and times: the video's own time stamps, variable rate and late starts included."""

import time
from pathlib import Path

import numpy as np
import pytest

from poseapp.app.session import Session
from poseapp.formats.predictions_h5 import PredictionFile
from tests.app.material import write_predictions
from tests.video.clips import CLIPS


def wait_for_times(session: Session) -> np.ndarray:
    """The decoder's time stamps, which it reads in the background."""
    end = time.monotonic() + 30
    while session.timestamps is None and time.monotonic() < end:
        time.sleep(0.01)
    assert session.timestamps is not None
    return session.timestamps


@pytest.mark.parametrize("name", ["vfr.mp4", "offset.mp4"])
def test_times_follow_the_videos_time_stamps(session: Session, tmp_path: Path, name: str) -> None:
    clip = next(c for c in CLIPS if c.name == name)
    clip.make(tmp_path / name)
    session.open(tmp_path / name)
    times = wait_for_times(session)
    assert session.num_frames == len(times) == len(clip.numbers)
    assert session.time_of(0) == 0.0
    for k in range(len(times)):
        assert session.frame_at(session.time_of(k)) == k
        if k + 1 < len(times):
            middle = (session.time_of(k) + session.time_of(k + 1)) / 2
            assert session.frame_at(middle) == k
    steps = np.diff(times)
    assert (steps.max() > 1.5 * steps.min()) == (name == "vfr.mp4")


def test_before_the_time_stamps_are_known_the_rate_counts(opened: Session) -> None:
    opened.frames.close()
    opened.frames = None
    assert opened.timestamps is None
    assert opened.time_of(10) == pytest.approx(10 / 25) and opened.frame_at(0.41) == 10


def test_a_changed_setting_counts_at_once(opened: Session) -> None:
    write_predictions(opened, low=(2,))
    told: list[bool] = []
    opened.layers_changed.connect(lambda: told.append(True))
    assert opened.doubtful_frames().tolist() == [2]
    opened.settings["doubtful_score"] = 0.05
    assert told and opened.doubtful_frames().tolist() == []
    opened.settings["frame_cache_mb"] = 64
    assert opened.frames.stats.cached_bytes <= 64 << 20


def test_a_prediction_file_that_goes_bad_is_dropped_and_named(
    opened: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_predictions(opened)
    failed: list[str] = []
    opened.failed.connect(failed.append)
    layer = opened.current_prediction_layer()
    layer.file.close()  # as after the drive it lies on has gone

    def gone(self: PredictionFile, video_index: int, frame_idx: int) -> None:
        raise OSError("Stale file handle")

    monkeypatch.setattr(PredictionFile, "instances", gone)
    assert opened.instances_on_screen(3) == []
    assert len(failed) == 1 and "predict-1" in failed[0]
    assert opened.current_prediction_layer() is None
