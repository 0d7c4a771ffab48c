"""Motion by chance: walking and running, key poses one after the other, jumps, clips of the user's files."""

from dataclasses import replace

import numpy as np

from poseapp.synth.body.model import BodyModel, ShapedBody
from poseapp.synth.motion import gait
from poseapp.synth.motion.anatomy import Anatomy, Joints, angles_of, joints_of
from poseapp.synth.motion.bvh_folder import sample_clip
from poseapp.synth.motion.collide import Capsules
from poseapp.synth.motion.contact import ContactSkin
from poseapp.synth.motion.ground import MAX_SETTLE_RAD, centre_of_mass, feet_bones, settle
from poseapp.synth.motion.limits import SIZE, STIR, Floats, clamp
from poseapp.synth.motion.motion import Motion, motion_of
from poseapp.synth.motion.prior import Draft, draft, held_together, pick_family, pick_kind
from poseapp.synth.motion.rotations import about, from_vectors, to_vectors
from poseapp.synth.settings import SynthSettings

RATE = 30.0
MAX_SPEED_DEG = {"everyday": 260.0, "sport": 480.0, "sitting": 200.0, "lying": 150.0, "crouching": 220.0}
_MIN_JERK_PEAK = 1.875  # peak over mean speed of a minimum-jerk movement (Flash & Hogan, 1985)
_GRAVITY = 9.81
_GAITS = {"everyday": {"walk": 0.5}, "sport": {"jog": 0.15, "sprint": 0.12}}
_HANGING = ("climb",)
_TRIES = 3
_YAW = np.array([0.0, 0.0, 1.0, 0.0, 0.0, 0.0])


def sample_motion(
    model: BodyModel,
    shaped: ShapedBody,
    rng: np.random.Generator,
    settings: SynthSettings,
    duration_s: float,
    kind: str | None = None,
) -> Motion:
    """A smooth motion that starts over the origin and goes along +Z if at all.

    Args:
        model: The body.
        shaped: Whose motion it will be.
        rng: Source of chance.
        settings: Shares of the kinds, folder of BVH files.
        duration_s: Length; a BVH clip may be shorter, its last pose then stays.
        kind: Of `settings.POSE_KINDS`; None for one by the shares.

    Raises:
        SynthError: No such kind, or "bvh" without usable files.
    """
    kind = kind or pick_kind(rng, settings)
    if kind == "bvh":
        return sample_clip(model, shaped, rng, settings, duration_s)
    draw = rng.random()
    for name, share in _GAITS.get(kind, {}).items():
        if draw < share:
            return gait.go(model, shaped, rng, duration_s, name, kind)
        draw -= share
    family = pick_family(rng, kind)
    best: tuple[float, Motion] | None = None
    for _ in range(_TRIES):
        track = _Track(model, shaped, rng, kind, family)
        motion, depth = track.motion(duration_s)
        if best is None or depth < best[0]:
            best = depth, motion
        if depth <= 0.02:
            break
    assert best is not None
    return best[1]


class _Track:
    """Key poses of a family one after the other, rests in between."""

    def __init__(
        self, model: BodyModel, shaped: ShapedBody, rng: np.random.Generator, kind: str, family: str
    ) -> None:
        self.model, self.rng, self.kind, self.family = model, rng, kind, family
        self.anatomy = Anatomy(model, shaped)
        self.capsules = Capsules.fit(model, shaped, self.anatomy)
        self.skin = ContactSkin(model, shaped, self.anatomy)
        self.times: list[float] = []
        self.angles: list[Floats] = []
        self.roots: list[Floats] = []  # see `_root`
        self.hands: list[Floats] = []
        self.flights: list[tuple[float, float]] = []
        self.base = "feet"

    def _key(self, kind: str, family: str) -> tuple[Floats, Floats, Draft]:
        drafted = draft(self.rng, kind, family)
        joints, depth = held_together(self.anatomy, self.capsules, drafted)
        for _ in range(2):
            if depth <= 0:
                break
            other = draft(self.rng, kind, family)
            again, deep = held_together(self.anatomy, self.capsules, other)
            if deep < depth:
                drafted, joints, depth = other, again, deep
        settled: Floats = np.eye(3)
        if drafted.key.base == "floor" and kind != "inverted":
            placed, turned = self.anatomy.place(self.anatomy.rotations(joints))
            weight = centre_of_mass(self.model, placed[0])
            settled = settle(self.skin.points(placed, turned)[0], weight, MAX_SETTLE_RAD)
        return clamp(angles_of(joints))[0], _root(joints, drafted, settled), drafted

    def _add(self, angles: Floats, root: Floats, fingers: Floats, least_s: float, rest_s: float) -> float:
        """Go on to a pose, no faster than joints go, and rest there; how long going takes."""
        if not self.times:
            self.times, self.angles, self.roots, self.hands = [0.0], [angles], [root], [fingers]
            took = 0.0
        else:
            far = max(np.abs(angles - self.angles[-1]).max(), np.degrees(np.abs(root - self.roots[-1])).max())
            took = max(least_s, _MIN_JERK_PEAK * far / MAX_SPEED_DEG.get(self.kind, 400.0))
            self._append(self.times[-1] + took, angles, root, fingers)
        if rest_s > 0:
            sway = clamp(angles + self.rng.normal(0, 0.15, SIZE) * STIR)
            self._append(self.times[-1] + rest_s, sway, root, fingers)
        return took

    def _append(self, time: float, angles: Floats, root: Floats, fingers: Floats) -> None:
        self.times.append(time)
        self.angles.append(angles)
        self.roots.append(root)
        self.hands.append(fingers)

    def _fill(self, duration_s: float) -> None:
        rng = self.rng
        yaw = 0.0
        while not self.times or self.times[-1] < duration_s:
            angles, root, drafted = self._key(self.kind, self.family)
            self.base = drafted.key.base
            if self.base == "air" and self.family not in _HANGING:
                yaw = self._jump(angles, root, drafted, yaw)
                continue
            yaw += rng.normal(0, 0.25) if self.base in ("feet", "toes") else 0.0
            root = root + yaw * _YAW
            self._add(angles, root, drafted.hands, rng.uniform(0.45, 1.1), rng.uniform(0.1, 0.7))

    def _jump(self, air: Floats, root: Floats, drafted: Draft, yaw: float) -> float:
        """Bend the knees, fly through a pose, land, stand; whoever turns over goes on to a full turn."""
        rng = self.rng
        stand, stand_root, standing = self._key("everyday", "stand")
        bent, bent_root, bending = self._key("crouching", "crouch")
        here = yaw * _YAW
        if not self.times:
            self._add(stand, stand_root + here, standing.hands, 0.0, rng.uniform(0.1, 0.4))
        turns = np.zeros(6)
        for axis in (0, 1):
            if abs(root[axis]) > np.pi / 2:
                turns[axis] = 2 * np.pi * np.sign(root[axis])
        here[:2] = np.round(self.roots[-1][:2] / (2 * np.pi)) * 2 * np.pi
        self._add(bent, bent_root + here, bending.hands, 0.4, 0.0)
        leave = self.times[-1]
        flight = rng.uniform(0.5, 0.75) if not turns.any() else rng.uniform(0.75, 0.95)
        self._append(leave + flight / 2, air, root + here, drafted.hands)
        here = here + turns
        self._append(leave + flight, bent, bent_root + here, bending.hands)
        self.flights.append((leave, leave + flight))
        self._add(stand, stand_root + here, standing.hands, 0.5, rng.uniform(0.1, 0.5))
        return yaw

    def motion(self, duration_s: float) -> tuple[Motion, float]:
        """The motion and the metres that limbs still sink in too deep."""
        self._fill(duration_s)
        times = np.arange(int(np.ceil(duration_s * RATE)) + 1) / RATE
        through = [leave + (land - leave) / 2 for leave, land in self.flights]
        angles = _through(times, self.times, np.stack(self.angles), through)
        roots = _through(times, self.times, np.stack(self.roots), through)
        fingers = _through(times, self.times, np.stack(self.hands).reshape(len(self.hands), -1), through)
        root = (
            about(1, roots[:, 2]) @ from_vectors(roots[:, 3:]) @ about(0, roots[:, 0]) @ about(2, roots[:, 1])
        )
        joints = joints_of(clamp(angles), root, fingers.reshape(-1, 2, 5, 4))
        rotations = self.anatomy.rotations(joints)
        placed, turned = self.anatomy.place(rotations[::3])
        depth = float(self.capsules.depths(self.capsules.place(placed, turned)).max())
        places = self._places(rotations, times)
        name = f"{self.family} poses"
        motion = motion_of(rotations, places, RATE, self.kind, name)
        if self.base == "seat":
            seat = float((places[:, 1] + self.skin.lowest(rotations, seat=True)).mean())
            motion = replace(motion, seat_height_m=seat)
        return motion, depth

    def _places(self, rotations: Floats, times: Floats) -> Floats:
        heights = -self.skin.lowest(rotations)
        places = np.zeros((len(times), 3))
        if self.base == "seat":
            # The seat stays where it is, as high as the longest reach of the legs below it asks for.
            seat = self.skin.lowest(rotations, seat=True)
            heights = (heights + seat).max() - seat
        if self.family in _HANGING:
            heights = np.full(len(times), heights.max() + self.rng.uniform(0.1, 0.8))
        for leave, land in self.flights:
            inside = (times > leave) & (times < land)
            # Ballistic between leaving and landing, but never into the ground.
            since = times[inside] - leave
            ends = np.interp([leave, land], times, heights)
            free = ends[0] + (ends[1] - ends[0]) * since / (land - leave)
            free = free + 0.5 * _GRAVITY * since * (land - leave - since)
            heights[inside] = np.maximum(free, heights[inside])
        places[:, 1] = heights
        if self.base in ("feet", "toes"):
            joints, _ = self.anatomy.place(rotations)
            feet = joints[:, feet_bones(self.model)]
            low = np.exp(-(feet[..., 1] - feet[..., 1].min(1, keepdims=True)) / 0.03)
            weight = (low[1:] + low[:-1])[..., None]
            slip = (np.diff(feet, axis=0) * weight).sum(1) / weight.sum(1)
            places[1:, [0, 2]] = -np.cumsum(slip, 0)[:, [0, 2]]
        return places


def _root(joints: Joints, drafted: Draft, settled: Floats) -> Floats:
    """Pitch, roll, yaw and a last turn ``(6,)`` in radians: root = Ry(yaw) exp(turn) Rx(pitch) Rz(roll).

    Pitch and roll stay as drafted, since they tell which way a body turns over.
    """
    pitch, roll = np.radians(drafted.pitch_deg), np.radians(drafted.roll_deg)
    rest = settled @ joints.root[0] @ (about(0, pitch) @ about(2, roll)).T
    return np.array([pitch, roll, 0.0, *to_vectors(rest)])


def _through(times: Floats, keys: list[float], values: Floats, passing: list[float]) -> Floats:
    """Minimum-jerk movements between keys at rest; keys in ``passing`` are gone through without a stop.

    Args:
        times: ``(N,)`` seconds.
        keys: ``(K,)`` seconds, growing.
        values: ``(K, D)``.
        passing: Times of keys.
    """
    at = np.asarray(keys)
    slopes = np.zeros_like(values)
    for time in passing:
        k = int(np.argmin(np.abs(at - time)))
        if 0 < k < len(at) - 1:
            slope = (values[k + 1] - values[k - 1]) / (at[k + 1] - at[k - 1])
            # Only what keeps going the same way is gone through (monotone: Fritsch & Carlson, 1980).
            before, after = values[k] - values[k - 1], values[k + 1] - values[k]
            slopes[k] = np.where(before * after > 0, slope, 0.0)
    low = np.clip(np.searchsorted(at, times, side="right") - 1, 0, len(at) - 2)
    span = (at[low + 1] - at[low])[:, None]
    s = np.clip((times - at[low])[:, None] / span, 0, 1)
    v0, v1 = slopes[low] * span, slopes[low + 1] * span
    step = values[low + 1] - values[low]
    # Quintic with given ends and slopes and no acceleration at the ends.
    a, b, c = 10 * step - 6 * v0 - 4 * v1, -15 * step + 8 * v0 + 7 * v1, 6 * step - 3 * v0 - 3 * v1
    return values[low] + s * v0 + s**3 * (a + s * (b + s * c))
