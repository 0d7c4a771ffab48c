"""Which frames a video file shows, when, and where decoding can start: learnt without decoding."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from poseapp.video.mp4 import composition_offsets
from poseapp.video.truncation import is_cut_off

_PROBED_PACKETS = 16  # compared with the demuxer before sample tables are believed
_KEY, _DISCARD = 1, 2  # flag bits of libavformat's index entries


class ScanCancelled(Exception):
    """The caller asked a packet scan to stop; nobody's fault and never shown."""


@dataclass(frozen=True, eq=False)
class PacketTable:
    """Headers of a stream's packets in decoding order.

    Attributes:
        pts: `(P,)` presentation times in ticks of the stream; packet numbers where the stream has no
            time stamps. dts: `(P,)` decoding times in ticks. key: `(P,)` whether decoding can start at the
            packet. shown: `(P,)` whether the packet's picture belongs to the presentation. timed: False
            where the stream has no time stamps. damaged: Whether reading ended early or with a broken
            packet.
    """

    pts: NDArray[np.int64]
    dts: NDArray[np.int64]
    key: NDArray[np.bool_]
    shown: NDArray[np.bool_]
    timed: bool
    damaged: bool


@dataclass(frozen=True, eq=False)
class VideoIndex:
    """The shown frames of a stream and its entry points.

    Attributes:
        ids: `(N,)` time stamp that the decoder puts on frame k; ascending where `timed`.
        times: `(N,)` ascending presentation times in ticks.
        time_base: Seconds a tick.
        entry_frames: `(E,)` first frame that decoding from entry point e yields whole, ascending.
        entry_pts: `(E,)` presentation time of the entry point's packet, in ticks.
        entry_dts: `(E,)` decoding time of the entry point's packet, in ticks.
        timed: False where the stream has no time stamps: such a stream is decoded from its start every time.
        damaged: Whether the file ends early.
    """

    ids: NDArray[np.int64]
    times: NDArray[np.int64]
    time_base: Fraction
    entry_frames: NDArray[np.int64]
    entry_pts: NDArray[np.int64]
    entry_dts: NDArray[np.int64]
    timed: bool
    damaged: bool

    def __len__(self) -> int:
        return len(self.ids)

    def frame_of(self, stamp: int | None) -> int:
        """Return the number of the frame with this time stamp, or -1 where no shown frame has it."""
        if stamp is None:
            return -1
        if self.timed:
            k = int(np.searchsorted(self.ids, stamp))
            return k if k < len(self.ids) and self.ids[k] == stamp else -1
        found = np.flatnonzero(self.ids == stamp)
        return int(found[0]) if len(found) else -1

    def entry_of(self, k: int) -> int:
        """Return the number of the last entry point from which frame k can be decoded."""
        return max(0, int(np.searchsorted(self.entry_frames, k, side="right")) - 1)

    def seconds(self) -> NDArray[np.float64]:
        """Return `(N,)` presentation times in seconds, the first shown frame at 0."""
        return np.asarray((self.times - self.times[:1]) * float(self.time_base), np.float64)


def scan_packets(
    container: av.container.InputContainer,
    stream: av.VideoStream,
    cancelled: Callable[[], bool] = lambda: False,
) -> PacketTable:
    """Read all packet headers of a stream from where the container stands.

    Raises:
        ScanCancelled: If `cancelled` returned True on the way.
    """
    rows: list[tuple[int | None, int | None, bool, bool]] = []
    damaged = False
    last_corrupt = False
    try:
        for packet in container.demux(stream):
            if packet.size == 0:
                continue
            last_corrupt = packet.is_corrupt
            rows.append((packet.pts, packet.dts, packet.is_keyframe, not packet.is_discard))
            if len(rows) % 512 == 0 and cancelled():
                raise ScanCancelled
    except av.FFmpegError:
        damaged = True
    if last_corrupt:
        rows.pop()
        damaged = True
    if rows and is_cut_off(Path(container.name.removeprefix("file:")), container.format.name):
        damaged = True
        if container.format.name == "mpegts":
            rows.pop()  # MPEG-TS does not say how long a picture is: the last one is a part
    timed = bool(rows) and all(row[0] is not None for row in rows)
    pts = [row[0] if timed and row[0] is not None else number for number, row in enumerate(rows)]
    dts = [row[1] if row[1] is not None else stamp for row, stamp in zip(rows, pts, strict=True)]
    return PacketTable(
        pts=np.array(pts, np.int64),
        dts=np.array(dts, np.int64),
        key=np.array([row[2] for row in rows], bool),
        shown=np.array([row[3] for row in rows], bool),
        timed=timed,
        damaged=damaged,
    )


def read_sample_tables(
    path: Path, container: av.container.InputContainer, stream: av.VideoStream
) -> PacketTable | None:
    """Make the packet table of an MP4 from its sample tables, checked against some packets of the demuxer.

    Returns:
        The table, or None where the file has no such tables or the check found a difference. The
        container is left at an arbitrary position.
    """
    if "mp4" not in container.format.name.split(","):
        return None
    shift = composition_offsets(path, stream.id)
    entries = stream.index_entries
    if shift is None or len(shift) == 0 or len(entries) != len(shift):
        return None
    rows = np.array([(entry.timestamp, entry.flags, entry.pos, entry.size) for entry in entries], np.int64)
    dts, flags = rows[:, 0], rows[:, 1]
    probes = _probe_packets(container, stream, dts[np.flatnonzero(flags & _KEY)])
    if not probes:
        return None
    order = {int(stamp): number for number, stamp in enumerate(dts)}
    first = order.get(probes[0][1], -1)
    pts = dts + shift + (probes[0][0] - probes[0][1] - int(shift[first]))
    for probe_pts, probe_dts, key, discard in probes:
        row = order.get(probe_dts, -1)
        if row < 0 or pts[row] != probe_pts or bool(flags[row] & _KEY) != key:
            return None
        if bool(flags[row] & _DISCARD) != discard:
            return None
    readable = rows[:, 2] + rows[:, 3] <= path.stat().st_size
    return PacketTable(
        pts=pts[readable],
        dts=dts[readable],
        key=(flags[readable] & _KEY).astype(bool),
        shown=(flags[readable] & _DISCARD) == 0,
        timed=True,
        damaged=not bool(readable.all()),
    )


def _probe_packets(
    container: av.container.InputContainer, stream: av.VideoStream, key_dts: NDArray[np.int64]
) -> list[tuple[int, int, bool, bool]]:
    """Read a few packets at the start, in the middle and at the last entry point."""
    probes: list[tuple[int, int, bool, bool]] = []
    if len(key_dts) == 0:
        return probes
    for stamp in (key_dts[0], key_dts[len(key_dts) // 2], key_dts[-1]):
        try:
            container.seek(int(stamp), stream=stream)
            for count, packet in enumerate(container.demux(stream)):
                if packet.size == 0 or packet.pts is None or packet.dts is None or count >= _PROBED_PACKETS:
                    break
                probes.append((packet.pts, packet.dts, packet.is_keyframe, packet.is_discard))
        except av.FFmpegError:
            continue
    return probes


def index_of(
    table: PacketTable, time_base: Fraction, decoded_ids: NDArray[np.int64] | None = None
) -> VideoIndex:
    """Order packets as they are shown.

    Args:
        table: The stream's packets.
        time_base: Seconds a tick.
        decoded_ids: Time stamps that a decode from the start yields, in order, where that had to be
            learnt: all of
            them for a stream without time stamps; otherwise those before the first entry point.
    """
    keys = np.flatnonzero(table.key)
    if len(keys) == 0:
        keys = np.arange(min(1, len(table.pts)))
    if not table.timed:
        ids = np.empty(0, np.int64) if decoded_ids is None else decoded_ids
        start = np.zeros(1, np.int64)
        times = np.arange(len(ids), dtype=np.int64)
        return VideoIndex(ids, times, time_base, start, start, start, False, table.damaged)
    ids = np.unique(table.pts[table.shown])
    if table.damaged and len(ids):
        # Pictures shown after the last decoding time may have lost others that belong between them.
        ids = ids[ids <= max(int(table.dts.max()), int(ids[0]))]
    if len(keys):
        early = ids < table.pts[keys[0]]
        ids = ids[~early | np.isin(ids, np.empty(0) if decoded_ids is None else decoded_ids)]
    entries = keys[np.argsort(table.pts[keys], kind="stable")]
    frames = np.searchsorted(ids, table.pts[entries])
    # Nothing can be decoded from before the first entry point, so it serves whatever is shown earlier too.
    frames[:1] = 0
    kept = frames < len(ids)
    kept[:-1] &= frames[1:] > frames[:-1]
    entries, frames = entries[kept], frames[kept]
    return VideoIndex(
        ids,
        ids,
        time_base,
        frames.astype(np.int64),
        table.pts[entries],
        table.dts[entries],
        True,
        table.damaged,
    )


def frames_before_first_entry(table: PacketTable) -> bool:
    """Tell whether pictures come before the first entry point: only decoding shows which are whole."""
    keys = np.flatnonzero(table.key)
    return bool(table.timed and len(keys) and (table.pts[table.shown] < table.pts[keys[0]]).any())
