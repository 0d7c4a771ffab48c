"""People drawn while a network learns: other processes draw, the run takes what is there."""

import os
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

from poseapp.errors import TrainingError
from poseapp.labels.instance import Instance
from poseapp.labels.skeleton import Skeleton, keypoint_columns
from poseapp.training.data import Sample, cut_sample, in_order

CAPACITY = 2048  # people kept
FIRST = 32  # people to wait for before the first batch
BARREN = 500  # pictures in a row without anybody to learn from, after which it is hopeless
CLOSING_S = 10.0
USES = 6  # how often each is learnt, on average, before drawing goes on: drawing costs more than learning


class Drawer(Protocol):
    """Draws picture number n. It is sent to worker processes, so it must be picklable."""

    @property
    def keypoints(self) -> tuple[str, ...]:
        """Names of the keypoints of what it draws."""

    @property
    def block(self) -> int:
        """Pictures in a row that cost less when one process draws them, at least 1."""

    def __call__(self, number: int) -> tuple[NDArray[np.uint8], list[Instance]]:
        """The picture ``(H, W, 3)`` uint8 RGB and the people in it."""


# From settings, seed and keypoints to learn to a drawer. The api gives it: training knows no renderer.
DrawerMaker = Callable[[dict, int, Skeleton], Drawer]


class DrawnPeople(IterableDataset):
    """The people of pictures 0, 1, 2 … for ever, as samples; worker w of W draws every W-th block of them."""

    def __init__(self, drawer: Drawer, keypoints: tuple[str, ...], input_size: tuple[int, int]) -> None:
        self.drawer, self.input_size = drawer, input_size
        self.first_block = 0
        self.order = keypoint_columns(keypoints, drawer.keypoints)
        if all(i < 0 for i in self.order):
            raise TrainingError(
                f"drawn people have none of the keypoints {', '.join(keypoints[:4])} …; mix in labels instead"
            )

    def __iter__(self) -> Iterator[Sample]:
        worker = get_worker_info()
        first, step = (worker.id, worker.num_workers) if worker else (0, 1)
        block = self.drawer.block
        places = count(self.first_block + first, step)
        barren = 0
        for number in (place * block + i for place in places for i in range(block)):
            samples = self._samples(number)
            yield from samples
            barren = 0 if samples else barren + 1
            if barren == BARREN:
                raise TrainingError("the settings show nobody whose keypoints could be learnt")

    def _samples(self, number: int) -> list[Sample]:
        image, people = self.drawer(number)
        found = [in_order(person, self.order) for person in people]
        return [
            cut_sample(f"synth#{number}", image, points, labelled, self.input_size, False)
            for points, labelled in found
            if labelled.sum() >= min(2, len(self.order))
        ]


class StreamPool:
    """Keeps the last people drawn and hands them out; a thread takes in what worker processes draw.

    People that lie ready may be added; they are handed out as often as their share of all there are. Drawing
    begins with the first person asked for.

    Which of them a batch holds depends on how fast they come: a run with a stream is not repeated bit by bit.
    """

    live = True

    def __init__(self, people: DrawnPeople, ready: Sequence[Sample] = (), workers: int | None = None) -> None:
        self._ready = ready
        self._kept: deque[Sample] = deque(maxlen=CAPACITY)
        self._changed = threading.Condition()
        self._drawn = self._used = 0
        self._error: TrainingError | None = None
        self._closed = False
        self._people = people
        self._processes = workers or max(1, min(12, (os.cpu_count() or 2) // 2))
        self._thread: threading.Thread | None = None

    def skip(self, pictures: int) -> None:
        """Leave out the first pictures: a run that goes on shall not see them again.

        Args:
            pictures: How many crops were learnt before, at least as many as pictures were drawn for them.
        """
        self._people.first_block = pictures // self._people.drawer.block + 1

    def draw(self, rng: np.random.Generator) -> Sample:
        """Any of those kept; waits for the first ones.

        Raises:
            TrainingError: They cannot be drawn; the message says why.
        """
        with self._changed:
            if self._thread is None and not self._closed:
                self._thread = threading.Thread(target=self._take_in, name="drawn people", daemon=True)
                self._thread.start()
            self._changed.wait_for(lambda: len(self._kept) >= FIRST or self._error or self._closed)
            if self._closed:
                raise TrainingError("people are drawn no more: the run was ended")
            if self._error is not None:
                raise self._error
            self._used += 1
            self._changed.notify_all()
            number = int(rng.integers(len(self._kept) + len(self._ready)))
            return self._kept[number] if number < len(self._kept) else self._ready[number - len(self._kept)]

    def close(self) -> None:
        """End the workers."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        if self._thread is not None:
            # The picture under way is waited for; workers that hang end with this process.
            self._thread.join(CLOSING_S)

    def _take_in(self) -> None:
        try:
            loader = DataLoader(self._people, batch_size=None, num_workers=self._processes, prefetch_factor=8)
            for sample in loader:
                with self._changed:
                    self._kept.append(sample)
                    self._drawn += 1
                    self._changed.notify_all()
                    self._changed.wait_for(self._wanted)
                    if self._closed:
                        return
        except Exception as error:  # noqa: BLE001 - told to the thread that learns, whatever it is
            # A worker's error comes with the worker's traceback; its last line says what happened.
            last = str(error).strip().splitlines()[-1:] or [type(error).__name__]
            with self._changed:
                self._error = TrainingError(f"people cannot be drawn: {last[0].split('Error: ')[-1]}")
                self._changed.notify_all()

    def _wanted(self) -> bool:
        return self._closed or self._drawn < FIRST + self._used / USES
