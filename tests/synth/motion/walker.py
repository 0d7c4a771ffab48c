"""A walking person written as a BVH file, in several conventions."""

import numpy as np

# role: (parent, offset in Y-up centimetres of a person facing +Z, with T-pose arms)
_BODY = {
    "hips": (None, (0, 90, 0)),
    "spine": ("hips", (0, 10, 0)),
    "chest": ("spine", (0, 20, 0)),
    "neck": ("chest", (0, 22, 0)),
    "head": ("neck", (0, 10, 2)),
}
for _side, _sign in (("L", 1), ("R", -1)):
    _BODY |= {
        f"hip.{_side}": ("hips", (9 * _sign, -3, 0)),
        f"knee.{_side}": (f"hip.{_side}", (0, -41, 0)),
        f"ankle.{_side}": (f"knee.{_side}", (0, -40, 0)),
        f"toe.{_side}": (f"ankle.{_side}", (0, -5, 13)),
        f"shoulder.{_side}": ("chest", (17 * _sign, 18, 0)),
        f"elbow.{_side}": (f"shoulder.{_side}", (28 * _sign, 0, 0)),
        f"wrist.{_side}": (f"elbow.{_side}", (25 * _sign, 0, 0)),
        f"fingers.{_side}": (f"wrist.{_side}", (9 * _sign, 0, 0)),
    }
_TRUNK = {"hips": "Hips", "spine": "Spine", "chest": "Spine1", "neck": "Neck", "head": "Head"}
CONVENTIONS = {
    "mixamo": (
        "mixamorig:",
        ("UpLeg", "Leg", "Foot", "ToeBase", "Arm", "ForeArm", "Hand", "HandMiddle1"),
    ),
    "biovision": ("", ("Hip", "Knee", "Ankle", "Toe", "Shoulder", "Elbow", "Wrist", "Fingers")),
    "motionbuilder": ("Actor:", ("UpLeg", "Leg", "Foot", "ToeBase", "Arm", "ForeArm", "Hand", "HandIndex1")),
}
_LIMBS = ("hip", "knee", "ankle", "toe", "shoulder", "elbow", "wrist", "fingers")


def walker(convention: str = "biovision", scale: float = 1.0, z_up: bool = False, frames: int = 60) -> str:
    """Text of a file: two strides in ``frames``, arms hanging and swinging, knees bent in the swing."""
    prefix, words = CONVENTIONS[convention]
    names = {role: prefix + word for role, word in _TRUNK.items()}
    for side, long in (("L", "Left"), ("R", "Right")):
        names |= {f"{limb}.{side}": f"{prefix}{long}{word}" for limb, word in zip(_LIMBS, words, strict=True)}
    turn = np.array([[1, 0, 0], [0, 0, -1], [0, 1, 0]]) if z_up else np.eye(3)
    order: list[str] = []
    lines = ["HIERARCHY"]
    _write(lines, order, "hips", names, turn, scale, 0)
    lines += ["MOTION", f"Frames: {frames}", "Frame Time: 0.0333333"]
    for frame in range(frames):
        lines.append(" ".join(f"{v:.5f}" for v in _frame(order, frame, frames, turn, scale)))
    return "\n".join(lines) + "\n"


def _write(
    lines: list[str],
    order: list[str],
    role: str,
    names: dict[str, str],
    turn: np.ndarray,
    scale: float,
    deep: int,
) -> None:
    pad = "  " * deep
    offset = " ".join(f"{v:.4f}" for v in scale * turn @ _BODY[role][1])
    order.append(role)
    root = role == "hips"
    channels = "6 Xposition Yposition Zposition" if root else "3"
    lines += [f"{pad}{'ROOT' if root else 'JOINT'} {names[role]}", pad + "{", f"{pad}  OFFSET {offset}"]
    lines.append(f"{pad}  CHANNELS {channels} Zrotation Xrotation Yrotation")
    children = [name for name, (parent, _) in _BODY.items() if parent == role]
    for child in children:
        _write(lines, order, child, names, turn, scale, deep + 1)
    if not children:
        lines += [f"{pad}  End Site", f"{pad}  {{", f"{pad}    OFFSET 0 0 0", f"{pad}  }}"]
    lines.append(pad + "}")


def leg_angles(phase: float) -> tuple[float, float]:
    """Hip flexion and knee flexion in degrees at a phase of a stride."""
    hip = 5 + 25 * np.cos(2 * np.pi * phase)
    return float(hip), float(5 + 50 * max(0.0, np.sin(2 * np.pi * (phase - 0.5))) ** 2)


def _frame(order: list[str], frame: int, frames: int, turn: np.ndarray, scale: float) -> list[float]:
    phase = 2 * frame / frames
    values: list[float] = []
    for role in order:
        if role == "hips":
            values += (scale * turn @ (0.0, 88.0, 2.6 * frame)).tolist()
        bend = np.zeros(3)  # about x, y, z of the person
        own = phase + (0.5 if role.endswith(".R") else 0.0)
        sign = -1 if role.endswith(".L") else 1
        hip, knee = leg_angles(own)
        if role.startswith("hip."):
            bend[0] = -hip
        elif role.startswith("knee"):
            bend[0] = knee
        elif role.startswith("shoulder"):
            # From the T-pose down, then forward and back: R = Rx Rz as one rotation about tilted axes.
            bend[:] = (15 * np.cos(2 * np.pi * own), 0, sign * 80)
        elif role.startswith("elbow"):
            bend[1] = sign * 25
        values += _channels(bend, turn)
    return values


def _channels(bend: np.ndarray, turn: np.ndarray) -> list[float]:
    """Angles of Zrotation Xrotation Yrotation that make Rx Ry Rz of the person's axes."""
    x, y, z = np.radians(bend)
    rx = np.array([[1, 0, 0], [0, np.cos(x), -np.sin(x)], [0, np.sin(x), np.cos(x)]])
    ry = np.array([[np.cos(y), 0, np.sin(y)], [0, 1, 0], [-np.sin(y), 0, np.cos(y)]])
    rz = np.array([[np.cos(z), -np.sin(z), 0], [np.sin(z), np.cos(z), 0], [0, 0, 1]])
    r = turn @ rx @ ry @ rz @ turn.T
    return np.degrees(
        [np.arctan2(-r[0, 1], r[1, 1]), np.arcsin(np.clip(r[2, 1], -1, 1)), np.arctan2(-r[2, 0], r[2, 2])]
    ).tolist()
