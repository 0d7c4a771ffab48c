"""Who of a crew draws what: whole blocks, in time, with nobody far behind."""

from collections import deque

import pytest

from poseapp.synth.truth import crew


class Workers(crew.Crew):
    """A crew without processes: who is given a picture answers after a time of their own."""

    def __init__(self, paces: list[int], block: int) -> None:
        self._processes, self._block, self._paces = [None] * len(paces), block, paces
        self.given: list[list[int]] = [[] for _ in paces]
        self._open: list[deque[int]] = [deque() for _ in paces]
        self._clock = [0] * len(paces)
        self._results, self.most = self, 0

    def _say(self, place: int, line: str) -> None:
        self.given[place].append(int(line))
        self._open[place].append(int(line))
        self.most = max(self.most, sum(map(len, self._open)))

    def get(self, timeout: float) -> tuple[int, tuple[int, list[int]]]:
        """The next answer, as of the queue of results."""
        busy = [place for place, numbers in enumerate(self._open) if numbers]
        assert busy, "nobody was given what is waited for"
        place = min(busy, key=lambda p: self._clock[p] + self._paces[p])
        self._clock[place] += self._paces[place]
        return place, (self._open[place].popleft(), [])


@pytest.mark.parametrize("paces", [[1], [1, 1], [1, 50], [50, 1, 1], [3, 2, 90, 1]])
@pytest.mark.parametrize("block", [1, 4, 10, 64])
@pytest.mark.parametrize("numbers", [range(3), range(5, 90), range(400)])
def test_all_come_in_order_and_blocks_stay_together(paces: list[int], block: int, numbers: range) -> None:
    workers = Workers(paces, block)
    assert [answer[0] for answer in workers.draw(numbers) if answer] == list(numbers)
    assert sorted(sum(workers.given, [])) == list(numbers)
    assert workers.most <= 3 * len(paces)
    piece = {1: 1, 4: 4}.get(block)
    if piece:  # longer ones are cut
        who = {number // piece: place for place, mine in enumerate(workers.given) for number in mine}
        assert all(
            who[number // piece] == place for place, mine in enumerate(workers.given) for number in mine
        )


def test_work_is_shared() -> None:
    workers = Workers([1, 1, 1], 4)
    list(workers.draw(range(120)))
    assert [len(mine) for mine in workers.given] == pytest.approx([40, 40, 40], abs=8)


def test_who_cannot_be_told_is_heard_of_and_pipes_are_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    hands = crew.Crew({"settings": {}, "seed": 0, "png": False, "clip": None}, 1)
    process = hands._processes[0]

    def fail() -> None:
        raise OSError(22, "Invalid argument")  # as Windows says of a broken pipe

    assert process.stdin is not None and process.stdout is not None
    with monkeypatch.context() as patch:
        patch.setattr(process, "stdin", type("Stdin", (), {"write": lambda *_: fail(), "close": fail})())
        hands._say(0, "1")
    hands.close()
    assert process.stdout.closed and process.stdin.closed
