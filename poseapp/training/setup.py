"""From a spec to what the loop needs: data, network, rule of cropping, card."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import torch

from poseapp.errors import TrainingError
from poseapp.formats.dataset import Dataset
from poseapp.labels.skeleton import Skeleton, load_skeleton
from poseapp.nets import net_entry
from poseapp.nets.card import Card, find_checkpoint
from poseapp.nets.checkpoint import build_from_card, load_checkpoint, transfer
from poseapp.nets.device import place, resolve_device
from poseapp.nets.posenet import PoseNet
from poseapp.paths import resources_dir
from poseapp.training.data import BatchSource, Pool, Sample, SamplePool, load_samples
from poseapp.training.sources import kept_labels, load_source, split_keys
from poseapp.training.spec import SYNTH, Augmentation, TrainSpec, for_frames
from poseapp.training.stream import DrawerMaker, DrawnPeople, StreamPool
from poseapp.training.validate import CropRule

Report = Callable[[str, int, int], None]
FILLS_FRAME = 0.6  # share of the frame from which a subject is said to fill it
DEFAULT_NET = "fpnpose_s"
REPLAY_SET = resources_dir() / "replay" / "truth.json"


@dataclass
class Prepared:
    """Everything a run works with.

    Attributes:
        spec: As asked, with the split filled in.
        device: Where it runs.
        net: Network to train, on the device.
        average: Its twin for the moving average.
        teacher: Network to imitate, or None.
        initial: The network as it was before, for the comparison, or None where it spoke of other keypoints.
        card: Card of the result.
        skeleton: Keypoints learnt.
        rule: How crops are cut for validation.
        train: Samples to learn from.
        val: Held-out samples; where there were too few to hold any out, the training samples.
        held_out: Whether ``val`` is really unseen.
        batches: Where batches come from.
    """

    spec: TrainSpec
    device: torch.device
    net: PoseNet
    average: PoseNet
    teacher: PoseNet | None
    initial: PoseNet | None
    card: Card
    skeleton: Skeleton
    rule: CropRule
    train: list[Sample]
    val: list[Sample]
    held_out: bool
    batches: BatchSource


def prepare(
    spec: TrainSpec, run_path: Path, report: Report, drawer_maker: DrawerMaker | None = None
) -> Prepared:
    """Load everything a run needs; on resuming, the labels and the split it began with.

    Args:
        spec: What to do; the split and the augmentation are filled in.
        run_path: The run's folder.
        report: Told what is being read.
        drawer_maker: Makes people to order, for "synth" among what is mixed in.

    Raises:
        TrainingError: Labels or checkpoints do not allow the run.
    """
    torch.manual_seed(spec.seed)
    device = resolve_device(spec.device)
    datasets = [kept_labels(source, run_path / f"labels-{i}.json") for i, source in enumerate(spec.sources)]
    _check_common_names(datasets, spec.sources)
    wanted = load_skeleton(spec.skeleton) if spec.skeleton else None
    net, card, initial = _network(spec, wanted or datasets[0].skeleton)
    from_frame = card.box_mode == "frame"
    if from_frame and spec.input_size is None and initial is None:
        card.input_size = _frame_input_size(datasets, card.input_size)
    if spec.augmentation is None:
        spec.augmentation = for_frames() if from_frame else Augmentation()
    _split(spec, datasets)
    samples = _Samples(card, report)
    train = [s for i, d in enumerate(datasets) for s in samples.read(d, "reading pictures", spec, "train", i)]
    if not train:
        raise TrainingError(f"no picture has two labelled keypoints: {', '.join(spec.sources)}")
    if spec.val is not None:
        val = samples.read(load_source(spec.val), "reading validation pictures")
    else:
        val = [s for i, d in enumerate(datasets) for s in samples.read(d, "reading pictures", spec, "val", i)]
    if not spec.replay and initial is not None and not from_frame and REPLAY_SET.is_file():
        spec.replay = [str(REPLAY_SET)]
    replay = [
        s for source in spec.replay for s in samples.read(load_source(source), "reading the replay set")
    ]
    if initial is not None:
        place(initial, device).requires_grad_(False)
    swap = np.asarray(card.skeleton.swap_index) if card.skeleton.swap_pairs else None
    frame_share = 0.5 if from_frame else 0.0
    batches = BatchSource(
        train,
        _mix(spec, samples, drawer_maker),
        spec.mix_share,
        replay,
        spec.replay_share,
        card.input_size,
        card.box_scale,
        frame_share,
        swap,
        spec.augmentation,
    )
    return Prepared(
        spec=spec,
        device=device,
        net=place(net, device),
        average=place(build_from_card(card), device),
        teacher=_teacher(spec, card, device),
        initial=initial,
        card=card,
        skeleton=card.skeleton,
        rule=CropRule(card.input_size, card.box_scale, from_frame),
        train=train,
        val=val or train,
        held_out=bool(val),
        batches=batches,
    )


def _mix(spec: TrainSpec, samples: "_Samples", drawer_maker: DrawerMaker | None) -> Pool | None:
    """What is learnt beside the labels: people that lie ready, and people drawn meanwhile."""
    if not spec.mix:
        return None
    keypoints, size = samples.card.skeleton.keypoints, samples.card.input_size
    ready = [
        sample
        for source in spec.mix
        if source != SYNTH
        for sample in samples.read(load_source(source), "reading what is mixed in")
    ]
    if SYNTH not in spec.mix:
        return SamplePool(ready)
    if drawer_maker is None:
        raise TrainingError("people cannot be drawn here: leave 'synth' out of what is mixed in")
    drawer = drawer_maker(spec.synth, spec.seed, samples.card.skeleton)
    return StreamPool(DrawnPeople(drawer, keypoints, size), ready)


@dataclass
class _Samples:
    """Reads the samples of a set in the order of the card's keypoints."""

    card: Card
    report: Report

    def read(
        self, dataset: Dataset, title: str, spec: TrainSpec | None = None, part: str = "", number: int = 0
    ) -> list[Sample]:
        """All samples, or those of one part of the split of source ``number``."""
        keys = None
        if spec is not None and spec.split:
            keys = {key.split("|", 1)[1] for key in spec.split[part] if key.startswith(f"{number}|")}
        elif part == "val":
            return []
        whole_frames = self.card.box_mode == "frame"
        return load_samples(
            dataset, self.card.skeleton.keypoints, self.card.input_size, whole_frames, keys,
            lambda done, total: self.report(title, done, total),
        )  # fmt: skip


def _frame_input_size(datasets: list[Dataset], usual: tuple[int, int]) -> tuple[int, int]:
    """Larger crops where the subject fills the frame: there a second look around it cannot see finer."""
    shares = []
    for dataset in datasets:
        for index, instance in dataset.instances:
            image, box = dataset.images[index], instance.bounds()
            if box is not None and min(image.width, image.height) > 0:
                shares.append(max(box[2] - box[0], box[3] - box[1]) / max(image.width, image.height))
    if not shares or float(np.median(shares)) < FILLS_FRAME:
        return usual
    return (usual[0] * 4 // 3 // 32 * 32, usual[1] * 4 // 3 // 32 * 32)


def _check_common_names(datasets: list[Dataset], sources: list[str]) -> None:
    first = set(datasets[0].skeleton.keypoints)
    for other, source in zip(datasets[1:], sources[1:], strict=True):
        if not set(other.skeleton.keypoints) & first:
            raise TrainingError(f"its keypoints share no name with the first source's: {source}")


def _split(spec: TrainSpec, datasets: list[Dataset]) -> None:
    if spec.split or spec.val is not None:
        return
    spec.split = {"train": [], "val": []}
    for number, dataset in enumerate(datasets):
        parts = split_keys(dataset, spec.val_fraction, spec.seed)
        for part in spec.split:
            spec.split[part] += [f"{number}|{key}" for key in parts[part]]


def _network(spec: TrainSpec, skeleton: Skeleton) -> tuple[PoseNet, Card, PoseNet | None]:
    if spec.init is None:
        entry = net_entry(spec.net or DEFAULT_NET)
        card = Card("best", entry.name, {}, skeleton, spec.input_size or entry.input_size)
        _describe(card, spec, skeleton)
        net = entry.build(skeleton.num_keypoints)
        card.config = asdict(net.config)
        return net, card, None
    source, source_card = load_checkpoint(find_checkpoint(spec.init))
    if spec.net is not None and spec.net != source_card.net:
        raise TrainingError(
            f"'{spec.init}' is a {source_card.net}, not a {spec.net}: leave one of net and init out"
        )
    shared = [k for k in skeleton.keypoints if k in source_card.skeleton.keypoints]
    if len(shared) == skeleton.num_keypoints and spec.skeleton is None:
        # The labels use a part of what the network knows: keep its skeleton, so that nothing is forgotten.
        skeleton = source_card.skeleton
    card = replace(source_card, name="best", skeleton=skeleton, metrics={}, metrics_command="", notes="")
    card.input_size = spec.input_size or source_card.input_size
    _describe(card, spec, skeleton)
    if source_card.data and shared:
        card.data = [*source_card.data, *card.data]
    config = dict(source_card.config)
    config["num_keypoints"] = skeleton.num_keypoints
    card.config = config
    net = build_from_card(card)
    taken = transfer(source, source_card, net, skeleton.keypoints)
    if spec.freeze_norm is None:
        spec.freeze_norm = bool(shared)
    return (
        net,
        card,
        source if taken == skeleton.num_keypoints and card.box_mode == source_card.box_mode else None,
    )


def _describe(card: Card, spec: TrainSpec, skeleton: Skeleton) -> None:
    card.title = spec.title or f"trained on {', '.join(Path(s).name for s in spec.sources)}"
    card.data = spec.data_notes or [f"labels of {Path(s).parent.name}/{Path(s).name}" for s in spec.sources]
    card.licence = spec.licence or card.licence
    card.notes = spec.notes
    card.created = datetime.now(UTC).date().isoformat()
    card.sha256 = ""
    if spec.box_mode != "auto":
        card.box_mode = spec.box_mode
    else:
        card.box_mode = "person" if skeleton.torso is not None else "frame"


def _teacher(spec: TrainSpec, card: Card, device: torch.device) -> PoseNet | None:
    if spec.teacher is None:
        return None
    net, teacher_card = load_checkpoint(find_checkpoint(spec.teacher))
    if teacher_card.skeleton.keypoints != card.skeleton.keypoints or teacher_card.mean != card.mean:
        raise TrainingError(
            f"the teacher '{spec.teacher}' has other keypoints or another normalisation than the network"
        )
    return place(net, device).requires_grad_(False)
