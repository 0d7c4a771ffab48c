"""Our average precision against the reference implementation, on the same people."""

import contextlib
import io

import numpy as np
import pytest
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from poseapp.labels.instance import Instance
from poseapp.labels.oks import DEFAULT_SIGMA, average_precision, oks, sigmas_of
from poseapp.labels.skeleton import Skeleton, load_skeleton

COCO17 = load_skeleton("coco17")


def reference(truth, predictions):
    """AP of pycocotools; only people with every keypoint predicted can be told to it."""
    annotations, results = [], []
    for image, people in enumerate(truth):
        for person in people:
            x0, y0, x1, y1 = person.box.tolist()
            triples = np.column_stack([np.nan_to_num(person.points), person.visibility])
            annotations.append(
                {"id": len(annotations) + 1, "image_id": image, "category_id": 1,
                 "bbox": [x0, y0, x1 - x0, y1 - y0],
                 "keypoints": triples.ravel().tolist(), "num_keypoints": person.num_labelled,
                 "area": person.extra["area"], "iscrowd": person.extra.get("iscrowd", 0)}
            )  # fmt: skip
    for image, people in enumerate(predictions):
        for person in people:
            triples = np.column_stack([person.points, np.ones(17)])
            results.append({"image_id": image, "category_id": 1, "keypoints": triples.ravel().tolist(),
                            "score": person.score})  # fmt: skip
    with contextlib.redirect_stdout(io.StringIO()):
        coco = COCO()
        coco.dataset = {"info": {}, "images": [{"id": i} for i in range(len(truth))],
                        "annotations": annotations, "categories": [{"id": 1, "name": "person"}]}  # fmt: skip
        coco.createIndex()
        evaluation = COCOeval(coco, coco.loadRes(results), "keypoints")
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    return evaluation.stats[0]


def crowd_scene(seed):
    rng = np.random.default_rng(seed)
    truth, predictions = [], []
    for _ in range(12):
        people, found = [], []
        for _ in range(rng.integers(0, 5)):
            corner, size = rng.uniform(0, 400, 2), rng.uniform(30, 200)
            points = corner + rng.uniform(0, size, (17, 2))
            visibility = rng.choice([0, 1, 2], 17, p=[0.3, 0.1, 0.6])
            if rng.random() < 0.15:
                visibility[:] = 0
            box = np.array([*corner, *(corner + size)])
            extra = {"area": float(size**2 * rng.uniform(0.3, 1)), "iscrowd": int(rng.random() < 0.1)}
            people.append(Instance(points, visibility, box=box, extra=extra))
            for _ in range(rng.integers(0, 3)):
                noise = rng.normal(0, size * rng.choice([0.01, 0.05, 0.2]), (17, 2))
                found.append(Instance(points + noise, score=float(np.round(rng.random(), 1))))
        truth.append(people)
        predictions.append(found)
    return truth, predictions


@pytest.mark.parametrize("seed", range(8))
def test_ap_equals_pycocotools(seed):
    truth, predictions = crowd_scene(seed)
    ours = average_precision(truth, predictions, COCO17)
    assert ours == pytest.approx(reference(truth, predictions), abs=1e-9)


def test_more_than_twenty_detections_in_an_image():
    truth, _ = crowd_scene(3)
    rng = np.random.default_rng(0)
    predictions = [
        [Instance(p.points.copy() if p.num_labelled == 17 else rng.uniform(0, 400, (17, 2)), score=float(s))
         for p in people for s in rng.random(12)]
        for people in truth
    ]  # fmt: skip
    ours = average_precision(truth, predictions, COCO17)
    assert ours == pytest.approx(reference(truth, predictions), abs=1e-9)


def test_on_real_labels(shared_data):
    from poseapp.formats import read_dataset

    truth = read_dataset(shared_data / "coco_mini" / "person_keypoints.json").by_image()
    rng = np.random.default_rng(5)
    predictions = [
        [Instance(np.nan_to_num(p.points) + rng.normal(0, 0.03 * np.sqrt(p.extra["area"]), (17, 2)),
                  score=float(rng.random())) for p in people]
        for people in truth
    ]  # fmt: skip
    ours = average_precision(truth, predictions, COCO17)
    assert 0.1 < ours < 1 and ours == pytest.approx(reference(truth, predictions), abs=1e-9)


def test_oks_by_hand():
    # Area 10000, sigma .05: exp(-d^2 / (2 * 10000 * .01)) = exp(-d^2 / 200).
    true = Instance([[0, 0], [50, 50], [9, 9]], [2, 1, 0], extra={"area": 10000})
    pred = Instance([[10, 0], [50, 50], [500, 500]])
    assert oks(pred, true, np.full(3, 0.05)) == pytest.approx((np.exp(-0.5) + 1) / 2)
    assert oks(Instance.empty(3), true, np.full(3, 0.05)) == 0


def test_without_measured_sigmas_one_value_serves():
    assert sigmas_of(Skeleton("x", ("a", "b"))).tolist() == [DEFAULT_SIGMA] * 2
    assert sigmas_of(COCO17)[11] == 0.107


def test_a_missing_point_costs_its_share():
    true = Instance([[0, 0], [10, 10]], extra={"area": 100})
    assert oks(Instance([[0, 0], [np.nan, 0]]), true, np.full(2, 0.05)) == pytest.approx(0.5)


def test_nobody_there():
    assert average_precision([[]], [[Instance(np.zeros((17, 2)))]], COCO17) is None
    assert average_precision([[Instance(np.ones((17, 2)))]], [[]], COCO17) == 0
