"""Pinhole cameras: world metres to pixels and back.

World: Y up. Camera axes (OpenCV): x right, y down, z forward. Pixel centres have integer coordinates.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]


@dataclass(frozen=True)
class Camera:
    """A pinhole camera without distortion.

    Attributes:
        width: Pixels.
        height: Pixels.
        intrinsics: ``(3, 3)`` K: focal lengths and principal point in pixels.
        rotation: ``(3, 3)`` world to camera axes.
        translation: ``(3,)`` metres; ``x_camera = rotation @ x_world + translation``.
    """

    width: int
    height: int
    intrinsics: Floats
    rotation: Floats
    translation: Floats

    @staticmethod
    def looking_at(
        eye: Floats, target: Floats, width: int, height: int, focal_px: float, roll_rad: float = 0.0
    ) -> "Camera":
        """A camera at ``eye`` whose middle pixel shows ``target``.

        Args:
            eye: ``(3,)`` metres.
            target: ``(3,)`` metres, not straight above or below ``eye``.
            width: Pixels.
            height: Pixels.
            focal_px: Focal length in pixels.
            roll_rad: Turn around the line of sight; positive turns the picture's content anticlockwise.
        """
        forward = np.asarray(target, np.float64) - eye
        forward /= np.linalg.norm(forward)
        right = np.cross(forward, (0.0, 1.0, 0.0))
        right /= np.linalg.norm(right)
        down = np.cross(forward, right)
        cos, sin = np.cos(roll_rad), np.sin(roll_rad)
        rotation = np.stack([cos * right + sin * down, cos * down - sin * right, forward])
        intrinsics = np.array(
            [[focal_px, 0, (width - 1) / 2], [0, focal_px, (height - 1) / 2], [0, 0, 1]], np.float64
        )
        return Camera(width, height, intrinsics, rotation, -rotation @ np.asarray(eye, np.float64))

    @property
    def position(self) -> Floats:
        """``(3,)`` the camera's place in the world, metres."""
        return -self.rotation.T @ self.translation

    def to_camera(self, points: Floats) -> Floats:
        """World points ``(..., 3)`` in camera axes, metres; z is the depth."""
        return np.asarray(points, np.float64) @ self.rotation.T + self.translation

    def project(self, points: Floats) -> tuple[Floats, Floats]:
        """Pixels ``(..., 2)`` and depth ``(...)`` in metres of world points ``(..., 3)``.

        Points at or behind the camera's plane give NaN pixels.
        """
        seen = self.to_camera(points)
        depth = seen[..., 2]
        safe = np.where(depth > 1e-9, depth, np.nan)
        flat = seen[..., :2] / safe[..., None]
        k = self.intrinsics
        return np.stack(
            [k[0, 0] * flat[..., 0] + k[0, 1] * flat[..., 1] + k[0, 2], k[1, 1] * flat[..., 1] + k[1, 2]], -1
        ), depth

    def rays(self, pixels: Floats) -> Floats:
        """Directions ``(..., 3)`` in the world of pixels ``(..., 2)``, scaled so that their depth is 1 m."""
        pixels = np.asarray(pixels, np.float64)
        k = self.intrinsics
        y = (pixels[..., 1] - k[1, 2]) / k[1, 1]
        x = (pixels[..., 0] - k[0, 2] - k[0, 1] * y) / k[0, 0]
        return np.stack([x, y, np.ones_like(x)], -1) @ self.rotation

    def unproject(self, pixels: Floats, depth: Floats) -> Floats:
        """World points ``(..., 3)`` of pixels ``(..., 2)`` at depths ``(...)`` in metres."""
        return self.position + self.rays(pixels) * np.asarray(depth)[..., None]

    def cropped(self, x: float, y: float, width: int, height: int, scale: float = 1.0) -> "Camera":
        """The camera of a part of its picture.

        Args:
            x: Pixel of the full picture that becomes column 0 of the part.
            y: Pixel of the full picture that becomes row 0.
            width: Pixels of the part.
            height: Pixels of the part.
            scale: Pixels of the part a pixel of the full picture.
        """
        change = np.array([[scale, 0, -scale * x], [0, scale, -scale * y], [0, 0, 1]], np.float64)
        return Camera(width, height, change @ self.intrinsics, self.rotation, self.translation)
