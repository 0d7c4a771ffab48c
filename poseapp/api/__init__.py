"""The headless verbs behind menu, command and script: typed functions that return typed results."""

from poseapp.api.bulk import edit
from poseapp.api.checkpoints import nets_list, nets_show
from poseapp.api.checkup import doctor
from poseapp.api.curves import curves
from poseapp.api.editing_history import history
from poseapp.api.exchange import convert, export_labels, import_labels
from poseapp.api.learning import start_training, train
from poseapp.api.movies import render
from poseapp.api.over_time import interpolate, swap
from poseapp.api.packing import pack, unpack
from poseapp.api.prediction import predict, start_prediction
from poseapp.api.progress import Progress
from poseapp.api.projects import info, new, open_project, record_of_video
from poseapp.api.propagating import propagate
from poseapp.api.runs import resume
from poseapp.api.scoring import evaluate
from poseapp.api.sharing import merge, relink
from poseapp.api.skeletons import skeleton_export, skeleton_list, skeleton_set, skeleton_show
from poseapp.api.statistics import statistics
from poseapp.api.suggesting import suggest
from poseapp.api.synthesis import start_synthesis, synth
from poseapp.api.walkthrough import demo
from poseapp.formats.dataset import dataset_from_project

__all__ = [
    "Progress",
    "convert",
    "curves",
    "dataset_from_project",
    "demo",
    "doctor",
    "edit",
    "evaluate",
    "export_labels",
    "history",
    "import_labels",
    "info",
    "interpolate",
    "merge",
    "nets_list",
    "nets_show",
    "new",
    "open_project",
    "pack",
    "predict",
    "propagate",
    "record_of_video",
    "relink",
    "render",
    "resume",
    "skeleton_export",
    "skeleton_list",
    "skeleton_set",
    "skeleton_show",
    "start_prediction",
    "start_synthesis",
    "start_training",
    "statistics",
    "suggest",
    "swap",
    "synth",
    "train",
    "unpack",
]
