"""One small function a command: each only turns parsed words into a call of `poseapp.api`."""

import argparse

from poseapp import api
from poseapp.api.keypoint_maps import parse_map
from poseapp.cli.exchange_words import export_options, skeleton_choice
from poseapp.cli.output import HasJson, ProgressLine
from poseapp.cli.synth_words import synth_clip, synth_settings
from poseapp.cli.window import open_window

Words = argparse.Namespace


def new(words: Words, _progress: ProgressLine) -> HasJson:
    """`poseapp new`."""
    return api.new(words.project, words.videos, skeleton=words.skeleton)


def info(words: Words, _progress: ProgressLine) -> HasJson:
    """`poseapp info`."""
    return api.info(words.path)


def predict(words: Words, progress: ProgressLine) -> HasJson:
    """`poseapp predict`; with `--run` the worker behind the window."""
    if bool(words.paths) == (words.run is not None):
        words.wrong_usage("name a video, an image folder or a project, or else a run with --run")
    if words.run is not None:
        from poseapp.api.prediction import predict_run

        return predict_run(words.run, progress)
    return api.predict(
        words.paths,
        net=words.net,
        out=words.out,
        frames=words.frames,
        people=words.people,
        device=words.device,
        batch=words.batch,
        on_progress=progress,
    )


def train(words: Words, progress: ProgressLine) -> HasJson:
    """`poseapp train`; with a run folder as source it goes on with that run."""
    return api.train(
        words.sources,
        net=words.net,
        init=words.init,
        val=words.val,
        epochs=words.epochs,
        minutes=words.minutes,
        batch=words.batch,
        skeleton=words.skeleton,
        mix=words.mix,
        mix_share=words.mix_share,
        replay=words.replay,
        device=words.device,
        out=words.out,
        recipe=words.recipe,
        seed=words.seed,
        on_progress=progress,
    )


def evaluate(words: Words, progress: ProgressLine) -> HasJson:
    """`poseapp evaluate`."""
    chosen = {"metrics": words.metric} if words.metric else {}
    return api.evaluate(
        words.net_or_predictions,
        words.truth,
        boxes=words.boxes,
        device=words.device,
        on_progress=progress,
        **chosen,
    )


def import_file(words: Words, _progress: ProgressLine) -> HasJson:
    """`poseapp import`."""
    return api.import_labels(
        words.project,
        words.file,
        format=words.format,
        names=None if words.map is None else parse_map(words.map),
        skeleton=skeleton_choice(words),
        conflicts=words.conflicts,
        dry_run=words.dry_run,
    )


def export_file(words: Words, _progress: ProgressLine) -> HasJson:
    """`poseapp export`."""
    return api.export_labels(
        words.project,
        words.file,
        format=words.format,
        overwrite=words.overwrite,
        dry_run=words.dry_run,
        **export_options(words),
    )


def convert(words: Words, _progress: ProgressLine) -> HasJson:
    """`poseapp convert`."""
    return api.convert(words.source, words.out, overwrite=words.overwrite)


def render(words: Words, progress: ProgressLine) -> HasJson:
    """`poseapp render`."""
    return api.render(
        words.video,
        words.predictions,
        words.out,
        frames=words.frames,
        scale=words.scale,
        on_progress=progress,
    )


def synth(words: Words, progress: ProgressLine) -> HasJson:
    """`poseapp synth`; with `--run` the worker behind the window."""
    if (words.out is None) == (words.run is None):
        words.wrong_usage("name a folder for the data set, or else a run with --run")
    if words.run is not None:
        from poseapp.api.synthesis import synth_run

        return synth_run(words.run, progress)
    if words.count is None and words.clip is None:
        words.wrong_usage("say how many pictures with --count, or how long a clip with --clip")
    return api.synth(
        words.out,
        words.count or 1,
        words.seed,
        settings=synth_settings(words),
        workers=words.workers,
        clip=synth_clip(words),
        png=words.png,
        on_progress=progress,
    )


def nets_list(_words: Words, _progress: ProgressLine) -> HasJson:
    """`poseapp nets list`."""
    return api.nets_list()


def nets_show(words: Words, _progress: ProgressLine) -> HasJson:
    """`poseapp nets show`."""
    return api.nets_show(words.net)


def doctor(_words: Words, _progress: ProgressLine) -> HasJson:
    """`poseapp doctor`."""
    return api.doctor()


def demo(words: Words, progress: ProgressLine) -> HasJson | None:
    """`poseapp demo`: headless, or in the window with somebody at it."""
    if words.headless:
        return api.demo(words.out, on_progress=progress)
    from poseapp.api.walkthrough import tour_project

    open_window(tour_project(words.out))
    return None
