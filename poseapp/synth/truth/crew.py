"""Worker processes that draw pictures, and their results in order."""

import contextlib
import io
import json
import os
import queue
import subprocess
import tempfile
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from poseapp.errors import SynthError
from poseapp.jobs.process import python_argv
from poseapp.synth.truth.records import PictureRecord
from poseapp.synth.truth.worker import receive

_AHEAD = 3  # pictures a worker may be given before one of them is back
_PIECE = 8  # pictures in a row that one worker gets, at most
_WAIT_S = 0.2
_ONE_THREAD = ("LP_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


class Crew:
    """Some workers at one order; a context manager that ends them."""

    def __init__(self, order: dict[str, Any], workers: int, block: int = 1) -> None:
        """Start them.

        Args:
            order: What `worker` reads first.
            workers: How many processes, at least 1.
            block: Pictures in a row that cost less when one process draws them, from a multiple of it on.

        Raises:
            SynthError: They cannot be started.
        """
        self._block = block
        environment = {**os.environ, **dict.fromkeys(_ONE_THREAD, "1")}
        self._results: queue.Queue[tuple[int, Any]] = queue.Queue()
        self._errors = tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace")  # noqa: SIM115
        self._processes: list[subprocess.Popen[bytes]] = []
        self._listeners: list[threading.Thread] = []
        try:
            for place in range(workers):
                process = subprocess.Popen(
                    python_argv("-m", "poseapp.synth.truth.worker"),
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=self._errors,
                    env=environment,
                )
                self._processes.append(process)
                self._say(place, json.dumps(order))
                listener = threading.Thread(target=self._listen, args=(place, process.stdout), daemon=True)
                listener.start()
                self._listeners.append(listener)
        except OSError as error:
            self.close()
            raise SynthError(f"cannot start a process that draws: {error.strerror or error}") from error

    def __enter__(self) -> "Crew":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def draw(self, numbers: Sequence[int]) -> Iterator[tuple[int, list[PictureRecord]] | None]:
        """Records of pictures in the order asked; None now and then while none is ready.

        Raises:
            SynthError: A picture cannot be drawn, or a worker died.
        """
        pieces = _pieces(numbers, self._block)
        own = [next(pieces, deque()) for _ in self._processes]  # what each is still to be given
        ready: dict[int, list[PictureRecord]] = {}
        busy = [0] * len(self._processes)
        most = 8 * _AHEAD * len(busy)  # a picture that takes long must not let the others run far ahead
        for number in numbers:
            while number not in ready:
                while len(ready) + sum(busy) < most and (place := _next_place(own, busy)) is not None:
                    self._say(place, str(own[place].popleft()))
                    own[place] = own[place] or next(pieces, deque())
                    busy[place] += 1
                try:
                    place, answer = self._results.get(timeout=_WAIT_S)
                except queue.Empty:
                    yield None
                    continue
                if answer is None:
                    raise SynthError(f"a process that draws died: {self._last_words(place)}")
                if isinstance(answer[1], str):
                    raise SynthError(answer[1])
                busy[place] -= 1
                ready[answer[0]] = answer[1]
            yield number, ready.pop(number)

    def close(self) -> None:
        """End the workers; a picture they are at is thrown away."""
        for process in self._processes:
            with contextlib.suppress(OSError):
                if process.stdin is not None:
                    process.stdin.close()
            process.terminate()
        for process in self._processes:
            process.wait()
        for listener in self._listeners:  # they end with the processes
            listener.join()
        for process in self._processes:
            if process.stdout is not None:
                process.stdout.close()
        self._processes, self._listeners = [], []
        self._errors.close()

    def _say(self, place: int, line: str) -> None:
        stdin = self._processes[place].stdin
        assert stdin is not None
        with contextlib.suppress(
            OSError
        ):  # a broken pipe, EINVAL on Windows: `draw` hears that the worker is gone
            stdin.write(line.encode() + b"\n")
            stdin.flush()

    def _listen(self, place: int, stdout: Any) -> None:
        assert isinstance(stdout, io.BufferedReader)
        answer: Any = ()
        while answer is not None:
            try:
                answer = receive(stdout)
            except (OSError, ValueError, EOFError):
                answer = None
            self._results.put((place, answer))

    def _last_words(self, place: int) -> str:
        status = self._processes[place].wait()
        self._errors.seek(0)
        lines = [line.strip() for line in self._errors.readlines() if line.strip()]
        return lines[-1] if lines else f"exit status {status}"


def _pieces(numbers: Sequence[int], block: int) -> Iterator[deque[int]]:
    """Numbers in a row that one worker draws: blocks, long ones cut so that none lags far behind."""
    for _, piece in groupby(numbers, lambda n: (n // block, n % block // _PIECE)):
        yield deque(piece)


def _next_place(own: list[deque[int]], busy: list[int]) -> int | None:
    """Who is given the next picture: of those with time, who holds the lowest number, as it is wanted first.

    A lowest number that waits for one who lags would let the others fill all the room there is.
    """
    free = [place for place in range(len(own)) if busy[place] < _AHEAD and own[place]]
    return min(free, key=lambda place: own[place][0], default=None)
