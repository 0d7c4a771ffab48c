"""Frame-exact reading, caching and writing of video."""

from poseapp.video.cache import Frame, FrameServer, ServerStats, VideoInfo
from poseapp.video.fingerprint import fingerprint
from poseapp.video.images import ImageFolder
from poseapp.video.reader import VideoFile
from poseapp.video.source import Video, open_video
from poseapp.video.writer import VideoWriter

__all__ = [
    "Frame",
    "FrameServer",
    "ImageFolder",
    "ServerStats",
    "Video",
    "VideoFile",
    "VideoInfo",
    "VideoWriter",
    "fingerprint",
    "open_video",
]
