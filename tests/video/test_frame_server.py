"""The frame server: newest request first, look-ahead, bounded memory, proxies, errors told once."""

import queue
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
import pytest

from poseapp.video import Frame, FrameServer, VideoInfo, open_video
from tests.video.clips import encode

LIMIT = 20.0  # seconds until a test that waits for something gives up


class Viewer:
    """Collects what a server sends."""

    def __init__(self) -> None:
        self.frames: queue.Queue[Frame] = queue.Queue()
        self.errors: list[str] = []
        self.infos: list[VideoInfo] = []

    def wait_for(self, k: int, *, full: bool = True) -> Frame:
        """Return the next picture of frame k."""
        while True:
            frame = self.frames.get(timeout=LIMIT)
            if frame.frame_idx == k and not (full and frame.is_proxy):
                return frame


def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + LIMIT
    while not condition():
        assert time.monotonic() < end, "did not happen"
        time.sleep(0.005)


@contextmanager
def serve(path, **options) -> Iterator[tuple[FrameServer, Viewer]]:
    viewer = Viewer()
    with FrameServer(
        path,
        on_frame=viewer.frames.put,
        on_error=viewer.errors.append,
        on_ready=viewer.infos.append,
        **options,
    ) as server:
        yield server, viewer


@pytest.fixture(scope="module")
def images(clip_path) -> list[np.ndarray]:
    with open_video(clip_path("h264_gop250.mp4")) as video:
        return [image for _, image in video.frames()]


def test_frames_are_those_of_the_file_in_every_direction(clip_path, images):
    with serve(clip_path("h264_gop250.mp4"), proxy_bytes=0) as (server, viewer):
        for k in [0, 1, 2, 120, 119, 118, 117, 299, 298, 260, 249, 250, 251, 5, 4, 30]:
            server.request(k)
            frame = viewer.wait_for(k)
            assert np.array_equal(frame.image, images[k])
            assert frame.image_idx == k and not frame.is_proxy and frame.decode_ms >= 0
        assert server.info is not None and server.info.num_frames == 300
        assert viewer.infos == [server.info] and viewer.errors == []
        assert not server.cached(30).flags.writeable


@pytest.mark.parametrize("name", ["h264_open_gop.ts", "vfr.mkv", "rotated.mp4", "single.mp4", "mjpeg.avi"])
def test_other_containers(name, clip_path):
    with open_video(clip_path(name)) as video:
        expected = [image for _, image in video.frames()]
    last = len(expected) - 1
    with serve(clip_path(name)) as (server, viewer):
        for k in (0, last, last // 2, max(0, last // 2 - 1)):
            server.request(k)
            assert np.array_equal(viewer.wait_for(k).image, expected[k])


def test_only_the_newest_request_is_served(clip_path):
    """While the viewer is busy with a picture, requests pile up: one of them is answered, the last."""
    release, entered = threading.Event(), threading.Event()
    shown: list[int] = []

    def slow_viewer(frame: Frame) -> None:
        shown.append(frame.frame_idx)
        entered.set()
        release.wait(LIMIT)

    with FrameServer(clip_path("h264_gop250.mp4"), on_frame=slow_viewer, proxy_bytes=0) as server:
        server.request(10)
        assert entered.wait(LIMIT)
        for k in range(40, 280, 7):
            server.request(k)
        server.request(200)
        release.set()
        until(lambda: 200 in shown)
        until(lambda: server.cached(201) is not None)
    # An overtaken frame may be offered, but the many requests in between are not worked off.
    assert shown[0] == 10 and len(shown) <= 3


def test_clamps_to_the_video(clip_path):
    with serve(clip_path("h264_faststart.mp4")) as (server, viewer):
        server.request(10_000)
        assert viewer.wait_for(59).frame_idx == 59
        server.request(-5)
        assert viewer.wait_for(0).frame_idx == 0


def test_looks_ahead_in_the_direction_of_travel(clip_path):
    path = clip_path("h264_gop250.mp4")
    with open_video(path) as video:
        frame_bytes = video.raw_bytes(video.raw(0))
    room = 40 * frame_bytes * 4 // 3  # 40 decoded frames beside the converted ones
    with serve(path, max_bytes=room, proxy_bytes=0) as (server, viewer):
        for k in (150, 151):
            server.request(k)
            viewer.wait_for(k)
        until(lambda: server.cached(153) is not None)
        assert set(range(152, 162)) <= set(settled_window(server))
        for k in (150, 149, 148):
            server.request(k)
            viewer.wait_for(k)
        until(lambda: server.cached(146) is not None)
        assert set(range(138, 148)) <= set(settled_window(server))


def settled_window(server: FrameServer) -> list[int]:
    """Return the frames held once the look-ahead has come to rest."""
    seen: list[list[int]] = [[], []]

    def unchanged() -> bool:
        with server._state.changed:
            seen[:] = [seen[1], list(server._state.window)]
        time.sleep(0.05)
        return seen[0] == seen[1] != []

    until(unchanged)
    return seen[1]


def test_stepping_back_decodes_a_group_of_pictures_once(clip_path, monkeypatch):
    from poseapp.video.reader import VideoFile

    starts: list[int] = []
    begin = VideoFile._start_at

    def counted(self: VideoFile, entry: int) -> None:
        starts.append(entry)
        begin(self, entry)

    monkeypatch.setattr(VideoFile, "_start_at", counted)
    with serve(clip_path("h264_gop250.mp4"), proxy_bytes=0) as (server, viewer):
        for k in range(249, 149, -1):
            server.request(k)
            viewer.wait_for(k)
    assert len(starts) <= 6  # 100 steps back into one group of 250


@pytest.mark.parametrize("frames_of_room", [0.2, 3, 12, 60])
def test_memory_stays_within_its_bound(clip_path, images, frames_of_room):
    path = clip_path("h264_gop250.mp4")
    with open_video(path) as video:
        one = video.raw_bytes(video.raw(0)) + images[0].nbytes
    bound = int(frames_of_room * one)
    rng = np.random.default_rng(3)
    walk = [*range(100, 60, -1), *range(60, 90), *rng.integers(0, 300, 12).tolist()]
    worst = 0
    with serve(path, max_bytes=bound, proxy_bytes=0) as (server, viewer):
        for k in walk:
            server.request(k)
            assert np.array_equal(viewer.wait_for(k).image, images[k])
            worst = max(worst, server.stats.cached_bytes)
        # What is on screen is always held, decoded and converted, however small the bound.
        assert worst <= max(bound, one)
        server.set_max_bytes(one)
        assert server.stats.cached_bytes <= one
        server.request(5)
        assert np.array_equal(viewer.wait_for(5).image, images[5])


def test_large_frames_do_not_pile_up(tmp_path):
    fast = ("-c:v", "libx264", "-preset", "ultrafast", "-g", "24")
    path = encode(tmp_path / "uhd.mp4", 16, *fast, width=3840, height=2160)
    bound = 100 << 20
    with serve(path, max_bytes=bound, proxy_bytes=0) as (server, viewer):
        for k in (12, 11, 10, 3, 2):
            server.request(k)
            assert viewer.wait_for(k).image.shape == (2160, 3840, 3)
            assert server.stats.cached_bytes <= bound


def test_dragging_shows_proxies_and_the_full_frame_at_rest(tmp_path):
    fast = ("-c:v", "libx264", "-preset", "ultrafast", "-g", "60")
    path = encode(tmp_path / "wide.mp4", 60, *fast, width=800, height=450)
    with open_video(path) as video:
        full = video[40]
    with serve(path, max_bytes=4 << 20) as (server, viewer):  # too little to hold the clip itself
        server.request(0)
        viewer.wait_for(0)
        until(lambda: server.stats.proxy_share == 1.0)
        server.scrub(40)
        proxy = viewer.wait_for(40, full=False)
        assert proxy.is_proxy and proxy.image.shape == (360, 640, 3) and proxy.image_idx == 40
        small = full[::5, ::5].astype(int)
        assert np.abs(proxy.image[::4, ::4].astype(int) - small).mean() < 12
        frame = viewer.wait_for(40)
        assert np.array_equal(frame.image, full)


def test_proxies_fit_their_bound(clip_path):
    path = clip_path("h264_gop250.mp4")
    with serve(path, max_bytes=1 << 20, proxy_bytes=60_000) as (server, viewer):
        server.request(0)
        viewer.wait_for(0)
        until(lambda: server.stats.proxy_share == 1.0)
        assert 20_000 < server.stats.proxy_bytes <= 60_000
        server.scrub(200)
        frame = viewer.wait_for(200, full=False)
        assert frame.is_proxy and abs(frame.image_idx - 200) < 60


def test_image_folder(picture_folder):
    with open_video(picture_folder) as folder:
        expected = [image for _, image in folder.frames()]
    with serve(picture_folder) as (server, viewer):
        for k in [len(expected) - 1, 0]:
            server.request(k)
            assert np.array_equal(viewer.wait_for(k).image, expected[k])


def test_unopenable_file_is_told_once(tmp_path):
    viewer = Viewer()
    server = FrameServer(tmp_path / "gone.mp4", on_frame=viewer.frames.put, on_error=viewer.errors.append)
    server.request(3)
    until(lambda: bool(viewer.errors))
    server.request(4)
    server.close()
    assert len(viewer.errors) == 1 and "no such file" in viewer.errors[0]
    assert viewer.frames.empty() and server.info is None


def test_a_damaged_picture_is_told_once_and_the_others_are_served(picture_folder):
    paths = sorted(picture_folder.iterdir())
    paths[1].write_bytes(b"no picture")
    with serve(picture_folder) as (server, viewer):
        for _ in range(3):
            server.request(1)
            until(lambda: bool(viewer.errors))
            server.request(0)
            viewer.wait_for(0)
    assert len(viewer.errors) == 1 and paths[1].name in viewer.errors[0]


@pytest.mark.parametrize("delay", [0.0, 0.01, 0.05])
def test_closing_while_busy(clip_path, delay):
    viewer = Viewer()
    server = FrameServer(clip_path("h264_gop250.mp4"), on_frame=viewer.frames.put)
    server.request(240)
    time.sleep(delay)
    server.close()
    server.close()
    seen = viewer.frames.qsize()
    server.request(3)
    time.sleep(0.02)
    assert viewer.frames.qsize() == seen
    assert server.stats.cached_bytes == 0
    assert not any(thread.name.startswith("video-") and thread.is_alive() for thread in own_threads(server))


def own_threads(server: FrameServer) -> list[threading.Thread]:
    return [server._decoder, server._presenter]


def test_closing_from_a_callback(clip_path):
    done = threading.Event()
    servers: list[FrameServer] = []

    def on_frame(frame: Frame) -> None:
        servers[0].close()
        done.set()

    servers.append(FrameServer(clip_path("h264_faststart.mp4"), on_frame=on_frame))
    servers[0].request(7)
    assert done.wait(LIMIT)
    servers[0].close()
