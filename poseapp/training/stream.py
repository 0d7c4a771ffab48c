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
        self.order = keypoint_columns(keypoints, drawer.keypoints)
        if all(i < 0 for i in self.order):
            raise TrainingError(
                f"drawn people have none of the keypoints {', '.join(keypoints[:4])} …; mix in labels instead"
            )

    def __iter__(self) -> Iterator[Sample]:
        worker = get_worker_info()
        first, step = (worker.id, worker.num_workers) if worker else (0, 1)
        block = self.drawer.block
        numbers = (place * block + i for place in count(first, step) for i in range(block))
        for number in numbers:
            image, people = self.drawer(number)
            for person in people:
                points, labelled = in_order(person, self.order)
                if labelled.sum() >= 2:
                    yield cut_sample(f"synth#{number}", image, points, labelled, self.input_size, False)


class StreamPool:
    """Keeps the last people drawn and hands them out; a thread takes in what worker processes draw.

    People that lie ready may be added; they are handed out as often as their share of all there are.

    Which of them a batch holds depends on how fast they come: a run with a stream is not repeated bit by bit.
    """

    def __init__(self, people: DrawnPeople, ready: Sequence[Sample] = (), workers: int | None = None) -> None:
        self._ready = ready
        self._kept: deque[Sample] = deque(maxlen=CAPACITY)
        self._changed = threading.Condition()
        self._drawn = self._used = 0
        self._error: TrainingError | None = None
        self._closed = False
        processes = workers if workers is not None else max(1, min(12, (os.cpu_count() or 2) // 2))
        self._loader = DataLoader(people, batch_size=None, num_workers=processes, prefetch_factor=8)
        self._thread = threading.Thread(target=self._take_in, name="drawn people", daemon=True)
        self._thread.start()

    def draw(self, rng: np.random.Generator) -> Sample:
        """Any of those kept; waits for the first ones.

        Raises:
            TrainingError: They cannot be drawn; the message says why.
        """
        with self._changed:
            self._changed.wait_for(lambda: len(self._kept) >= FIRST or self._error is not None)
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
        self._thread.join()

    def _take_in(self) -> None:
        try:
            for sample in self._loader:
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
