"""Data sets on disk: whole or not at all, nothing destroyed, and what bad folders and files are answered."""

import csv
import errno
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from helpers import folders

SETTINGS = {"seed": 1, "sizes": (6, 8)}


def items(counts=(("cubic", 3), ("hex", 2)), fail_after=None):
    """Images of shape (6, 8), each of one grey value of its own, with their labels and parameters."""
    labels = [label for label, count in counts for _ in range(count)]
    for number, label in enumerate(labels):
        if number == fail_after:
            raise RuntimeError("stopped")
        yield np.full((6, 8), number, np.uint8), label, {"cell": number / 2}


def bad_items(image=None, label="a"):
    yield from items()
    yield np.zeros((4, 4), np.uint8) if image is None else image, label, {}


def data_set(folder, *counts):
    counts = counts or (("a", 40), ("b", 23))
    folders.write(folder, items(counts), sum(count for _, count in counts), SETTINGS)
    return folder


def everything(folder):
    """All files below a folder with their contents."""
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def table(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def full_disk(monkeypatch, owner, name, after):
    """The disk is full after so many calls of a function."""
    original, calls = getattr(owner, name), []

    def limited(*arguments, **options):
        calls.append(1)
        if len(calls) > after:
            raise OSError(errno.ENOSPC, "No space left on device")
        return original(*arguments, **options)

    monkeypatch.setattr(owner, name, limited)


def read_only(monkeypatch):
    """No folder can be made, as in a place that is read-only (root may write everywhere)."""

    def refused(path, *arguments, **options):
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    monkeypatch.setattr(Path, "mkdir", refused)


def test_what_is_written_is_read(tmp_path, capsys):
    folder = tmp_path / "new" / "lattices"
    folders.write(folder, bad_items(label="../never reached"), 5, SETTINGS)
    assert capsys.readouterr().out == "writing lattices · done\n"
    assert table(folder / "manifest.csv")[3] == {"file": "hex/3.png", "label": "hex", "cell": "1.5"}
    assert json.loads((folder / "settings.json").read_text()) == {"seed": 1, "sizes": [6, 8]}
    images, labels, classes = folders.load(folder)
    assert images.dtype == np.uint8
    assert np.array_equal(images, [image for image, _, _ in items()])
    assert labels.tolist() == [0, 0, 0, 1, 1]
    assert classes == ["cubic", "hex"]
    assert os.listdir(tmp_path / "new") == ["lattices"]


def test_writing_again_does_nothing_and_other_contents_are_refused(tmp_path, capsys):
    folder = tmp_path / "set"
    folders.write(folder, items(), 5, SETTINGS)
    before = everything(folder)
    folders.write(folder, items(fail_after=0), 5, SETTINGS)
    assert "is there already, with 5 images" in capsys.readouterr().out
    for total, settings in ((5, {"seed": 2}), (4, SETTINGS)):
        with pytest.raises(FileExistsError, match="set is there already, and holds something else"):
            folders.write(folder, items(), total, settings)
    assert everything(folder) == before
    (folder / "hex" / "3.png").unlink()
    with pytest.raises(FileExistsError, match="delete it yourself"):
        folders.write(folder, items(), 5, SETTINGS)


@pytest.mark.parametrize("contents", [None, b"", b"\xff\x00", b"[]", b"{}"])
def test_what_others_wrote_is_refused(tmp_path, contents):
    if contents is None:
        (tmp_path / "set").write_text("a file")
    else:
        (tmp_path / "set").mkdir()
        for name in ("settings.json", "manifest.csv", "split.csv"):
            (tmp_path / "set" / name).write_bytes(contents)
    source = data_set(tmp_path / "source")
    before = everything(tmp_path)
    with pytest.raises(FileExistsError, match="holds something else"):
        folders.write(tmp_path / "set", items(), 5, {})
    with pytest.raises(FileExistsError, match="holds something else"):
        folders.split(source, tmp_path / "set")
    assert everything(tmp_path) == before


@pytest.mark.parametrize(
    ("bad", "error", "words"),
    [
        (items(), ValueError, "There were 5 images; expected 6"),
        (items(fail_after=2), RuntimeError, "stopped"),
        (bad_items(np.zeros((4, 4))), ValueError, "Image 5 is float64 of shape (4, 4); expected uint8"),
        (bad_items(np.zeros((4, 4, 3), np.uint8)), ValueError, "Image 5 is uint8 of shape (4, 4, 3)"),
        (bad_items(label="../up"), ValueError, "'../up' cannot be a folder"),
        (bad_items(label=".hidden"), ValueError, "expected letters"),
        (bad_items(label=""), ValueError, "expected letters"),
        (bad_items(label="Hex"), ValueError, "Hex and hex differ in case only"),
    ],
)
def test_bad_items_leave_nothing_behind(tmp_path, bad, error, words):
    with pytest.raises(error) as raised:
        folders.write(tmp_path / "set", bad, 6, SETTINGS)
    assert words in str(raised.value)
    assert not os.listdir(tmp_path)


def test_what_killed_runs_left_is_removed_but_nothing_else(tmp_path):
    ended = subprocess.Popen([sys.executable, "-S", "-c", ""])
    ended.wait()
    names = [
        f".part-{ended.pid}.set",
        f".part-{os.getpid()}.set",
        f".part-{os.getppid()}.set",
        ".part-.set",
        f".part-{10**12}.set",
    ]
    for name in names:
        (tmp_path / name / "a").mkdir(parents=True)
    folders.write(tmp_path / "set", items(), 5, SETTINGS)
    assert sorted(os.listdir(tmp_path)) == sorted([*names[2:], "set"])


@pytest.mark.parametrize("work", ["write", "split", "link"])
@pytest.mark.parametrize("trouble", ["read-only", "full", "killed"])
def test_trouble_with_the_disk(tmp_path, monkeypatch, work, trouble):
    source = data_set(tmp_path / "source")
    before = everything(tmp_path)
    owner, name = {"write": (Image.Image, "save"), "split": (folders.shutil, "copyfile"), "link": (os, "link")}[work]

    def run():
        if work == "write":
            folders.write(tmp_path / "set", items(), 5, SETTINGS)
        else:
            folders.split(source, tmp_path / "set", link=work == "link")

    with monkeypatch.context() as patch:
        if trouble == "read-only":
            read_only(patch)
        elif trouble == "full":
            full_disk(patch, owner, name, after=3)
        else:
            patch.setattr(owner, name, lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        expected = KeyboardInterrupt if trouble == "killed" else OSError
        with pytest.raises(expected) as raised:
            run()
    if trouble != "killed":
        reason = "Permission denied" if trouble == "read-only" else "No space left"
        assert "set could not be written" in str(raised.value)
        assert reason in str(raised.value)
        assert ("say link=False" in str(raised.value)) == (work == "link" and trouble == "full")
    assert everything(tmp_path) == before
    assert os.listdir(tmp_path) == ["source"]
    run()
    assert (tmp_path / "set").is_dir()


def test_too_little_room_is_seen_before(tmp_path, monkeypatch):
    source = data_set(tmp_path / "source")
    usage = folders.shutil.disk_usage(tmp_path)._replace(free=100)
    monkeypatch.setattr(folders.shutil, "disk_usage", lambda path: usage)
    full_disk(monkeypatch, folders.shutil, "copyfile", after=0)
    with pytest.raises(OSError, match=r"it takes 0 MB, and 0 MB are free"):
        folders.split(source, tmp_path / "set")
    folders.split(source, tmp_path / "set", link=True)


GREY = np.arange(48, dtype=np.uint8).reshape(6, 8) * 5


@pytest.mark.parametrize(
    ("kind", "mode"),
    [("png", mode) for mode in ("L", "RGB", "RGBA", "LA", "P", "1", "I;16")]
    + [("tif", mode) for mode in ("L", "RGB", "RGBA", "LA", "P", "1", "I;16", "CMYK", "I", "F")],
)
def test_images_of_many_kinds(tmp_path, kind, mode):
    deep = {"I;16": np.uint16, "I": np.int32, "F": np.float32}
    if mode in deep:
        picture = Image.fromarray(GREY.astype(deep[mode]) * 17 + 1000)
    else:
        picture = Image.fromarray(GREY).convert(mode, **({"dither": 0} if mode == "1" else {}))
    picture.save(tmp_path / f"image.{kind}")
    image = folders.read_image(tmp_path / f"image.{kind}")
    assert image.dtype == np.uint8
    wanted = {"1": 255 * (GREY > 127)}.get(mode, np.rint(GREY * (255 / 235)) if mode in deep else GREY)
    assert np.abs(image.astype(int) - wanted).max() <= (1 if mode == "CMYK" else 0)


def test_what_is_transparent_is_black(tmp_path):
    colours = np.full((4, 4, 4), 200, np.uint8)
    colours[:2, :, 3] = 0
    Image.fromarray(colours).save(tmp_path / "rgba.png")
    assert folders.read_image(tmp_path / "rgba.png").tolist()[1:3] == [[0] * 4, [157] * 4]
    palette = Image.fromarray(np.full((4, 4), 200, np.uint8)).convert("P")
    palette.save(tmp_path / "palette.png", transparency=palette.getpixel((0, 0)))
    assert not folders.read_image(tmp_path / "palette.png").any()


def test_the_first_page_and_the_way_the_camera_was_held(tmp_path):
    first, second = Image.fromarray(GREY), Image.fromarray(255 - GREY)
    first.save(tmp_path / "pages.tif", save_all=True, append_images=[second])
    assert np.array_equal(folders.read_image(tmp_path / "pages.tif"), GREY)
    exif = Image.Exif()
    exif[0x0112] = 8  # turn by 90 degrees to see it upright
    first.save(tmp_path / "phone.png", exif=exif)
    assert np.array_equal(folders.read_image(tmp_path / "phone.png"), np.rot90(GREY))
    Image.fromarray(np.full((6, 8), 1000, np.uint16)).save(tmp_path / "flat.png")
    assert not folders.read_image(tmp_path / "flat.png").any()


def spoilt(path, kind):
    noise = Image.fromarray(np.random.default_rng(0).integers(256, size=(30, 30), dtype=np.uint8))
    if kind == "broken":
        noise.save(path, "png")
        data = bytearray(path.read_bytes())
        data[60:70] = b"0123456789"
        path.write_bytes(data)
    elif kind.startswith("truncated"):
        noise.save(path, kind.split()[1])
        path.write_bytes(path.read_bytes()[:-100])
    elif kind == "nan":
        Image.fromarray(np.full((4, 4), np.nan, np.float32)).save(path, "tiff")
    elif kind == "gif":
        noise.save(path, "gif")
    elif kind == "folder":
        path.mkdir()
    elif kind.startswith("huge"):
        Image.new("1", (60, int(kind.split()[1]))).save(path, "png")
    else:
        path.write_bytes({"empty": b"", "text": b"file,label\na,b\n"}[kind])


BAD = {
    "broken": "cannot be read as an image",
    "empty": "is empty and is no PNG",
    "text": "begins with b'file,label\\na,b\\n' and is no PNG",
    "gif": "begins with b'GIF8",
    "truncated png": "cannot be read as an image",
    "truncated jpeg": "truncated",
    "truncated tiff": "cannot be read as an image",
    "nan": "NaN or infinite",
    "folder": "cannot be read as an image",
    "missing": "No such file",
    "huge 60": "has more than 2,000 pixels",
    "huge 600": "has more than 2,000 pixels",
}


@pytest.mark.parametrize("kind", BAD)
def test_bad_files_are_one_clear_sentence(tmp_path, monkeypatch, kind):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 2000)
    path = tmp_path / "image.png"
    if kind != "missing":
        spoilt(path, kind)
    with pytest.raises(ValueError, match=r"image\.png .*; (delete|cut)") as error:
        folders.read_image(path)
    assert BAD[kind] in str(error.value)
    assert "\n" not in str(error.value)


def test_warnings_of_pillow_are_not_shown(tmp_path, recwarn):
    Image.fromarray(GREY).save(tmp_path / "image.tif")
    data = (tmp_path / "image.tif").read_bytes()
    (tmp_path / "image.tif").write_bytes(data.replace(b"\x16\x01\x04\x00\x01", b"\x16\x01\x04\x00\x02"))
    folders.read_image(tmp_path / "image.tif")
    assert not recwarn.list


def make(folder, *names):
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(GREY).save(folder / name, "png")
    return folder


def test_a_listing_is_in_natural_order_and_leaves_out_what_is_no_image(tmp_path):
    images = ["B/1.png", "a/2.PNG", "a/x10.tif", "a/x9.JPeG"]
    others = ["a/._2.png", "a/Thumbs.db", "a/notes.txt", "a/deep/3.png", ".git/1.png", "__MACOSX/1.png", "top.png"]
    files, labels, classes = folders.listing(make(tmp_path, *images, *others))
    assert [path.relative_to(tmp_path).as_posix() for path in files] == ["B/1.png", "a/2.PNG", "a/x9.JPeG", "a/x10.tif"]
    assert labels.tolist() == [0, 1, 1, 1]
    assert classes == ["B", "a"]


@pytest.mark.parametrize(
    ("names", "error", "words"),
    [
        (None, NotADirectoryError, "set is not a folder"),
        ([], ValueError, "set holds no folders"),
        (["1.png", ".git/1.png"], ValueError, "set holds no folders"),
        (["a/1.png", "b/Thumbs.db"], ValueError, "b holds no images (.png, "),
        (["train/a/1.png", "test/a/1.png"], ValueError, "choose the folder that holds the class folders themselves"),
        (["a/1.png", "Hex/1.png", "hex/1.png"], ValueError, "Hex and hex differ in case only"),
    ],
)
def test_bad_folders_are_one_clear_sentence(tmp_path, names, error, words):
    folder = tmp_path / "set"
    if names is not None:
        folder.mkdir()
        make(folder, *names)
        if (folder / "HEX").exists():
            pytest.skip("upper and lower case are the same on this disk")
    for work in (folders.listing, folders.load, lambda folder: folders.split(folder, tmp_path / "new")):
        with pytest.raises(error) as raised:
            work(folder)
        assert words in str(raised.value)
    assert not (tmp_path / "new").exists()


def test_images_are_resized_without_distortion(tmp_path):
    wide = np.zeros((40, 100), np.uint8)
    wide[:, 30:50] = 255  # the left half of the middle
    stripes = np.tile(np.array([0, 255], np.uint8), (60, 30))
    (tmp_path / "a").mkdir()
    Image.fromarray(wide).save(tmp_path / "a" / "1.png")
    Image.fromarray(stripes).save(tmp_path / "a" / "2.png")
    images, _, _ = folders.load(tmp_path, side=10)
    assert images.shape == (2, 10, 10)
    assert images[0, :, 1:4].min() > 250
    assert images[0, :, 6:].max() < 5
    assert np.abs(images[1] - 127.5).max() < 40, "antialiased: stripes become grey"
    with pytest.raises(ValueError, match=r"2 sizes, .* from \(40, 100\) to \(60, 60\); give the side"):
        folders.load(tmp_path)


def test_all_bad_files_are_counted_and_three_named(tmp_path):
    make(tmp_path, *(f"a/{number}.png" for number in range(8)))
    for number in (1, 3, 5, 7):
        (tmp_path / "a" / f"{number}.png").write_bytes(b"")
    listed = ", ".join(str(Path("a", f"{number}.png")) for number in (1, 3, 5))
    with pytest.raises(ValueError, match="cannot be read") as error:
        folders.load(tmp_path, side=4)
    assert f"4 of the 8 images in {tmp_path} cannot be read: {listed} and 1 more; " in str(error.value)


@pytest.mark.parametrize("fractions", [(0.7, 0.25, 0.05), (0.8, 0.1, 0.1), (0.34, 0.33, 0.33)])
def test_each_class_is_divided_alike(fractions):
    labels = np.repeat([0, 1, 2, 3], [12, 40, 101, 333])
    parts = folders.divided(labels, np.arange(len(labels)), fractions, np.random.default_rng(0))
    for label in range(4):
        counts = np.bincount(parts[labels == label], minlength=3)
        assert np.abs(counts - np.array(fractions) * counts.sum()).max() < 1
    again = folders.divided(labels, np.arange(len(labels)), fractions, np.random.default_rng(1))
    assert (parts != again).any()


def test_groups_are_never_divided_and_parts_are_still_alike():
    rng = np.random.default_rng(0)
    groups = rng.integers(300, size=2000)  # of about 7 images
    labels = np.where(rng.random(2000) < 0.9, groups % 3, rng.integers(3, size=2000))  # some groups are of two classes
    parts = folders.divided(labels, groups, (0.7, 0.25, 0.05), rng)
    assert all(len(set(parts[groups == group])) == 1 for group in set(groups))
    for label in range(3):
        assert np.allclose(np.bincount(parts[labels == label]) / np.sum(labels == label), [0.7, 0.25, 0.05], atol=0.02)
    uneven = np.maximum(np.arange(100), 60)  # 60 single images and 40 that belong together
    parts = folders.divided(np.zeros(100, int), uneven, (0.7, 0.25, 0.05), rng)
    assert np.bincount(parts).tolist() == [70, 25, 5]


@pytest.mark.parametrize("link", [False, True])
def test_a_split_on_disk(tmp_path, capsys, link):
    source, target = data_set(tmp_path / "source"), tmp_path / "new" / "target"
    before = everything(source)
    groups = np.arange(63) // 2
    folders.split(source, target, groups=groups, link=link)
    rows = table(target / "split.csv")
    assert list(rows[0]) == ["file", "part", "label"]
    assert [row["file"] for row in rows] == [f"{p.parent.name}/{p.name}" for p in folders.listing(source).files]
    assert all(row["part"] == rows[2 * (number // 2)]["part"] for number, row in enumerate(rows))
    copied = {Path(row["file"]): (target / row["part"] / row["file"]).read_bytes() for row in rows}
    assert copied == {name: data for name, data in before.items() if name.suffix == ".png"}
    assert sum(len(folders.listing(target / part).files) for part in folders.PARTS) == 63
    assert all((target / row["part"] / row["file"]).samefile(source / row["file"]) == link for row in rows)
    assert everything(source) == before

    capsys.readouterr()
    folders.split(source, target, groups=groups, link=link)
    assert "target is there already, with 63 images" in capsys.readouterr().out
    for other in ({"seed": 2, "groups": groups}, {}):
        with pytest.raises(FileExistsError, match="delete it yourself"):
            folders.split(source, target, **other)
    for name in (f"{rows[0]['part']}/{rows[0]['file']}", "split.csv"):
        whole = (target / name).read_bytes()
        (target / name).unlink()
        (target / name).write_bytes(whole[:-2])
        with pytest.raises(FileExistsError, match="delete it yourself"):
            folders.split(source, target, groups=groups)
        (target / name).write_bytes(whole)
    folders.split(source, target, groups=groups)


@pytest.mark.parametrize(
    ("target", "options", "words"),
    [
        ("source", {}, "are one, or one lies in the other"),
        ("source/a/new", {}, "are one, or one lies in the other"),
        (".", {}, "are one, or one lies in the other"),
        ("new", {"fractions": (0.7, 0.2, 0.05)}, "expected three above zero, with the sum 1"),
        ("new", {"fractions": (0.7, 0.3, 0)}, "expected three above zero"),
        ("new", {"fractions": (0.7, 0.3)}, "expected three above zero"),
        ("new", {"groups": [1, 2]}, "groups have shape (2,); expected one for each of the 46 files"),
        ("new", {"groups": [0] * 40 + [1, 1, 2, 2, 3, 3]}, "Class a has 40 images, too few, or in too few groups"),
        ("new", {}, "Class b has 6 images, too few, or in too few groups, to leave one for test"),
    ],
)
def test_bad_splits_are_one_clear_sentence(tmp_path, target, options, words):
    source = data_set(tmp_path / "source", ("a", 40), ("b", 6))
    before = everything(tmp_path)
    with pytest.raises(ValueError, match=r"[;:]") as error:
        folders.split(source, tmp_path / target, **options)
    assert words in str(error.value)
    assert everything(tmp_path) == before
