"""Frame-exact random access to a video file."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Literal

import av
import numpy as np
from numpy.typing import NDArray

from poseapp.errors import VideoError
from poseapp.video.container import open_container, pick_stream
from poseapp.video.index import (
    PacketTable,
    VideoIndex,
    frames_before_first_entry,
    index_of,
    read_sample_tables,
    scan_packets,
)
from poseapp.video.pixels import RgbConverter

_JUMP = 12  # frames it is cheaper to decode on than to start anew at an entry point
_SEEK_TRIES = 4


class DecodeCancelled(Exception):
    """The caller asked a running decode to stop; nobody's fault and never shown."""


def _never() -> bool:
    return False


class VideoFile:
    """A video whose frame k is the same bytes however it is reached. One thread a `VideoFile`.

    Attributes:
        path: The file.
        width: Width of a frame in pixels, after rotation.
        height: Height of a frame in pixels, after rotation.
        fps: Mean frames a second.
        timestamps: `(N,)` presentation times in seconds, the first shown frame at 0.
        start_time: The time that the file itself gives to the first shown frame, in seconds.
        codec: Name of the codec.
        warnings: One line for each thing the user should know about the file.
    """

    def __init__(
        self, path: str | Path, *, on_warning: Callable[[str], None] | None = None, defer_index: bool = False
    ) -> None:
        """Open a video.

        Args:
            path: A video file.
            on_warning: Called with each line that is added to `warnings`.
            defer_index: Leave the index to a later `build_index()`; until then only `first_raw` may be used.

        Raises:
            VideoError: If the file cannot be opened or holds no picture that can be decoded.
        """
        self.path = Path(path)
        self.warnings: list[str] = []
        self._on_warning = on_warning
        self._closed = False
        self._open()
        try:
            self.codec: str = self._context.name
            self.first_raw: av.VideoFrame = self._decode_first()
            self._converter = RgbConverter(self.first_raw)
            self.width, self.height = self._converter.width, self._converter.height
            self._index: VideoIndex | None = None
            self._reset_position()
            if not defer_index:
                self.build_index()
        except BaseException:
            self.close()
            raise

    # Opening

    def _open(self) -> None:
        self._container = open_container(self.path)
        try:
            self._stream = pick_stream(self._container, self.path)
        except VideoError:
            self._container.close()
            raise
        self._time_base = self._stream.time_base or Fraction(1, av.time_base)
        self._context = self._stream.codec_context
        self._context.thread_type = "AUTO"

    def _decode_first(self) -> av.VideoFrame:
        packets = self._container.demux(self._stream)
        while True:
            try:
                packet = next(packets, None)
            except av.FFmpegError:
                packet = None
            frames = self._decode(packet)
            if frames:
                return frames[0]
            if packet is None or packet.size == 0:
                raise VideoError(f"no picture can be decoded, the file is damaged or cut off: {self.path}")

    def second(self) -> VideoFile:
        """Open the same file once more, for another thread, without building the index again."""
        other = VideoFile(self.path, defer_index=True)
        other._index = self._require_index()
        other.timestamps, other.start_time, other.fps = self.timestamps, self.start_time, self.fps
        other._reset_position()
        return other

    def build_index(self, cancelled: Callable[[], bool] = _never) -> None:
        """Read the index: quickly from sample tables where the file has them, else by reading it once.

        Raises:
            VideoError: If no frame is readable.
            ScanCancelled: If `cancelled` returned True on the way.
        """
        if self._index is not None:
            return
        table = read_sample_tables(self.path, self._container, self._stream)
        if table is None:
            self._rewind()
            # The scan runs on the container that seeks later: where a file has no index of its own
            # (MPEG-TS, cut-off Matroska), libavformat learns it on the way.
            table = scan_packets(self._container, self._stream, cancelled)
        decoded_ids = None
        if not table.timed or frames_before_first_entry(table):
            decoded_ids = self._learn_by_decoding(table, cancelled)
        self._index = index_of(table, self._time_base, decoded_ids)
        if len(self._index) == 0:
            raise VideoError(f"no picture can be decoded, the file is damaged or cut off: {self.path}")
        if table.damaged:
            self._warn(f"{self.path.name} ends early: {len(self._index)} frames are readable")
        self._set_times()
        self._reset_position()

    def _learn_by_decoding(self, table: PacketTable, cancelled: Callable[[], bool]) -> NDArray[np.int64]:
        """Decode from the start: which early pictures come out, or all where there are no time stamps."""
        self._index = index_of(table, self._time_base, table.pts)
        first_key = int(table.pts[np.flatnonzero(table.key)[0]]) if table.timed else None
        self._start_at(0)
        stamps: list[int] = []
        while (item := self._pull(_never if first_key is not None else cancelled)) is not None:
            stamp = item[1].pts
            if stamp is None or (first_key is not None and stamp >= first_key):
                break
            if not item[1].is_corrupt:
                stamps.append(stamp)
        self._index = None
        return np.array(stamps, np.int64)

    def _set_times(self) -> None:
        index = self._require_index()
        rate = self._stream.average_rate or self._stream.guessed_rate
        stated = float(rate) if rate else 0.0
        if not index.timed:
            stated = stated or 25.0
            name = self.path.name
            self._warn(f"{name} has no time stamps: {stated:g} frames a second assumed, seeking is slow")
            self.timestamps = np.arange(len(index)) / stated
            self.start_time = 0.0
        else:
            self.timestamps = index.seconds()
            self.start_time = float(index.times[0] * index.time_base)
        span = float(self.timestamps[-1])
        measured = (len(index) - 1) / span if span > 0 else stated or 25.0
        # The stated rate is exact where it is true; on variable rates it may be far off.
        self.fps = stated if stated and abs(stated * span - (len(index) - 1)) < 1.5 else measured

    def _warn(self, text: str) -> None:
        self.warnings.append(text)
        if self._on_warning is not None:
            self._on_warning(text)

    def _require_index(self) -> VideoIndex:
        if self._closed:
            raise VideoError(f"the video is closed: {self.path}")
        assert self._index is not None, "build_index() comes first"
        return self._index

    # Access

    def __len__(self) -> int:
        return len(self._require_index())

    def __getitem__(self, k: int) -> NDArray[np.uint8]:
        """Return frame k as `(H, W, 3)` uint8 RGB; negative numbers count from the end.

        Raises:
            IndexError: If there is no such frame.
            VideoError: If the file is damaged there.
        """
        if not -len(self) <= k < len(self):
            raise IndexError(f"frame {k} of a video with {len(self)} frames: {self.path}")
        return self.to_rgb(self.raw(int(k) % len(self)))

    def frames(
        self, start: int = 0, stop: int | None = None, step: int = 1
    ) -> Iterator[tuple[int, NDArray[np.uint8]]]:
        """Yield `(k, image)` for `range(start, stop, step)` as fast as the codec allows.

        Frames that a damaged file cannot give are left out, with one warning.
        """
        missing = False
        for k in range(*slice(start, stop, step).indices(len(self))):
            try:
                raw = self.raw(k)
            except VideoError:
                if self._closed:
                    raise
                if not missing:
                    name = self.path.name
                    self._warn(f"{name} is damaged: frames that cannot be decoded are left out, from {k}")
                missing = True
                continue
            yield k, self.to_rgb(raw)

    def frame_name(self, k: int) -> str:
        """Return "": frames of a video have no names."""
        return ""

    def to_rgb(self, raw: av.VideoFrame) -> NDArray[np.uint8]:
        """Convert what `raw` returned to `(H, W, 3)` uint8 RGB, upright."""
        return self._converter.rgb(raw)

    def to_small_rgb(self, raw: av.VideoFrame, max_width: int) -> NDArray[np.uint8]:
        """Convert what `raw` returned to `(h, w, 3)` uint8 RGB, upright, at most `max_width` pixels wide."""
        return self._converter.small_rgb(raw, max_width)

    @staticmethod
    def raw_bytes(raw: av.VideoFrame) -> int:
        """Return how many bytes a decoded picture occupies."""
        return sum(plane.buffer_size for plane in raw.planes)

    def entry_frame(self, k: int) -> int:
        """Return the first frame of the group of pictures from which frame k is decoded."""
        index = self._require_index()
        return int(index.entry_frames[index.entry_of(k)])

    def key_frames(self) -> NDArray[np.int64]:
        """Return the frames at which decoding can start, ascending."""
        return self._require_index().entry_frames

    def raw(self, k: int, cancelled: Callable[[], bool] = _never) -> av.VideoFrame:
        """Decode frame k without converting it.

        Args:
            k: Frame number, 0 to N - 1.
            cancelled: Asked between packets; True ends the decode.

        Raises:
            DecodeCancelled: If `cancelled` returned True.
            VideoError: If the file is damaged there.
        """
        index = self._require_index()
        entry = index.entry_of(k)
        ahead = k > self._position and k >= self._whole_from
        if not ahead or index.entry_frames[entry] > self._position + _JUMP:
            self._start_at(entry)
        while True:
            frame = self._decode_to(k, cancelled)
            if frame is not None:
                return frame
            # The entry point promised more than it held (open groups of pictures, wrong key flags): one
            # further back.
            entry = min(entry, self._entry) - 1
            if entry < 0:
                raise VideoError(f"frame {k} cannot be decoded, the file is damaged there: {self.path}")
            self._start_at(entry)

    # Decoding

    def _reset_position(self) -> None:
        self._packets: Iterator[av.Packet] | None = None
        self._ready: deque[tuple[int, av.VideoFrame]] = deque()
        self._position = len(self._index) if self._index else 0  # frames up to here are gone in this run
        self._whole_from = 0  # frames before this may have been skipped in this run
        self._skip_before: int | None = None  # time stamp
        self._entry = 0
        self._packet_number = 0

    def _rewind(self) -> None:
        """Go to the first packet of the file; opening anew is the one way that every demuxer gets right."""
        self._container.close()
        self._open()

    def _start_at(self, entry: int) -> None:
        """Bring the demuxer to an entry point, or to one before it where seeking is coarse."""
        index = self._require_index()
        self._reset_position()
        self._entry = entry
        self._position = int(index.entry_frames[entry]) - 1
        if not index.timed:
            self._rewind()
            self._packets = self._container.demux(self._stream)
            return
        wanted = int(index.entry_pts[entry])
        earlier = int(index.entry_pts[max(0, entry - 1)])
        tries = (wanted, int(index.entry_dts[entry]), earlier, int(index.entry_dts[0]) - 1)
        for stamp in tries[:_SEEK_TRIES]:
            try:
                self._container.seek(stamp, stream=self._stream)
                if self._skip_to_key(wanted):
                    return
            except av.FFmpegError:
                continue
        self._rewind()
        self._packets = self._container.demux(self._stream)

    def _skip_to_key(self, wanted: int) -> bool:
        """Read to the first key packet; tell whether it is presented at or before the wanted time."""
        packets = self._container.demux(self._stream)
        for packet in packets:
            if packet.size == 0 or packet.pts is None:
                return False
            if packet.is_keyframe or self._require_index().entry_pts[0] == packet.pts:
                if packet.pts > wanted:
                    return False
                self._packets = packets
                self._feed(packet)
                return True
        return False

    def _decode_to(self, k: int, cancelled: Callable[[], bool]) -> av.VideoFrame | None:
        """Decode on to frame k; None where the run has passed it or ended."""
        index = self._require_index()
        if index.timed and k > self._position + 1:
            self._skip_before = int(index.ids[k])
            self._whole_from = k
        while (item := self._pull(cancelled)) is not None:
            number, frame = item
            if number <= self._position:
                continue
            if number > k:
                self._ready.appendleft(item)
                self._position = number - 1
                return None
            self._position = number
            if number == k:
                return frame
        return None

    def _pull(self, cancelled: Callable[[], bool]) -> tuple[int, av.VideoFrame] | None:
        """Return the next decoded picture with its frame number, or None at the end."""
        while not self._ready:
            if cancelled():
                raise DecodeCancelled
            if self._packets is None:
                return None
            try:
                packet = next(self._packets, None)
            except av.FFmpegError:  # a file that was cut off: what the decoder holds is still good
                packet = None
            self._feed(packet)
            if packet is None or packet.size == 0:
                self._packets = None
        return self._ready.popleft()

    def _feed(self, packet: av.Packet | None) -> None:
        index = self._require_index()
        if packet is not None and packet.size and not index.timed:
            packet.pts = self._packet_number
            self._packet_number += 1
        if packet is not None and self._skip_before is not None and packet.pts is not None:
            # Pictures that no other needs are not decoded on the way to the wanted one.
            skip: Literal["NONREF", "DEFAULT"] = "NONREF" if packet.pts < self._skip_before else "DEFAULT"
            if self._context.skip_frame != skip:
                self._context.skip_frame = skip
        for frame in self._decode(packet):
            number = index.frame_of(frame.pts)
            if number >= 0:
                self._ready.append((number, frame))

    def _decode(self, packet: av.Packet | None) -> list[av.VideoFrame]:
        try:
            return [frame for frame in self._context.decode(packet) if isinstance(frame, av.VideoFrame)]
        except av.FFmpegError:  # damaged pictures are left out; access to them says so
            return []

    def close(self) -> None:
        """Close the file; further access raises VideoError."""
        self._closed = True
        self._packets = None
        self._container.close()

    def __enter__(self) -> VideoFile:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()
