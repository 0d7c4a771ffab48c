"""People drawn while learning: they come, they are used several times, errors arrive, workers end."""

import threading
import time
from dataclasses import dataclass
from itertools import islice
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from poseapp.errors import SynthError, TrainingError
from poseapp.labels.instance import Instance
from poseapp.training import stream
from poseapp.training.data import BatchSource, Sample, batch_loader
from poseapp.training.spec import Augmentation
from poseapp.training.stream import DrawnPeople, StreamPool

KEYPOINTS = ("head", "left_ankle", "right_ankle")


@dataclass(frozen=True)
class Squares:
    """Draws a square whose grey value is the picture's number."""

    fails_at: int = 1 << 30
    keypoints: tuple[str, ...] = KEYPOINTS
    block: int = 1
    empty: bool = False
    pause_s: float = 0.0

    def __call__(self, number: int) -> tuple[np.ndarray, list[Instance]]:
        if number >= self.fails_at:
            raise SynthError("the light went out")
        time.sleep(self.pause_s)
        image = np.full((64, 64, 3), number % 200, np.uint8)
        if self.empty:
            return image, []
        points = np.array([[32.0, 10], [20, 50], [44, 50]])
        return image, [Instance(points, np.full(3, 2, np.uint8))]


def numbers(pool: StreamPool, count: int, seed: int = 0) -> list[int]:
    rng = np.random.default_rng(seed)
    return [int(pool.draw(rng).key.split("#")[1]) for _ in range(count)]


def test_pictures_come_once_each_from_all_workers():
    pool = StreamPool(DrawnPeople(Squares(), KEYPOINTS, (64, 64)), workers=2)
    try:
        seen = set(numbers(pool, 400))
    finally:
        pool.close()
    assert {0, 1, 2, 3} <= seen
    assert {n % 2 for n in seen} == {0, 1}


def test_a_worker_draws_whole_blocks(monkeypatch: pytest.MonkeyPatch):
    people = DrawnPeople(Squares(block=3), KEYPOINTS, (64, 64))
    shares = []
    for place in range(2):
        told = SimpleNamespace(id=place, num_workers=2)
        monkeypatch.setattr(stream, "get_worker_info", lambda told=told: told)
        shares.append([int(sample.key.split("#")[1]) for sample in islice(people, 7)])
    assert shares == [[0, 1, 2, 6, 7, 8, 12], [3, 4, 5, 9, 10, 11, 15]]


def test_drawing_goes_on_only_as_people_are_used():
    pool = StreamPool(DrawnPeople(Squares(), KEYPOINTS, (64, 64)), workers=1)
    try:
        assert max(numbers(pool, 1)) <= stream.FIRST
        time.sleep(0.5)
        assert pool._drawn <= stream.FIRST + 2
        numbers(pool, 20 * stream.USES)
        deadline = time.monotonic() + 20
        while pool._drawn < stream.FIRST + 20 and time.monotonic() < deadline:
            time.sleep(0.02)
        assert stream.FIRST + 20 <= pool._drawn <= stream.FIRST + 25
    finally:
        pool.close()


def test_people_that_lie_ready_are_handed_out_too():
    ready = [
        Sample("ready#9999", np.zeros((8, 8, 3), np.uint8), *[np.zeros(4)] * 4) for _ in range(stream.FIRST)
    ]
    pool = StreamPool(DrawnPeople(Squares(), KEYPOINTS, (64, 64)), ready, workers=1)
    try:
        share = np.mean(np.array(numbers(pool, 300)) == 9999)
    finally:
        pool.close()
    assert 0.2 < share < 0.7


def test_one_keypoint_is_enough_where_there_is_no_more():
    people = DrawnPeople(Squares(), ("left_ankle",), (64, 64))
    assert next(iter(people)).labelled.tolist() == [True]


def test_nobody_to_learn_from_is_said(monkeypatch):
    monkeypatch.setattr(stream, "BARREN", 20)
    pool = StreamPool(DrawnPeople(Squares(empty=True), KEYPOINTS, (64, 64)), workers=1)
    with pytest.raises(TrainingError, match="show nobody"):
        numbers(pool, 1)
    pool.close()


def test_closing_frees_whoever_waits():
    pool = StreamPool(DrawnPeople(Squares(pause_s=0.3), KEYPOINTS, (64, 64)), workers=1)
    told = []

    def wait() -> None:
        with pytest.raises(TrainingError, match="run was ended"):
            numbers(pool, 1)
        told.append(True)

    waiter = threading.Thread(target=wait)
    waiter.start()
    time.sleep(0.5)
    start = time.monotonic()
    pool.close()
    waiter.join(5)
    assert told and time.monotonic() - start < 9


def test_nothing_is_drawn_before_it_is_asked_for_and_what_was_seen_is_left_out():
    pool = StreamPool(DrawnPeople(Squares(), KEYPOINTS, (64, 64)), workers=1)
    assert pool._thread is None
    pool.skip(1000)
    try:
        assert min(numbers(pool, 50)) > 1000
    finally:
        pool.close()


def test_a_loader_for_a_gpu_goes_on_getting_new_people():
    """Worker processes would each have a copy of the pool that never gets anybody new."""
    pool = StreamPool(DrawnPeople(Squares(), KEYPOINTS, (64, 64)), workers=1)
    own = next(iter(DrawnPeople(Squares(), KEYPOINTS, (64, 64))))
    source = BatchSource([own], pool, 0.5, [], 0.0, (64, 64), 1.25, 0.0, None, Augmentation())
    try:
        loader = batch_loader(source, 4, 0, 0, on_gpu=torch.cuda.is_available())
        assert loader.num_workers == 0
        forced = batch_loader(source, 4, 0, 0, on_gpu=True)
        assert forced.num_workers == 0
        batches = iter(loader)
        for _ in range(60):
            next(batches)
        assert pool._drawn > stream.FIRST
    finally:
        pool.close()


def test_what_stops_the_drawing_reaches_the_run():
    pool = StreamPool(DrawnPeople(Squares(fails_at=3), KEYPOINTS, (64, 64)), workers=1)
    with pytest.raises(TrainingError, match="cannot be drawn: the light went out$"):
        numbers(pool, 1)
    pool.close()


def test_names_of_one_point_meet_and_strangers_are_refused():
    people = DrawnPeople(Squares(), ("left_ankle", "head_top"), (64, 64))
    sample = next(iter(people))
    assert sample.labelled.all()
    assert sample.points[1, 1] < sample.points[0, 1]
    with pytest.raises(TrainingError, match="none of the keypoints"):
        DrawnPeople(Squares(), ("snout", "tail"), (64, 64))
