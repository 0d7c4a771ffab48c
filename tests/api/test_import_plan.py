"""What an import would do, said before; keypoints of other names; what an export would change."""

import json

import numpy as np
import pytest

from poseapp import api
from poseapp.api.import_plan import apply_import, plan_import
from poseapp.api.keypoint_maps import needs_asking, parse_map
from poseapp.cli.main import main
from poseapp.errors import FormatError, ProjectError, SkeletonError
from poseapp.formats import write_dataset
from poseapp.formats.dataset import Dataset, ImageEntry
from poseapp.labels.edits import AddInstance, AddVideo, MoveKeypoint
from poseapp.labels.instance import Instance
from poseapp.labels.project import Project, VideoRecord
from poseapp.labels.skeleton import Skeleton

OURS = Skeleton.from_names("ours", ("nose", "left_wrist", "right_wrist"), [(0, 1)])
THEIRS = Skeleton.from_names("theirs", ("Nose", "RWrist", "LWrist", "Tail"), [(0, 1), (2, 3)])
PLACE = np.array([[10.0, 10], [20, 30], [40, 30]])


@pytest.fixture
def project(tmp_path):
    with Project.create(tmp_path / "p.pose", OURS) as made:
        made.push(AddVideo(VideoRecord(0, "walk.mp4", "", str(tmp_path / "walk.mp4"), 50, 64, 48, 25.0)))
        yield made


def write(path, people, skeleton=OURS):
    """A COCO file of (frame, points) each."""
    dataset = Dataset(skeleton)
    for frame, points in people:
        dataset.images.append(ImageEntry(f"walk/{frame}.png", 64, 48, "walk.mp4", frame))
        dataset.instances.append((len(dataset.images) - 1, Instance(points)))
    write_dataset(path, dataset)
    return path


def test_new_same_and_different_people(project, tmp_path):
    for frame in (1, 2):
        project.push(AddInstance(1, frame, Instance(PLACE)))
    moved = PLACE + [[0, 0], [0, 3], [0, 0]]
    file = write(tmp_path / "f.json", [(1, PLACE + 0.004), (2, moved), (2, PLACE + 300), (3, PLACE)])
    before = project.history()
    plan = plan_import(project, file)
    assert (len(plan.new), plan.identical, len(plan.conflicts)) == (2, 1, 1)
    (conflict,) = plan.conflicts
    assert (conflict.frame_idx, conflict.moved_px, conflict.keypoints) == (2, 3.0, ["left_wrist"])
    assert project.history() == before and project.counts()["instances"] == 2


@pytest.mark.parametrize(
    ("choice", "places"), [("keep", [30.0]), ("replace", [33.0]), ("both", [30.0, 33.0])]
)
def test_what_becomes_of_those_who_differ(project, tmp_path, choice, places):
    project.push(AddInstance(1, 2, Instance(PLACE, track_id=7)))
    moved = PLACE + [[0, 0], [0, 3], [0, 0]]
    told = api.import_labels(project, write(tmp_path / "f.json", [(2, moved)]), conflicts=choice)
    assert told.differ == 1 and told.replaced == (choice == "replace")
    people = project.instances(1, 2)
    assert sorted(p.points[1, 1] for p in people) == places and people[0].track_id == 7
    if choice != "keep":
        project.undo()
    assert [p.points[1, 1] for p in project.instances(1, 2)] == [30.0]


def test_a_dry_run_changes_nothing(project, tmp_path):
    project.push(AddInstance(1, 2, Instance(PLACE)))
    before = (project.history(), project.videos)
    told = api.import_labels(project, write(tmp_path / "f.json", [(2, PLACE + 2), (4, PLACE)]), dry_run=True)
    assert told.dry_run and (told.instances, told.differ, told.frames) == (2, 1, 2)
    assert told.conflicts == [{"video": "walk.mp4", "frame": 2, "moved_px": 2.828, "keypoints": 3}]
    assert (project.history(), project.videos) == before


def four(points):
    return np.array([points[0], points[2], points[1], [50.0, 5.0]])


def test_keypoints_of_other_names_are_mapped_once(project, tmp_path):
    file = write(tmp_path / "f.json", [(2, four(PLACE))], THEIRS)
    with pytest.raises(SkeletonError, match='--map "Nose=nose,RWrist=right_wrist,LWrist=left_wrist"'):
        api.import_labels(project, file)
    assert needs_asking(project, THEIRS)
    names = parse_map("Nose=nose, LWrist=left_wrist,RWrist=right_wrist")
    told = api.import_labels(project, file, names=names)
    assert told.unmatched == ["Tail"] and np.array_equal(project.instances(1, 2)[0].points, PLACE)
    assert not needs_asking(project, THEIRS)
    # Not said again: it is remembered for these two skeletons.
    assert api.import_labels(project, file).duplicates == 1


def test_the_skeleton_gets_what_it_lacks(project, tmp_path):
    project.push(AddInstance(1, 1, Instance(PLACE)))
    file = write(tmp_path / "f.json", [(2, four(PLACE))], THEIRS)
    names = parse_map("Nose=nose,LWrist=left_wrist,RWrist=right_wrist")
    api.import_labels(project, file, names=names, skeleton="extend")
    assert project.skeleton.keypoints == (*OURS.keypoints, "Tail")
    assert (1, 3) in project.skeleton.edges
    assert project.instances(1, 2)[0].points[3].tolist() == [50.0, 5.0]
    assert project.instances(1, 1)[0].visibility.tolist() == [2, 2, 2, 0]
    # The answer holds for the skeleton as it has become.
    assert not needs_asking(project, THEIRS) and api.import_labels(project, file).duplicates == 1
    project.undo()
    assert project.skeleton == OURS and not project.instances(1, 2)


def test_a_project_without_labels_takes_the_files_skeleton(project, tmp_path):
    file = write(tmp_path / "f.json", [(2, four(PLACE))], THEIRS)
    api.import_labels(project, file, skeleton="take")
    assert project.skeleton.keypoints == THEIRS.keypoints
    with pytest.raises(ProjectError, match="has labels"):
        api.import_labels(project, file, skeleton="take")


def test_what_the_file_does_not_know_stays_when_replaced(project, tmp_path):
    project.push(AddInstance(1, 2, Instance(PLACE)))
    part = Skeleton.from_names("part", ("nose", "left_wrist"))
    plan = plan_import(project, write(tmp_path / "f.json", [(2, PLACE[:2] + 1)], part))
    apply_import(project, plan, "replace")
    assert project.instances(1, 2)[0].points.tolist() == [[11, 11], [21, 31], [40, 30]]


def test_a_map_is_read_from_a_file(tmp_path):
    (tmp_path / "m.toml").write_text('[map]\nLWrist = "left_wrist"\n')
    assert parse_map(tmp_path / "m.toml") == {"LWrist": "left_wrist"}
    for text in ("LWrist", "a=b=c", "=x", str(tmp_path / "none.toml")):
        with pytest.raises(FormatError) as caught:
            parse_map(text)
        assert "\n" not in str(caught.value)


def test_files_of_other_programs_are_not_replaced_unasked(project, tmp_path, capsys):
    pytest.importorskip("sleap_io")
    first = project.push(AddInstance(1, 1, Instance(PLACE)))[0]
    words = ["export", str(project.path), str(tmp_path / "o.slp")]
    assert main([*words, "--json"]) == 0
    project.push(MoveKeypoint(first, 0, 1.0, 2.0))
    project.push(AddInstance(1, 5, Instance(PLACE)))
    capsys.readouterr()
    before = (tmp_path / "o.slp").read_bytes()
    assert main(words) == 1 and "1 added, 1 changed, 0 removed, 0 the same" in capsys.readouterr().err
    assert main([*words, "--dry-run", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["changes"] == {"added": 1, "changed": 1, "removed": 0, "same": 0} and told["dry_run"]
    assert (tmp_path / "o.slp").read_bytes() == before
    assert main([*words, "--overwrite"]) == 0 and (tmp_path / "o.slp").read_bytes() != before


def test_words_of_import(project, tmp_path, capsys):
    file = write(tmp_path / "f.json", [(2, four(PLACE))], THEIRS)
    path = str(project.path)
    project.close()
    words = ["import", path, str(file), "--map", "Nose=nose,LWrist=left_wrist,RWrist=right_wrist"]
    assert main([*words, "--dry-run", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["instances"] == 1
    assert main([*words, "--conflicts", "keep", "--add-keypoints", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["unmatched"] == []
    assert main([*words, "--take-skeleton", "--add-keypoints"]) == 1
    assert "either --take-skeleton or --add-keypoints" in capsys.readouterr().err
