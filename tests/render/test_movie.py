"""Movies with people drawn on them, read back frame by frame."""

import numpy as np
import pytest

from poseapp.labels.instance import Instance
from poseapp.labels.skeleton import Skeleton
from poseapp.render.movie import render_movie
from poseapp.video import open_video

SKELETON = Skeleton("point", ("right_hand",))


def follow(frame_idx: int) -> list[Instance]:
    return [Instance(np.array([[8.0 * frame_idx + 8, 24.0]]))]


def test_every_frame_is_there_with_its_person(tmp_path, picture_folder):
    out = tmp_path / "movie.mp4"
    told = []
    with open_video(picture_folder) as video:
        done = render_movie(video, follow, SKELETON, out, lambda k, n: told.append((k, n)), scale=2)
        assert done == len(video) == 6
    assert told[-1] == (6, 6)
    with open_video(out) as movie:
        assert len(movie) == 6 and (movie.width, movie.height) == (64, 48)
        for k in range(6):
            red, green, blue = (int(value) for value in movie[k][24, 8 * k + 8])
            assert red > 150 and red > blue, "the dot covers the blue square"


def test_a_part_of_the_frames(tmp_path, picture_folder):
    with open_video(picture_folder) as video:
        assert render_movie(video, follow, SKELETON, tmp_path / "part.mp4", frames=range(2, 5)) == 3
    with open_video(tmp_path / "part.mp4") as movie:
        assert len(movie) == 3


def test_a_failing_movie_leaves_nothing(tmp_path, picture_folder):
    def broken(frame_idx: int) -> list[Instance]:
        raise RuntimeError(f"frame {frame_idx}")

    folder = tmp_path / "out"
    folder.mkdir()
    with open_video(picture_folder) as video, pytest.raises(RuntimeError):
        render_movie(video, broken, SKELETON, folder / "movie.mp4")
    assert list(folder.iterdir()) == []
