"""Key poses of the prior. Data only: what each limb does stands in `keylimbs`.

Sources of the angles: Winter, *Biomechanics and Motor Control of Human Movement* (walking), Novacheck (1998,
running), the rest set by eye on the rendered body.
"""

from dataclasses import dataclass, replace
from typing import Any

Spine = tuple[float, float, float, float]


@dataclass(frozen=True)
class KeyPose:
    """One pose, in degrees.

    Attributes:
        kind: Of `settings.POSE_KINDS`.
        family: Only poses of one family are blended.
        base: What carries the body: "feet" (balanced over flat feet), "toes" (feet as they are),
            "seat", "floor" (whatever is lowest), "air".
        spine: Lumbar flexion, thoracic flexion, bend to the left, turn to the left.
        neck: Flexion, bend, turn.
        arms: Left and right, names in `keylimbs.ARMS`.
        legs: Left and right, names in `keylimbs.LEGS`.
        pitch: The pelvis forward.
        roll: The pelvis to its right side (the left hip rises).
        loose: Whether other arms may take the place of these.
    """

    kind: str
    family: str
    base: str
    spine: Spine
    neck: tuple[float, float, float]
    arms: tuple[str, str]
    legs: tuple[str, str]
    pitch: float = 0.0
    roll: float = 0.0
    loose: bool = False


def _rows(
    kind: str, family: str, base: str, loose: bool, rows: dict[str, tuple[Any, ...]]
) -> dict[str, KeyPose]:
    return {name: replace(KeyPose(kind, family, base, *row), loose=loose) for name, row in rows.items()}


_EASE: Spine = (0, 3, 0, 0)
_AHEAD = (0, 0, 0)

STANDING = _rows("everyday", "stand", "feet", True, {
    "at_ease": (_EASE, _AHEAD, ("hang", "hang"), ("stand", "stand")),
    "contrapposto": ((-2, 2, 8, 4), (2, -4, 15), ("hang_bent", "on_hip"), ("stand", "free"), 0, 4),
    "hands_on_hips": ((-3, 0, 0, 0), _AHEAD, ("on_hip", "on_hip"), ("stand_wide", "stand_wide")),
    "hands_in_pockets": ((0, 8, 0, 0), (6, 0, 10), ("pocket", "pocket"), ("stand", "free")),
    "hands_behind": ((-3, 0, 0, 0), (-5, 0, 0), ("behind_back", "behind_back"), ("stand_wide", "stand")),
    "arms_crossed": ((0, 6, 0, 0), _AHEAD, ("crossed_over", "crossed_under"), ("stand_wide", "free")),
    "waving": ((0, 0, -6, 5), (-4, -4, 12), ("wave_high", "hang"), ("stand", "free")),
    "waving_low": (_EASE, (0, 5, 10), ("wave", "pocket"), ("stand", "stand_wide")),
    "phoning": ((0, 6, 3, 0), (8, 10, 10), ("phone", "hang_bent"), ("free", "stand")),
    "reading_phone": ((0, 16, 0, 0), (32, 0, 5), ("look_at_phone", "hang"), ("stand", "free")),
    "reading_both": ((0, 14, 0, 0), (30, 0, 0), ("look_at_phone", "look_at_phone"), ("stand", "stand")),
    "selfie": ((-4, -3, 4, 12), (-6, 8, 15), ("selfie", "hang"), ("stand", "free")),
    "carrying_box": ((-6, 0, 0, 0), _AHEAD, ("carry_box", "carry_box"), ("stand_wide", "stand_wide"), 2),
    "carrying_tray": ((-3, 0, 0, 0), _AHEAD, ("carry", "carry"), ("stand", "free")),
    "carrying_on_shoulder": ((0, 0, -6, 0), (0, -10, -15), ("carry_shoulder", "on_hip"),
        ("stand_wide", "stand")),
    "carrying_child": ((-8, 0, -4, 0), (8, 5, 10), ("cradle", "cradle"), ("stand_wide", "free")),
    "reaching_shelf": ((-8, -8, -8, 6), (-30, 0, 10), ("reach_up", "hang_out"), ("stand", "free")),
    "reaching_both": ((-10, -8, 0, 0), (-30, 0, 0), ("reach_up", "reach_up"), ("stand", "stand_wide")),
    "reaching_ahead": ((8, 6, 0, -12), (-4, 0, 0), ("hang_bent", "reach_forward"),
        ("step_loaded", "step_back"), 8),
    "pointing": ((0, 0, 0, 8), (0, 0, 20), ("point_forward", "hang"), ("stand", "free")),
    "pointing_side": ((0, 0, 0, 18), (0, 0, 45), ("point_side", "pocket"), ("stand_wide", "stand")),
    "arms_out": ((-2, 0, 0, 0), (-6, 0, 0), ("sideways", "sideways"), ("stand_wide", "stand_wide")),
    "cheering": ((-6, -4, 0, 0), (-16, 0, 0), ("sideways_high", "sideways_high"),
        ("stand_wide", "stand_wide")),
    "flexing": ((-4, -3, 0, 0), (-4, 0, 25), ("biceps", "biceps"), ("stand_broad", "stand_broad")),
    "hands_behind_head": ((-5, -5, 0, 0), (6, 0, 0), ("behind_head", "behind_head"), ("stand_wide", "stand")),
    "despair": ((-3, 5, 0, 0), (10, 0, 0), ("on_head", "on_head"), ("stand_wide", "stand")),
    "thinking": ((2, 10, 0, 0), (14, 6, 0), ("chin", "crossed_under"), ("stand", "free")),
    "saluting": ((-4, -3, 0, 0), (-4, 0, 0), ("hang", "salute"), ("stand", "stand")),
    "clapping": ((0, 2, 0, 0), _AHEAD, ("clap", "clap"), ("stand", "stand_wide")),
    "greeting": ((12, 10, 0, 0), (14, 0, 0), ("palms_together", "palms_together"), ("stand", "stand"), 8),
    "bowing": ((34, 18, 0, 0), (16, 0, 0), ("hang", "hang"), ("stand", "stand"), 28),
    "touching_toes": ((52, 28, 0, 0), (20, 0, 0), ("reach_down", "reach_down"),
        ("stand_wide", "stand_wide"), 48),
    "shrugging": ((0, 6, 0, 0), (0, 12, 10), ("shrug", "shrug"), ("stand_wide", "free")),
    "talking": ((0, 3, 0, 6), (0, 0, 12), ("gesture", "gesture_wide"), ("stand", "free")),
    "drinking": ((-4, -3, 0, 0), (-15, 0, 0), ("drink", "pocket"), ("free", "stand")),
    "picking_up": ((30, 15, 0, -12), (5, 0, 0), ("on_thigh", "reach_down"), ("squat_half", "squat_half"), 38),
    "pushing": ((10, 4, 0, 0), (-10, 0, 0), ("reach_forward", "reach_forward"),
        ("lunge_front", "lunge_back"), 22),
    "looking_back": ((0, 0, 0, 32), (0, 0, 55), ("hang_bent", "hang_bent"), ("stand", "free")),
    "leaning_on_wall": ((6, 12, 0, 0), (16, 0, 10), ("pocket", "crossed_under"),
        ("stand", "foot_on_wall"), -6),
    "climbing_stairs": ((6, 6, 0, 8), (-2, 0, 0), ("run_front", "hang_bent"), ("stand", "step_up"), 6),
})  # fmt: skip
WALKING = _rows("everyday", "walk", "feet", True, {
    "heel_strike": ((3, 3, 0, -6), (0, 0, 4), ("hang_bent", "hang"), ("step_front", "toe_off"), 4),
    "mid_stance": ((3, 3, 3, 0), (2, 0, 0), ("hang", "hang_bent"), ("step_under", "swing"), 4, 3),
    "push_off": ((3, 3, 0, 6), (0, 0, -4), ("hang_bent", "hang"), ("step_back", "swing"), 5),
    "striding": ((4, 3, 0, -10), (-3, 0, 10), ("run_back", "run_front"), ("step_front", "step_back"), 5),
    "dancing": ((-4, -4, 10, 15), (-8, 8, 20), ("sideways_high", "on_hip"), ("free", "stand_wide"), 0, -5),
    "tiptoeing": ((4, 6, 0, 0), (0, 0, 20), ("sideways_low", "sideways_low"), ("step_up", "support"), 4),
})  # fmt: skip
RUNNING = _rows("sport", "run", "toes", False, {
    "run_drive": ((6, 4, 0, -10), (-8, 0, 6), ("run_back", "run_front"), ("run_knee", "run_push"), 10),
    "run_stance": ((6, 5, 3, 0), (-6, 0, 0), ("run_front", "run_back"), ("run_load", "run_tail"), 8),
    "run_flight": ((5, 4, 0, 10), (-6, 0, -6), ("run_front", "run_back"), ("run_tail", "run_reach"), 8),
    "sprint": ((8, 4, 0, -12), (-12, 0, 8), ("sprint_back", "sprint_front"), ("sprint_knee", "run_push"), 14),
    "sprint_flight": ((8, 4, 0, 10), (-12, 0, -8), ("sprint_front", "sprint_back"),
        ("sprint_tail", "run_reach"), 12),
    "finish": ((2, -6, 0, 0), (-16, 0, 0), ("wings", "sideways_high"), ("run_knee", "run_push"), 18),
    "start": ((18, 10, 0, -10), (-30, 0, 0), ("sprint_back", "sprint_front"),
        ("sprint_knee", "run_push"), 42),
    "ball_run": ((12, 6, 4, 10), (-10, 0, 12), ("carry_ball", "stiff_arm"), ("run_push", "run_knee"), 16),
    "dribble": ((14, 10, 0, 8), (0, 0, 15), ("reach_down", "run_front"), ("run_load", "run_tail"), 16),
})  # fmt: skip
JUMPING = _rows("sport", "jump", "air", False, {
    "star_jump": ((-8, -6, 0, 0), (-15, 0, 0), ("sideways_high", "sideways_high"), ("star", "star")),
    "tuck_jump": ((25, 15, 0, 0), (5, 0, 0), ("reach_forward", "reach_forward"), ("tuck", "tuck"), 8),
    "pike_jump": ((35, 18, 0, 0), (-10, 0, 0), ("to_toes", "to_toes"), ("straddle", "straddle"), 10),
    "split_leap": ((-8, -4, 0, 8), (-6, 0, 10), ("reach_forward", "sideways"),
        ("leap_front", "leap_back"), 4),
    "stag_leap": ((-10, -8, 0, 0), (-18, 0, 0), ("overhead_wide", "sideways"), ("stag", "leap_back"), 2),
    "long_jump": ((18, 8, 0, 0), (-12, 0, 0), ("reach_forward", "overhead"), ("kick_front", "kick_mid"), -10),
    "hurdle": ((30, 14, 0, 10), (-25, 0, 0), ("to_toes", "run_back"), ("hurdle_trail", "hurdle_lead"), 30),
    "lay_up": ((-4, -4, -10, 8), (-25, 0, 8), ("run_front", "reach_up"), ("run_push", "run_knee"), 4, 6),
    "dunk": ((-10, -6, 0, 0), (-18, 0, 0), ("overhead_wide", "serve_hit"), ("back_stag", "stag"), 4),
    "spike": ((-14, -10, 0, -18), (-20, 0, 10), ("toss", "cocked"), ("back_stag", "kick_cock"), 0),
    "block_jump": ((-4, -3, 0, 0), (-12, 0, 0), ("overhead", "overhead"), ("star", "kick_mid"), 0),
    "header": ((-12, -8, 0, 0), (-22, 0, 10), ("wings", "sideways"), ("back_stag", "back_stag"), -6),
    "overhead_kick": ((10, 6, 0, 12), (25, 0, 0), ("sideways", "wings"), ("stag", "kick_front"), -80, 10),
    "goalkeeper": ((-6, -3, -12, 12), (-14, -8, 15), ("catch_high", "overhead"), ("stag", "star"), 8, -60),
    "flying_kick": ((4, 6, 0, -12), (4, 0, 25), ("guard", "guard_low"), ("chamber", "kick_side"), -10, 25),
    "high_jump": ((-28, -16, 0, 0), (-20, 0, 25), ("hang_out", "sideways_low"),
        ("lie_bent", "lie_bent"), -85),
    "flop": ((-30, -18, 0, 0), (10, 0, 0), ("hang", "hang_out"), ("back_stag", "kneel_up"), -98),
    "diving": ((0, 0, 0, 0), (-10, 0, 0), ("overhead", "overhead"), ("lie", "lie"), 140),
    "flat_dive": ((-12, -6, 0, 0), (-35, 0, 0), ("overhead", "overhead"), ("lie", "lie_wide"), 92),
    "dive_pike": ((40, 22, 0, 0), (15, 0, 0), ("to_toes", "to_toes"), ("pike", "pike"), 95),
    "parkour_vault": ((22, 10, 0, 15), (-20, 0, 10), ("floor_front", "wings"), ("tuck", "straddle"), 30, 15),
    "parkour_drop": ((12, 8, 0, 0), (12, 0, 0), ("sideways_low", "wings"), ("athletic", "squat_half"), 6),
    "snowboard_grab": ((30, 14, 8, 20), (-10, 0, 20), ("reach_down", "wings"), ("tuck", "squat"), 14, 12),
})  # fmt: skip
STRIKING = _rows("sport", "strike", "toes", False, {
    "kick_ball": ((8, 8, 0, 12), (16, 0, 0), ("sideways", "wings"), ("support", "kick_mid"), -8, 8),
    "kick_back": ((-10, -2, 0, -18), (14, 0, 8), ("sideways_high", "wings"), ("support", "kick_cock"), 12),
    "pitch": ((-4, -6, 0, -28), (0, 0, 30), ("guard", "cocked"), ("chamber", "support"), -6),
    "throw": ((-8, -8, -6, -24), (-2, 0, 25), ("point_forward", "cocked"), ("lunge_front", "lunge_back"), 4),
    "throw_end": ((24, 14, 6, 32), (-14, 0, -10), ("wings", "follow"), ("lunge_front", "kick_cock"), 22),
    "javelin": ((-16, -12, -8, -22), (-8, 0, 22), ("toss", "backswing"), ("step_front", "lunge_back"), -10),
    "serve": ((-14, -12, -10, -18), (-30, 0, 12), ("toss", "serve_trophy"), ("support", "free"), 4),
    "serve_hit": ((-4, -2, -14, 12), (-28, 0, 8), ("guard_low", "serve_hit"), ("toe_off", "kick_cock"), 8),
    "forehand": ((4, 4, 0, -34), (2, 0, 45), ("reach_side", "backswing"), ("athletic", "side_lunge"), 6),
    "forehand_end": ((4, 4, 0, 30), (2, 0, -15), ("hang_tense", "follow"), ("lunge_front", "lunge_back"), 8),
    "backhand": ((6, 6, 0, 30), (4, 0, -30), ("sideways_low", "backhand"), ("lunge_back", "lunge_front"), 8),
    "bat_stance": ((12, 8, 0, -25), (0, 0, 65), ("bat_near", "bat_far"), ("athletic", "athletic"), 10),
    "bat_swing": ((0, 0, -10, 35), (4, 0, 5), ("club_near", "club_far"), ("support", "toe_off"), -4),
    "golf_address": ((22, 12, 0, 0), (22, 0, 0), ("club_near", "club_far"), ("stand_wide", "stand_wide"), 20),
    "golf_top": ((16, 8, 0, -42), (18, 0, 50), ("swing_high_near", "swing_high_far"),
        ("athletic", "stand_wide"), 16),
    "golf_end": ((-10, -4, 8, 40), (0, 0, -30), ("swing_high_far", "swing_high_near"), ("stand", "toe_off")),
    "archery": ((-2, 0, 0, -20), (0, 0, 68), ("bow_hold", "bow_draw"), ("stand_wide", "stand_wide")),
    "boxing": ((8, 12, 0, -18), (14, 0, 15), ("guard", "guard"), ("athletic", "support"), 6),
    "jab": ((6, 8, 0, -24), (10, 0, 20), ("punch", "guard"), ("lunge_front", "lunge_back"), 8),
    "cross_punch": ((6, 6, 0, 30), (10, 0, -18), ("guard", "punch"), ("athletic", "toe_off"), 10),
    "hook": ((4, 8, 0, 20), (10, 0, -10), ("guard", "hook"), ("athletic", "support"), 6),
    "karate_block": ((-2, 0, 0, 10), (0, 0, 0), ("block", "guard_low"), ("lunge_front", "lunge_back")),
    "front_kick": ((6, 8, 0, 0), (4, 0, 0), ("guard", "guard_low"), ("support", "kick_front"), -14),
    "side_kick": ((4, 4, 18, 0), (0, 15, -50), ("guard", "hang_tense"), ("support", "kick_side"), 0, -42),
    "round_kick": ((0, 4, 12, 18), (4, 8, -35), ("guard", "hang_out"), ("support", "kick_round"), -6, -30),
    "knee_strike": ((10, 12, 0, 0), (6, 0, 0), ("guard", "climb_mid"), ("support", "chamber"), -6),
    "fencing": ((2, 2, 0, -30), (0, 0, 30), ("punch", "sideways_high"), ("lunge_front", "side_long"), 6),
    "discus": ((14, 8, 0, -42), (4, 0, 30), ("sideways_low", "backswing"), ("athletic", "squat_half"), 12),
    "bowling": ((30, 14, 0, 0), (-25, 0, 0), ("sideways_low", "reach_down"),
        ("lunge_front", "lunge_back"), 34),
    "volley_set": ((-6, -4, 0, 0), (-28, 0, 0), ("set_ball", "set_ball"), ("athletic", "support"), -4),
    "dig": ((14, 10, 0, 0), (-22, 0, 0), ("catch_low", "catch_low"), ("squat_half", "side_lunge"), 14),
    "basket_shot": ((-4, -3, 0, -6), (-14, 0, 4), ("set_ball", "set_ball"), ("support", "support"), 2),
    "defending": ((12, 8, 0, 0), (-14, 0, 0), ("sideways_low", "catch_high"), ("horse", "athletic"), 14),
    "tackle": ((20, 10, 0, 10), (-30, 0, 0), ("wrap", "wrap"), ("lunge_front", "run_push"), 48),
    "football_stance": ((20, 8, 0, 0), (-35, 0, 0), ("guard_low", "guard_low"),
        ("squat_half", "squat_half"), 32),
    "slide_tackle": ((6, 8, 10, 0), (16, 0, 0), ("floor_behind", "wings"),
        ("kick_front", "hurdle_trail"), -38, -15),
    "lacrosse": ((4, 4, 0, -30), (2, 0, 30), ("bat_near", "cocked"), ("lunge_front", "lunge_back"), 6),
})  # fmt: skip
BALANCE = _rows("sport", "balance", "feet", False, {
    "lunge": ((-2, 0, 0, 0), _AHEAD, ("on_hip", "on_hip"), ("lunge_front", "lunge_low")),
    "side_lunge": ((12, 6, 0, 0), (-8, 0, 0), ("guard_low", "guard_low"), ("side_lunge", "side_long"), 18, 8),
    "air_squat": ((14, 4, 0, 0), (-8, 0, 0), ("reach_forward", "reach_forward"), ("squat", "squat"), 22),
    "barbell_squat": ((8, 0, 0, 0), (-8, 0, 0), ("biceps", "biceps"), ("squat", "squat"), 26),
    "deadlift": ((16, 6, 0, 0), (-18, 0, 0), ("reach_down", "reach_down"), ("squat_half", "squat_half"), 44),
    "overhead_lift": ((-6, -4, 0, 0), (-4, 0, 0), ("overhead_wide", "overhead_wide"),
        ("lunge_front", "lunge_back")),
    "snatch": ((4, 0, 0, 0), (-12, 0, 0), ("overhead_wide", "overhead_wide"),
        ("squat_deep", "squat_deep"), 16),
    "curl": ((-4, 0, 0, 0), _AHEAD, ("guard_low", "hang_tense"), ("stand_wide", "stand_wide")),
    "warrior": ((-4, -2, 0, 0), (0, 0, 50), ("sideways", "sideways"), ("warrior_front", "warrior_back")),
    "warrior_up": ((-14, -10, 0, 0), (-28, 0, 0), ("overhead", "overhead"), ("warrior_front", "lunge_back")),
    "tree": ((-3, -2, 0, 0), _AHEAD, ("overhead", "overhead"), ("stand", "tree")),
    "triangle": ((6, 2, 34, 0), (0, 0, 55), ("reach_side", "sideways"),
        ("stand_broad", "stand_broad"), 0, -42),
    "half_moon": ((-2, 0, 22, 0), (0, 0, 40), ("sideways_low", "sideways"),
        ("support", "kick_side"), 10, -62),
    "arabesque": ((-22, -14, 0, 0), (-22, 0, 0), ("reach_forward", "sideways"), ("stand", "arabesque"), 32),
    "ballet_passe": ((-4, -3, 0, 0), (-6, 0, 12), ("overhead_wide", "cradle"), ("stand", "passe")),
    "dancer": ((-26, -14, 0, 0), (-20, 0, 0), ("reach_forward", "hold_foot"), ("stand", "kick_cock"), 18),
    "standing_scale": ((-10, -6, 0, 0), (-30, 0, 0), ("sideways", "sideways"), ("stand", "split_back"), 62),
    "leg_hold": ((6, 6, 10, 0), (0, 0, 0), ("sideways_high", "hang_out"), ("split_side", "support"), -6, -16),
    "ski_tuck": ((34, 20, 0, 0), (-38, 0, 0), ("tuck_poles", "tuck_poles"), ("ski_tuck", "ski_tuck"), 34),
    "ski": ((12, 8, 8, 10), (-12, 0, 0), ("poles", "poles"), ("surf", "athletic"), 14, -10),
    "surf": ((10, 6, 6, 20), (-2, 0, 45), ("sideways", "sideways_low"), ("surf", "horse"), 10),
    "skate": ((24, 14, 0, 0), (-28, 0, 0), ("wings", "run_front"), ("ski_tuck", "side_long"), 38),
    "sumo": ((10, 8, 0, 0), (-6, 0, 0), ("on_thigh", "on_thigh"), ("horse", "horse"), 14),
    "horse_stance": ((-2, 0, 0, 0), _AHEAD, ("punch", "guard_low"), ("horse", "horse"), 4),
    "stretch_side": ((0, 0, 34, 0), (0, 12, 0), ("hang_out", "overhead"),
        ("stand_wide", "stand_wide"), 0, -6),
    "stretch_quad": ((-4, 0, 0, 0), _AHEAD, ("sideways", "hold_foot"), ("stand", "kick_cock")),
    "catch": ((-8, -4, -6, 8), (-26, 0, 10), ("catch_high", "catch_high"), ("support", "free"), -4),
})  # fmt: skip
ON_WALL = _rows("sport", "climb", "air", False, {
    "climb": ((4, 4, 6, 0), (-24, 0, 20), ("climb_high", "climb_mid"), ("climb_low", "climb_high")),
    "climb_wide": ((0, 0, -8, 0), (-30, 0, -20), ("climb_mid", "climb_low"), ("climb_high", "climb_low")),
    "climb_reach": ((-4, 0, -10, 0), (-35, 0, 10), ("climb_high", "climb_low"),
        ("climb_high", "climb_low"), 0, 6),
    "hang_bar": ((-4, 0, 0, 0), (-8, 0, 0), ("overhead_wide", "overhead_wide"), ("lie", "free")),
    "pull_up": ((-8, -4, 0, 0), (-20, 0, 0), ("climb_mid", "climb_mid"), ("lie_bent", "lie_bent"), -6),
    "rings_l": ((8, 4, 0, 0), _AHEAD, ("hang_out", "hang_out"), ("pike", "pike"), -4),
    "swim_crawl": ((-4, -4, 0, 20), (-10, 0, 55), ("overhead", "swim_recover"), ("kick_mid", "lie"), 86, 20),
    "swim_pull": ((-4, -2, 0, -14), (0, 0, 0), ("reach_up", "swim_pull"), ("lie", "kick_mid"), 88, -12),
    "swim_breast": ((-14, -8, 0, 0), (-38, 0, 0), ("swim_pull", "swim_pull"), ("lie_frog", "lie_frog"), 74),
    "swim_butterfly": ((-16, -8, 0, 0), (-35, 0, 0), ("sideways_high", "sideways_high"), ("lie", "lie"), 80),
    "swim_back": ((-4, -4, 0, 16), (5, 0, 0), ("overhead", "hang_out"), ("kick_mid", "lie"), -84, 14),
})  # fmt: skip
SPLITS = _rows("sport", "split", "floor", False, {
    "front_split": ((-12, -4, 0, 0), _AHEAD, ("sideways", "sideways"), ("split_front", "split_back"), 12),
    "front_split_up": ((-16, -8, 0, 0), (-10, 0, 0), ("overhead", "overhead"),
        ("split_front", "split_back"), 14),
    "side_split": ((4, 2, 0, 0), _AHEAD, ("sideways", "sideways"), ("split_side", "split_side"), 30),
    "straddle_fold": ((40, 22, 0, 0), (-15, 0, 0), ("to_toes", "to_toes"), ("wide_sit", "wide_sit"), 22),
    "hurdler": ((30, 18, 0, 8), (5, 0, 0), ("to_toes", "to_toes"), ("long_sit", "side_sit_out"), 8),
})  # fmt: skip
SITTING = _rows("sitting", "chair", "seat", True, {
    "sit_upright": ((8, 4, 0, 0), _AHEAD, ("on_thigh", "on_thigh"), ("sit", "sit"), -2),
    "sit_slouched": ((34, 20, 0, 0), (10, 0, 0), ("lap", "on_thigh"),
        ("sit_stretched", "sit_stretched"), -24),
    "sit_crossed": ((14, 8, 0, 4), (0, 0, 10), ("lap", "lap"), ("sit_crossed", "sit"), -6),
    "sit_ankle": ((18, 8, 0, 0), (4, 0, -10), ("arm_rest", "on_thigh"), ("sit", "sit_ankle_on_knee"), -12),
    "sit_wide": ((22, 14, 0, 0), (8, 0, 0), ("on_thigh", "on_thigh"), ("sit_wide", "sit_wide"), -4),
    "sit_elbows": ((38, 24, 0, 0), (6, 0, 0), ("elbow_on_knee", "elbow_on_knee"),
        ("sit_wide", "sit_wide"), 12),
    "sit_typing": ((12, 12, 0, 0), (14, 0, 0), ("type", "type"), ("sit", "sit_tucked")),
    "sit_driving": ((16, 8, 0, 0), (4, 0, 0), ("steer", "steer"), ("sit_stretched", "sit"), -12),
    "sit_phone": ((26, 20, 0, 0), (34, 0, 0), ("look_at_phone", "on_thigh"), ("sit", "sit_tucked"), -10),
    "sit_phoning": ((14, 8, 0, 0), (6, 10, 10), ("phone", "lap"), ("sit_crossed", "sit"), -6),
    "sit_spread": ((20, 10, 0, 0), (-4, 0, 15), ("back_rest", "on_thigh"),
        ("sit_wide", "sit_stretched"), -18),
    "sit_drinking": ((8, 4, 0, 0), (-12, 0, 0), ("drink", "lap"), ("sit", "sit"), -2),
    "sit_eating": ((16, 14, 0, 0), (18, 0, 0), ("type", "face"), ("sit", "sit_tucked"), 2),
    "sit_thinking": ((34, 20, 0, 0), (6, 8, 0), ("chin", "lap"), ("sit_wide", "sit"), 8),
    "sit_leaning_back": ((4, -6, 0, 0), (4, 0, 0), ("behind_head", "behind_head"),
        ("sit_stretched", "sit"), -22),
    "cycling": ((34, 16, 0, 0), (-34, 0, 0), ("steer", "steer"), ("sit_stretched", "sit_tucked"), 26),
    "rowing": ((26, 14, 0, 0), (-8, 0, 0), ("reach_forward", "reach_forward"),
        ("sit_tucked", "sit_tucked"), 8),
    "riding": ((4, 2, 0, 0), _AHEAD, ("guard_low", "guard_low"), ("sit_wide", "sit_wide")),
    "sit_waving": ((6, 2, 0, 6), (-2, 0, 15), ("wave", "lap"), ("sit", "sit_tucked"), -2),
})  # fmt: skip
FLOOR_SITTING = _rows("sitting", "floor_sit", "floor", False, {
    "cross_legged": ((24, 10, 0, 0), _AHEAD, ("on_thigh", "on_thigh"), ("cross_sit", "cross_sit"), -14),
    "meditating": ((10, 2, 0, 0), (4, 0, 0), ("lap", "lap"), ("cross_sit", "cross_sit"), -8),
    "butterfly": ((32, 14, 0, 0), (10, 0, 0), ("reach_down", "reach_down"), ("butterfly", "butterfly"), -8),
    "long_sit": ((10, 6, 0, 0), _AHEAD, ("floor_behind", "floor_behind"), ("long_sit", "long_sit"), -16),
    "reach_toes": ((48, 28, 0, 0), (5, 0, 0), ("to_toes", "to_toes"), ("long_sit", "long_sit"), 2),
    "knees_up": ((42, 20, 0, 0), (8, 0, 0), ("hug_knee", "hug_knee"), ("bent_sit", "bent_sit"), -18),
    "one_knee_up": ((24, 14, 0, 0), (4, 0, 10), ("hug_knee", "floor_behind"), ("bent_sit", "long_sit"), -18),
    "leaning_back": ((4, 0, 0, 0), (4, 0, 12), ("floor_behind", "floor_behind"),
        ("bent_sit", "long_sit"), -28),
    "side_sitting": ((18, 8, 14, 6), (0, 5, 0), ("floor_side", "lap"),
        ("side_sit_out", "side_sit_in"), -8, -10),
    "seiza": ((8, 4, 0, 0), (4, 0, 0), ("on_thigh", "on_thigh"), ("heels_sit", "heels_sit"), 2),
    "v_sit": ((18, 8, 0, 0), (-2, 0, 0), ("to_toes", "to_toes"), ("long_sit", "long_sit"), -46),
    "wide_legs": ((16, 10, 0, 0), _AHEAD, ("floor_front", "floor_behind"), ("wide_sit", "wide_sit"), -8),
    "floor_phone": ((34, 20, 0, 0), (32, 0, 0), ("look_at_phone", "hug_knee"),
        ("cross_sit", "bent_sit"), -14),
})  # fmt: skip
ON_BACK = _rows("lying", "back", "floor", True, {
    "sleep_back": ((0, 0, 0, 0), (4, 0, 25), ("hang_out", "on_belly"), ("lie", "lie_wide"), -90),
    "starfish": ((-2, 0, 0, 0), (0, 0, 10), ("sideways", "sideways_high"), ("lie_wide", "lie_wide"), -90),
    "sunbathe": ((-2, 0, 0, 0), (10, 0, 0), ("behind_head", "behind_head"), ("lie_bent", "lie_crossed"), -90),
    "knee_up": ((2, 2, 0, 0), (8, 0, -15), ("on_belly", "hang_out"), ("lie_bent", "lie"), -90),
    "knees_up_back": ((4, 0, 0, 0), (6, 0, 0), ("on_belly", "pillow_high"), ("lie_bent", "lie_bent"), -90),
    "legs_up": ((10, 2, 0, 0), (8, 0, 0), ("hang_out", "hang_out"), ("lie_up", "lie_up"), -92),
    "crunch": ((34, 24, 0, 0), (14, 0, 0), ("behind_head", "behind_head"), ("lie_bent", "lie_bent"), -86),
    "reading_back": ((4, 4, 0, 0), (24, 0, 0), ("reach_forward", "reach_forward"), ("lie_bent", "lie"), -90),
    "glute_bridge": ((-14, -6, 0, 0), (26, 0, 0), ("hang_out", "hang_out"), ("kneel_up", "kneel_up"), -114),
    "twist_back": ((4, 0, 0, 38), (2, 0, 40), ("sideways", "sideways"), ("side_half", "side_half"), -90, 30),
})  # fmt: skip
ON_BELLY = _rows("lying", "belly", "floor", False, {
    "sleep_belly": ((-2, -2, 0, 0), (-5, 0, 68), ("pillow", "hang_out"), ("lie_wide", "side_half"), 90),
    "prone": ((-2, -2, 0, 0), (-4, 0, 60), ("pillow_high", "pillow_high"), ("lie", "lie_wide"), 90),
    "sphinx": ((-26, -14, 0, 0), (-18, 0, 0), ("forearm_floor", "forearm_floor"), ("lie", "lie"), 88),
    "cobra": ((-30, -18, 0, 0), (-35, 0, 0), ("floor_front", "floor_front"), ("lie", "lie"), 80),
    "superman": ((-28, -16, 0, 0), (-28, 0, 0), ("overhead", "overhead_wide"),
        ("arabesque", "arabesque"), 88),
    "reading_belly": ((-26, -14, 0, 0), (-22, 0, 0), ("forearm_floor", "chin"), ("kneel_up", "lie"), 88),
    "plank": ((0, 0, 0, 0), (-14, 0, 0), ("floor_front", "floor_front"), ("plank", "plank"), 72),
    "push_up": ((0, 0, 0, 0), (-18, 0, 0), ("push_up_low", "push_up_low"), ("plank", "plank"), 86),
})  # fmt: skip
ON_SIDE = _rows("lying", "side", "floor", False, {
    "side_sleep": ((14, 10, 0, 0), (14, 0, 0), ("lap", "pillow"), ("side_half", "side_half"), 0, 90),
    "fetal": ((38, 24, 0, 0), (28, 0, 0), ("face", "face"), ("fetal", "fetal"), 0, 92),
    "side_long": ((-2, 0, 0, 0), (0, 4, 0), ("hang_bent", "pillow_high"), ("lie", "side_half"), 0, 90),
    "side_propped": ((0, 4, 30, 0), (0, 18, 10), ("on_hip", "floor_side"), ("lie_bent", "lie"), 0, 80),
    "side_plank": ((0, 0, 4, 0), (0, 0, 10), ("sideways", "floor_side"), ("lie", "lie"), 0, 68),
    "recovery": ((6, 4, 0, 12), (-10, 0, 12), ("pillow", "pillow_high"), ("side_half", "lie"), 30, 82),
})  # fmt: skip
CROUCHING = _rows("crouching", "crouch", "feet", True, {
    "deep_squat": ((34, 18, 0, 0), (-14, 0, 0), ("elbow_on_knee", "elbow_on_knee"),
        ("squat_deep", "squat_deep"), 18),
    "half_squat": ((20, 12, 0, 0), (-10, 0, 0), ("on_thigh", "on_thigh"), ("squat_half", "squat_half"), 30),
    "crouch_look": ((30, 18, 0, 10), (-18, 0, 20), ("reach_down", "on_thigh"), ("squat_deep", "squat"), 28),
    "wicket_keeper": ((24, 14, 0, 0), (-26, 0, 0), ("catch_low", "catch_low"),
        ("squat_deep", "squat_deep"), 28),
    "ready": ((16, 8, 0, 0), (-16, 0, 0), ("guard_low", "catch_low"), ("athletic", "athletic"), 26),
    "sneaking": ((22, 16, 0, 8), (-22, 0, 0), ("guard_low", "reach_forward"), ("squat_half", "surf"), 24),
})  # fmt: skip
KNEELING = _rows("crouching", "kneel", "floor", True, {
    "one_knee": ((4, 4, 0, 0), _AHEAD, ("on_thigh", "hang_bent"), ("lunge_front", "lunge_low")),
    "proposal": ((6, 4, 0, 0), (-18, 0, 0), ("gesture", "gesture"), ("lunge_front", "lunge_low"), 2),
    "tie_shoe": ((46, 24, 0, 0), (8, 0, 0), ("reach_down", "reach_down"), ("lunge_front", "lunge_low"), 22),
    "tall_kneel": ((-2, 0, 0, 0), _AHEAD, ("hang", "hang_bent"), ("kneel_up", "kneel_up"), 3),
    "kneel_work": ((30, 16, 0, 8), (10, 0, 0), ("reach_down", "carry"), ("heels_sit", "heels_sit"), 14),
    "camel": ((-30, -20, 0, 0), (-40, 0, 0), ("swept_back", "swept_back"), ("kneel_up", "kneel_up"), -10),
    "shooting": ((10, 8, 0, -14), (6, 0, 20), ("reach_forward", "guard"), ("squat", "heels_sit"), 4),
})  # fmt: skip
FOURS = _rows("crouching", "fours", "floor", False, {
    "all_fours": ((-4, 0, 0, 0), (-22, 0, 0), ("floor_front", "floor_front"),
        ("kneel_fours", "kneel_fours"), 86),
    "cat": ((34, 24, 0, 0), (30, 0, 0), ("floor_front", "floor_front"), ("kneel_fours", "kneel_fours"), 70),
    "crawling": ((4, 2, 4, 6), (-26, 0, 10), ("reach_forward", "floor_front"),
        ("kneel_back", "crawl_forward"), 84),
    "child": ((42, 22, 0, 0), (14, 0, 0), ("overhead", "overhead"), ("heels_sit", "heels_sit"), 44),
    "bear_crawl": ((10, 4, 0, 0), (-22, 0, 0), ("floor_front", "floor_front"),
        ("crawl_forward", "run_load"), 78),
    "mountain_climber": ((8, 4, 0, 0), (-16, 0, 0), ("floor_front", "floor_front"), ("climber", "plank"), 74),
    "down_dog": ((6, -6, 0, 0), (8, 0, 0), ("overhead", "overhead"), ("down_dog", "down_dog"), 128),
    "start_block": ((26, 12, 0, 0), (8, 0, 0), ("floor_front", "floor_front"),
        ("sprint_block", "run_load"), 88),
    "three_point": ((16, 6, 0, 8), (-36, 0, 0), ("on_thigh", "floor_front"), ("squat", "athletic"), 66),
    "spider": ((12, 8, 0, 0), (-26, 0, 0), ("floor_wide", "floor_wide"), ("squat_deep", "side_long"), 50),
    "crab": ((-4, 0, 0, 0), (10, 0, 0), ("floor_behind", "floor_behind"),
        ("kneel_fours", "kneel_fours"), -72),
})  # fmt: skip
UPSIDE_DOWN = _rows("inverted", "upside", "floor", False, {
    "handstand": ((-8, -4, 0, 0), (-30, 0, 0), ("stand_on_hands", "stand_on_hands"), ("lie", "lie"), 180),
    "handstand_straddle": ((-4, -2, 0, 0), (-28, 0, 0), ("stand_on_hands", "stand_on_hands"),
                           ("split_side", "split_side"), 172),
    "handstand_split": ((-8, -4, 0, 0), (-30, 0, 0), ("stand_on_hands", "stand_on_hands"),
                        ("leap_front", "leap_back"), 176),
    "handstand_stag": ((-14, -6, 0, 0), (-30, 0, 0), ("stand_on_hands", "stand_on_hands"),
        ("stag", "back_stag"), 178),
    "headstand": ((-4, -4, 0, 0), (0, 0, 0), ("headstand", "headstand"), ("lie", "lie"), 180),
    "headstand_bent": ((4, 2, 0, 0), (0, 0, 0), ("headstand", "headstand"), ("stag", "back_stag"), 178),
    "shoulder_stand": ((24, 12, 0, 0), (45, 0, 0), ("on_hip", "on_hip"), ("lie", "free"), 206),
    "plough": ((46, 28, 0, 0), (48, 0, 0), ("hang_out", "hang_out"), ("pike", "pike"), 226),
    "cartwheel": ((0, 0, 0, 0), (-18, 0, 0), ("overhead_wide", "overhead_wide"),
        ("split_side", "split_side"), 0, 150),
    "cartwheel_in": ((6, 4, -12, 0), (-10, 0, 0), ("overhead_wide", "overhead_wide"),
        ("star", "kick_side"), 10, 105),
    "backbend": ((-30, -20, 0, 0), (-45, 0, 0), ("bridge", "bridge"), ("bridge", "bridge"), -100),
    "walkover": ((-26, -14, 0, 0), (-30, 0, 0), ("stand_on_hands", "stand_on_hands"),
                 ("leap_front", "leap_back"), -150),
})  # fmt: skip
FLIPPING = _rows("inverted", "flip", "air", False, {
    "tuck_flip": ((42, 26, 0, 0), (28, 0, 0), ("hug_knee", "hug_knee"), ("tuck", "tuck"), 180),
    "layout_flip": ((-10, -6, 0, 0), (-12, 0, 0), ("hang", "hang_out"), ("lie", "lie"), 200),
    "pike_flip": ((44, 24, 0, 0), (14, 0, 0), ("to_toes", "to_toes"), ("pike", "pike"), 160),
    "twist_flip": ((-6, -4, 8, 25), (0, 0, 25), ("on_belly", "crossed_over"), ("lie", "lie"), 150, 40),
    "aerial": ((-4, -2, 6, 0), (-12, 0, 0), ("sideways_low", "hang_out"),
        ("split_side", "leap_back"), 20, 150),
    "split_flip": ((-8, -6, 0, 0), (-8, 0, 0), ("wings", "sideways"), ("leap_front", "leap_back"), 190),
})  # fmt: skip

KEY_POSES: dict[str, KeyPose] = {
    **STANDING, **WALKING, **RUNNING, **JUMPING, **STRIKING, **BALANCE, **ON_WALL, **SPLITS, **SITTING,
    **FLOOR_SITTING, **ON_BACK, **ON_BELLY, **ON_SIDE, **CROUCHING, **KNEELING, **FOURS, **UPSIDE_DOWN,
    **FLIPPING,
}  # fmt: skip
