"""Random postures of athletes: standing, running, squatting, jumping, kicking, tumbling."""

from __future__ import annotations

import numpy as np

from drawn_person.body import Arm, Body, Figure, Leg, Pose, facing, pose_figure

KINDS = ("stand", "run", "squat", "jump", "kick", "tumble", "bend")


def random_arm(rng: np.random.Generator) -> Arm:
    """Return an arm hanging, raised to some side, bent to the hip or reaching forwards."""
    kind = rng.integers(5)
    if kind == 0:
        return Arm(
            rng.normal(0.1, 0.3), rng.uniform(0.05, 0.5), rng.uniform(-0.2, 0.8), rng.uniform(0.05, 1.0)
        )
    if kind == 1:
        return Arm(rng.normal(0.1, 0.3), rng.uniform(0.8, 2.7), rng.uniform(-1.2, 0.8), rng.uniform(0.0, 1.6))
    if kind == 2:
        return Arm(
            rng.uniform(-0.4, 0.3), rng.uniform(0.5, 0.9), rng.uniform(0.7, 1.3), rng.uniform(1.3, 2.0)
        )
    if kind == 3:
        return Arm(
            rng.uniform(0.7, 2.9), rng.uniform(-0.3, 0.6), rng.uniform(-0.6, 0.9), rng.uniform(0.0, 1.8)
        )
    return Arm(rng.uniform(-0.9, 0.9), rng.uniform(0.0, 0.5), rng.uniform(0.0, 0.6), rng.uniform(1.0, 2.1))


def _legs(kind: str, rng: np.random.Generator) -> tuple[Leg, Leg]:
    def leg(forward: float, sideways: float, knee: float) -> Leg:
        return Leg(
            forward + rng.normal(0, 0.12), max(sideways + rng.normal(0, 0.1), -0.25), rng.normal(0.15, 0.15),
            float(np.clip(knee + rng.normal(0, 0.15), 0.0, 2.5)), rng.normal(0.05, 0.2),
        )  # fmt: skip

    if kind == "run":
        stride = rng.uniform(0.3, 1.2)
        pair = leg(stride, 0.03, rng.uniform(0.2, 1.6)), leg(-0.6 * stride, 0.03, rng.uniform(0.2, 1.9))
    elif kind == "squat":
        depth = rng.uniform(0.5, 1.9)
        pair = leg(depth, 0.25, depth * 1.25), leg(depth, 0.25, depth * 1.25)
    elif kind == "kick":
        pair = leg(rng.uniform(0.5, 1.9), rng.uniform(0, 0.7), rng.uniform(0, 1.0)), leg(-0.1, 0.08, 0.2)
    elif kind in ("jump", "tumble"):
        spread, tuck = rng.uniform(0, 0.9), rng.uniform(-0.3, 1.7)
        pair = (
            leg(tuck, spread, max(tuck, 0) * 1.1 + 0.2),
            leg(tuck + rng.normal(0, 0.6), spread, max(tuck, 0) * 1.1),
        )
    else:
        pair = leg(0.08, rng.uniform(0.0, 0.35), 0.12), leg(-0.02, rng.uniform(0.0, 0.35), 0.1)
    return pair if rng.random() < 0.5 else (pair[1], pair[0])


def random_pose(rng: np.random.Generator) -> tuple[Pose, str]:
    """Return a random pose with the hips at the origin, and the name of its kind."""
    kind = str(rng.choice(KINDS, p=[0.26, 0.2, 0.14, 0.13, 0.1, 0.09, 0.08]))
    yaw = rng.normal(0, 0.6) if rng.random() < 0.55 else rng.uniform(-np.pi, np.pi)
    pitch, roll, lean = rng.normal(0.05, 0.1), rng.normal(0, 0.08), rng.normal(0.15, 0.2)
    if kind == "squat":
        pitch += rng.uniform(0.1, 0.6)
    elif kind == "run":
        pitch += rng.uniform(0, 0.25)
    elif kind == "bend":
        lean += rng.uniform(0.4, 1.2)
        pitch += rng.uniform(0.1, 0.7)
    elif kind == "tumble":
        pitch, roll = rng.uniform(-np.pi, np.pi), rng.normal(0, 0.7)
    arms = random_arm(rng), random_arm(rng)
    if rng.random() < 0.3:
        arms = arms[0], Arm(**vars(arms[0]))
    spine = float(np.clip(lean, -0.5, 1.4)), float(rng.normal(0, 0.15)), float(rng.normal(0, 0.25))
    head = float(rng.normal(0.05, 0.2)), float(rng.normal(0, 0.12)), float(rng.normal(0, 0.4))
    return Pose(np.zeros(3), facing(yaw, pitch, roll), spine, head, arms, _legs(kind, rng)), kind


def random_figure(body: Body, rng: np.random.Generator, place: tuple[float, float] = (0.0, 0.2)) -> Figure:
    """Return a figure in a random pose that stands, lies or flies near `place` (x, z in metres)."""
    pose, kind = random_pose(rng)
    lowest = pose_figure(body, pose).lowest()
    lift = rng.uniform(0.05, 0.6) if kind == "jump" or (kind == "tumble" and rng.random() < 0.6) else 0.0
    pose.root = np.array([rng.normal(place[0], 0.15), lift - lowest, rng.normal(place[1], 0.2)])
    return pose_figure(body, pose)
