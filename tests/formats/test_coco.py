import contextlib
import copy
import io
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pycocotools.coco import COCO

from poseapp.errors import FormatError
from poseapp.formats import coco
from poseapp.formats.dataset import Dataset, ImageEntry
from poseapp.labels.instance import Instance
from poseapp.labels.skeleton import Skeleton, load_skeleton

FILE = {
    "info": {"year": 2026, "contributor": "us"},
    "licenses": [{"id": 1, "name": "CC"}],
    "mine": {"a": [1]},
    "images": [
        {"id": 7, "file_name": "images/a.jpg", "width": 64, "height": 48, "coco_url": "http://x",
         "license": 1},
        {"id": 3, "file_name": "b.jpg", "width": 10, "height": 20},
    ],
    "categories": [
        {"id": 2, "name": "car", "supercategory": "thing"},
        {"id": 1, "name": "person", "supercategory": "alive", "keypoints": ["nose", "left_eye", "right_eye"],
         "skeleton": [[1, 2], [1, 3]]},
    ],
    "annotations": [
        {"id": 11, "image_id": 7, "category_id": 1, "keypoints": [1.5, 2, 2, 3, 4, 1, 0, 0, 0],
         "num_keypoints": 2, "bbox": [0, 1, 10, 20], "area": 55.5, "iscrowd": 0,
         "segmentation": [[1, 2, 3, 4, 5, 6]], "mood": "fine"},
        {"id": 12, "image_id": 3, "category_id": 2, "bbox": [1, 1, 2, 2], "area": 4, "iscrowd": 0},
        {"id": 13, "image_id": 3, "category_id": 1, "bbox": [1, 1, 2, 2], "area": 4, "iscrowd": 1,
         "segmentation": {"counts": [5], "size": [2, 2]}},
    ],
}  # fmt: skip


def put(tmp_path, document):
    path = tmp_path / "labels.json"
    path.write_text(json.dumps(document))
    return path


def changed(*steps, value=None, remove=False):
    """A copy of FILE with one place changed."""
    document = copy.deepcopy(FILE)
    place = document
    for step in steps[:-1]:
        place = place[step]
    if remove:
        del place[steps[-1]]
    else:
        place[steps[-1]] = value
    return document


def test_read(tmp_path):
    dataset = coco.read(put(tmp_path, FILE))
    assert dataset.skeleton.keypoints == ("nose", "left_eye", "right_eye")
    assert dataset.skeleton.edges == ((0, 1), (0, 2)) and dataset.skeleton.swap_pairs == ((1, 2),)
    assert [image.id for image in dataset.images] == [7, 3] and dataset.images[0].width == 64
    assert dataset.image_path(0) == tmp_path.resolve() / "images" / "a.jpg"
    (first_image, first), (second_image, second) = dataset.instances
    assert (first_image, second_image) == (0, 1)
    assert first.points[:2].tolist() == [[1.5, 2], [3, 4]] and np.isnan(first.points[2]).all()
    assert first.visibility.tolist() == [2, 1, 0] and first.box.tolist() == [0, 1, 10, 21]
    assert (first.id, first.source, first.score, first.track_id) == (11, "import:labels.json", None, None)
    assert first.extra["area"] == 55.5 and first.extra["mood"] == "fine"
    assert second.extra["iscrowd"] == 1 and second.num_labelled == 0


def test_everything_comes_back(tmp_path):
    out = tmp_path / "out.json"
    coco.write(out, coco.read(put(tmp_path, FILE)), indent=1)
    written = json.loads(out.read_text())

    def by_id(entries):
        return {entry["id"]: entry for entry in entries}

    for key in ("info", "licenses", "mine"):
        assert written[key] == FILE[key]
    assert by_id(written["images"]) == by_id(FILE["images"])
    assert by_id(written["categories"])[2] == FILE["categories"][0]
    person = {k: v for k, v in by_id(written["categories"])[1].items() if k not in ("swap_pairs", "sigmas")}
    assert person == FILE["categories"][1]
    annotations = by_id(written["annotations"])
    assert annotations[11] == FILE["annotations"][0] and annotations[12] == FILE["annotations"][1]
    crowd = annotations[13]
    assert crowd["keypoints"] == [0] * 9 and crowd["num_keypoints"] == 0
    assert {k: crowd[k] for k in FILE["annotations"][2]} == FILE["annotations"][2]


def test_frames_of_videos_scores_and_tracks(tmp_path):
    video = tmp_path / "films" / "walk.mp4"
    dataset = Dataset(load_skeleton("openfield4"))
    dataset.images = [ImageEntry("", 64, 48, str(video), 5), ImageEntry("", 64, 48, "/else/run.mp4", 0)]
    person = Instance(
        [[1, 2], [3, 4], [np.nan, 0], [5, 6]],
        [2, 1, 0, 2],
        [0.5, 0.25, np.nan, 1],
        0.75,
        "prediction:run1",
        3,
    )
    dataset.instances = [(0, person)]
    coco.write(tmp_path / "p.json", dataset)
    written = json.loads((tmp_path / "p.json").read_text())
    assert written["images"][0] == {
        "id": 1, "file_name": "walk/frame_000005.png", "width": 64, "height": 48, "video": "films/walk.mp4",
        "frame_idx": 5,
    }  # fmt: skip
    assert written["images"][1]["video"] == "run.mp4"
    (annotation,) = written["annotations"]
    assert annotation["keypoints"] == [1, 2, 2, 3, 4, 1, 0, 0, 0, 5, 6, 2]
    assert annotation["keypoint_scores"] == [0.5, 0.25, None, 1.0]
    assert (annotation["score"], annotation["track_id"]) == (0.75, 3)
    assert annotation["bbox"] == [1, 2, 4, 4] and annotation["area"] == 16
    again = coco.read(tmp_path / "p.json")
    back = again.instances[0][1]
    back.box, back.extra = None, {}
    assert back.same_as(person) and again.skeleton == dataset.skeleton
    assert (again.images[0].video, again.images[0].frame_idx) == ("films/walk.mp4", 5)


def test_pycocotools_reads_what_we_write(tmp_path):
    dataset = coco.read(put(tmp_path, FILE))
    coco.write(tmp_path / "out.json", dataset)
    with contextlib.redirect_stdout(io.StringIO()):
        reference = COCO(str(tmp_path / "out.json"))
    assert reference.getCatIds(catNms=["person"]) == [1]
    (annotation,) = reference.loadAnns(reference.getAnnIds(imgIds=[7], catIds=[1]))
    assert annotation["keypoints"] == FILE["annotations"][0]["keypoints"]
    assert reference.getAnnIds(imgIds=[3], catIds=[1], iscrowd=True) == [13]
    assert reference.annToMask(reference.anns[11]).shape == (48, 64)


def test_another_root_for_the_pictures(tmp_path):
    dataset = coco.read(put(tmp_path, FILE), root=tmp_path / "far")
    assert dataset.image_path(1) == tmp_path.resolve() / "far" / "b.jpg"


def test_the_person_is_chosen_else_what_is_used_most(tmp_path):
    document = changed("categories", 0, "keypoints", value=["wheel"])
    assert coco.read(put(tmp_path, document)).skeleton.name == "person"
    document["categories"][1]["name"] = "rider"
    assert coco.read(put(tmp_path, document)).skeleton.name == "rider"
    document["annotations"][0]["category_id"] = 2
    document["annotations"][0]["keypoints"] = [1, 2, 2]
    document["annotations"][2]["category_id"] = 2
    dataset = coco.read(put(tmp_path, document))
    assert dataset.skeleton.name == "car" and len(dataset.instances) == 3


def test_own_skeletons_come_back_whole(tmp_path):
    skeleton = Skeleton("own", ("a", "b", "c"), ((0, 2),), ((2, 0),), (0.1, 0.2, 0.3))
    coco.write(
        tmp_path / "o.json", Dataset(skeleton, [ImageEntry("a.png")], [(0, Instance(np.ones((3, 2))))])
    )
    assert coco.read(tmp_path / "o.json").skeleton == skeleton


def test_ids_that_cannot_stay_are_given_anew(tmp_path):
    dataset = coco.read(put(tmp_path, FILE))
    dataset.instances.append((0, dataset.instances[0][1].copy()))
    coco.write(tmp_path / "o.json", dataset)
    ids = [a["id"] for a in json.loads((tmp_path / "o.json").read_text())["annotations"]]
    assert len(set(ids)) == 4 and 12 in ids


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ([], "bare list of results"),
        ("text", "no list `images`"),
        (changed("images", remove=True), "no list `images`"),
        (changed("annotations", value=3), "no list `annotations`"),
        (changed("categories", value=[]), "no category with keypoints"),
        (changed("categories", 1, "keypoints", value="nose"), "not a list of names"),
        (changed("categories", 1, "keypoints", value=["a", "a", "b"]), "'a' twice"),
        (changed("categories", 1, "keypoints", value=[None, "a", "b"]), "without a name"),
        (changed("categories", 1, "skeleton", value=[[0, 1]]), "numbered 0 to 2"),
        (changed("categories", 1, "skeleton", value=[[1]]), "pairs of whole numbers"),
        (changed("categories", 0, "id", value=1), "category id 1 occurs twice"),
        (changed("categories", 0, "id", value="x"), "whole number as `id`"),
        (changed("images", 1, "id", value=7), "image id 7 occurs twice"),
        (changed("images", 1, "id", value=None), "needs an `id`"),
        (changed("images", 1, "width", value=-1), "has the size -1"),
        (changed("images", 1, "file_name", value=3), "no `file_name`"),
        (changed("images", 1, "frame_idx", value=-1), "counts from 0"),
        (changed("images", 1, value="x"), "every image needs"),
        (changed("annotations", 2, "id", value=11), "annotation id 11 occurs twice"),
        (changed("annotations", 0, "image_id", value=99), "annotation 11 belongs to image 99"),
        (changed("annotations", 0, "image_id", value=[7]), "belongs to image"),
        (changed("annotations", 0, "keypoints", value=None), "annotation 11 has no keypoint numbers"),
        (changed("annotations", 0, "keypoints", value=[1, 2, 2]), "annotation 11 has 3 keypoint numbers"),
        (changed("annotations", 0, "keypoints", value=["a"] * 9), "not a number"),
        (changed("annotations", 0, "keypoints", value=[[1]] * 9), "not a number"),
        (changed("annotations", 0, "keypoints", 0, value=None), "NaN|not a number"),
        (changed("annotations", 0, "keypoints", 0, value=float("nan")), "annotation 11 .*NaN|not a number"),
        (changed("annotations", 0, "keypoints", 0, value=1e999), "annotation 11 .*infinite"),
        (changed("annotations", 0, "keypoints", 2, value=3), "visibility 0-2"),
        (changed("annotations", 0, "bbox", value=[1, 2]), "not four numbers"),
        (changed("annotations", 0, "bbox", value=[1, 2, None, 3]), "not four numbers"),
        (changed("annotations", 0, "score", value="high"), "score 'high'"),
        (changed("annotations", 0, "keypoint_scores", value=[1]), "do not fit"),
        (changed("annotations", 0, "keypoint_scores", value=["a"] * 3), "not a number"),
        (changed("annotations", 0, value=None), "where an object is needed"),
    ],
)
def test_bad_files_are_one_clear_line(tmp_path, document, message):
    path = put(tmp_path, document)
    with pytest.raises(FormatError, match=message) as caught:
        coco.read(path)
    assert "\n" not in str(caught.value) and "labels.json" in str(caught.value)


@pytest.mark.parametrize(
    "name", ["../a.jpg", "/etc/passwd", "x/../../a.jpg", "..\\a.jpg", "C:\\a.jpg", "a\0.jpg"]
)
def test_pictures_stay_in_their_folder(tmp_path, name):
    with pytest.raises(FormatError, match="leads out of the folder"):
        coco.read(put(tmp_path, changed("images", 0, "file_name", value=name)))


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe\x00", b"[" * 100_000, b'{"images": nonsense}'])
def test_what_is_no_json(tmp_path, content):
    path = tmp_path / "bad.json"
    path.write_bytes(content)
    with pytest.raises(FormatError) as caught:
        coco.read(path)
    assert "\n" not in str(caught.value)


def test_a_missing_file_and_a_folder(tmp_path):
    for path in (tmp_path / "none.json", tmp_path):
        with pytest.raises(FormatError, match="Cannot read"):
            coco.read(path)


def test_a_field_that_json_cannot_hold_leaves_the_old_file(tmp_path):
    dataset = coco.read(put(tmp_path, FILE))
    coco.write(tmp_path / "o.json", dataset)
    before = (tmp_path / "o.json").read_text()
    dataset.instances[0][1].extra["area"] = float("inf")
    with pytest.raises(FormatError, match="infinite"):
        coco.write(tmp_path / "o.json", dataset)
    assert (tmp_path / "o.json").read_text() == before


NUMBERS = st.floats(-1e9, 1e9)
PEOPLE = st.builds(
    lambda triples, scores, score, track_id: Instance(
        [t[:2] for t in triples], [t[2] for t in triples], scores, score, "user", track_id
    ),
    st.lists(st.tuples(NUMBERS, NUMBERS, st.integers(0, 2)), min_size=4, max_size=4),
    st.none() | st.lists(st.floats(0, 1, width=32) | st.just(np.nan), min_size=4, max_size=4),
    st.none() | NUMBERS,
    st.none() | st.integers(0, 99),
)


@settings(deadline=None, max_examples=50)
@given(st.lists(st.tuples(st.integers(0, 2), PEOPLE), max_size=5))
def test_round_trip_is_exact(tmp_path_factory, instances):
    path = tmp_path_factory.mktemp("coco") / "x.json"
    images = [ImageEntry(f"{k}.png", 5, 6) for k in range(3)]
    coco.write(path, Dataset(load_skeleton("openfield4"), images, instances))
    back = coco.read(path)
    assert len(back.images) == 3 and len(back.instances) == len(instances)
    for (index, one), (index_back, two) in zip(instances, back.instances, strict=True):
        assert index == index_back
        two.box, two.extra = None, {}
        assert two.same_as(one)


REAL = {
    "lspet/train.json": ("lsp14", 7992, 7992),
    "lspet/val.json": ("lsp14", 500, 500),
    "openfield/train.json": ("openfield4", 93, 93),
    "openfield/test.json": ("openfield4", 23, 23),
    "mirror_mouse/train.json": ("mirror_mouse17", 72, 72),
    "mirror_mouse/test.json": ("mirror_mouse17", 18, 18),
    "coco_mini/person_keypoints.json": ("coco17", 28, 147),
    "formats/skijump_roboflow_coco.json": ("skier", 69, 69),
}


@pytest.mark.parametrize("name", REAL)
def test_real_files(shared_data, tmp_path, name):
    dataset = coco.read(shared_data / name)
    assert (dataset.skeleton.name, len(dataset.images), len(dataset.instances)) == REAL[name]
    if not name.startswith("formats"):
        assert all(dataset.image_path(k).is_file() for k in range(0, len(dataset.images), 97))
    original = json.loads((shared_data / name).read_text())
    labelled = {a["id"]: sum(v > 0 for v in a["keypoints"][2::3]) for a in original["annotations"]}
    assert {p.id: p.num_labelled for _, p in dataset.instances} == labelled
    coco.write(tmp_path / "again.json", dataset)
    again = coco.read(tmp_path / "again.json")
    assert again.skeleton == dataset.skeleton and again.images == dataset.images
    for (_, one), (_, two) in zip(dataset.instances, again.instances, strict=True):
        assert two.id == one.id and two.points[two.labelled].tolist() == one.points[one.labelled].tolist()
        assert two.extra == one.extra
