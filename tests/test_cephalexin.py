"""The photographs of crystals: found in Kaggle's folders, listed, and what bad folders and files are answered."""

import sys
import types
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from helpers import cephalexin, copies, folders

RNG = np.random.default_rng(0)
GREY = RNG.integers(256, size=(40, 50), dtype=np.uint8)


@pytest.fixture(autouse=True)
def data(tmp_path_factory, monkeypatch):
    """An empty data folder, and an empty cache of kagglehub beside it."""
    folder = tmp_path_factory.mktemp("places")
    (folder / "data").mkdir()
    monkeypatch.setenv("WORKSHOP_DATA", str(folder / "data"))
    monkeypatch.setenv("KAGGLEHUB_CACHE", str(folder / "cache"))
    return folder / "data"


def make(folder, *names):
    """PNG files, each of a picture of its own."""
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(RNG.integers(256, size=(40, 50), dtype=np.uint8)).save(folder / name, "png")
    return folder


def both(folder, cex="cex", pg="pg"):
    return make(folder, f"{cex}/CEX (10).png", f"{cex}/CEX (9).png", f"{pg}/PG (5308).png", f"{pg}/PG (589).png")


@pytest.mark.parametrize(
    "inside", [".", "cropped", "cropped/cropped", "archive/cropped/cropped", "Cropped/CROPPED", "a b (1)/x"]
)
@pytest.mark.parametrize("names", [("cex", "pg"), ("CEX", "PG"), ("cex", "PG"), ("Cex", "pg")])
def test_nested_folders_are_found_and_listed_in_natural_order(data, inside, names):
    folder = data / "cephalexin" / inside
    both(folder, *names)
    make(data / "cephalexin", "__MACOSX/cropped/cropped/cex/1.png", ".git/pg/1.png")
    assert cephalexin.find() == folder
    listing = cephalexin.load(folder)
    assert [path.name for path in listing.files] == ["CEX (9).png", "CEX (10).png", "PG (589).png", "PG (5308).png"]
    assert listing.labels.tolist() == [0, 0, 1, 1]
    assert listing.classes == ["cex", "pg"]


def test_of_several_folders_the_cropped_images_are_taken(data, tmp_path):
    assert cephalexin.find() is None
    make(data / "cephalexin", "pg/1.png")
    assert cephalexin.find() == data / "cephalexin", "load will say what is missing"
    both(make(data / "cephalexin", "raw/pg/1.png") / "raw")
    (data / "cephalexin" / "pg" / "1.png").unlink()
    (data / "cephalexin" / "pg").rmdir()
    assert cephalexin.find() == data / "cephalexin" / "raw"
    both(data / "cephalexin" / "cropped" / "cropped")
    both(data / "cephalexin" / "cropped" / "cropped" / "deeper")
    assert cephalexin.find() == data / "cephalexin" / "cropped" / "cropped"
    assert cephalexin.find(tmp_path / "nowhere") is None
    assert cephalexin.find(str(data)) == data / "cephalexin" / "cropped" / "cropped"


def test_what_kagglehub_has_downloaded_completely_is_found(data):
    cache = data.parent / "cache" / "datasets" / cephalexin.HANDLE
    for version in ("1", "9", "10", "11"):
        both(cache / "versions" / version / "cropped" / "cropped")
        if version != "11":  # the transfer was broken off
            (cache / f"{version}.complete").touch()
    assert cephalexin.find() == cache / "versions" / "10" / "cropped" / "cropped"
    both(data / "cephalexin")
    assert cephalexin.find() == data / "cephalexin"


def kagglehub(monkeypatch, download):
    monkeypatch.setitem(sys.modules, "kagglehub", types.SimpleNamespace(dataset_download=download))


def test_downloading(tmp_path, monkeypatch, capsys):
    asked = []

    def arrives(handle):
        asked.append(handle)
        both(tmp_path / "new" / "cropped" / "cropped")
        return str(tmp_path / "new")

    kagglehub(monkeypatch, arrives)
    assert cephalexin.download() == tmp_path / "new" / "cropped" / "cropped"
    assert asked == ["opencrystaldata/cephalexin-reactive-crystallization"]
    printed = capsys.readouterr().out
    assert printed.count("\n") == 1
    assert "1.5 GB" in printed
    assert "licence" in printed


@pytest.mark.parametrize(
    ("download", "error", "words"),
    [
        (None, ModuleNotFoundError, "kagglehub is not installed; run `pip install kagglehub`, or download it at https"),
        (OSError("No space left on device"), OSError, "could not be downloaded (No space left on device); try again"),
        (
            RuntimeError("403 Client Error\nmore"),
            OSError,
            "(403 Client Error); try again, sign in with kagglehub.login",
        ),
        (RuntimeError(), OSError, "(RuntimeError)"),
        ("something else", FileNotFoundError, "holds no folders cex and pg"),
    ],
)
def test_bad_downloads_are_one_clear_sentence(tmp_path, monkeypatch, download, error, words):
    def fails(handle):
        if isinstance(download, Exception):
            raise download
        return str(make(tmp_path / "new", f"{download}/1.png"))

    kagglehub(monkeypatch, fails)
    if download is None:
        monkeypatch.setitem(sys.modules, "kagglehub", None)
    with pytest.raises(error) as raised:
        cephalexin.download()
    assert words in str(raised.value)
    assert "\n" not in str(raised.value)
    assert cephalexin.find() is None


@pytest.mark.parametrize(
    ("names", "error", "words"),
    [
        (None, NotADirectoryError, "set is not a folder"),
        ([], ValueError, "set holds no folders"),
        (["cex/1.png"], ValueError, "set holds the folders cex; expected cex and pg, so put pg there, or choose"),
        (["PG/1.png"], ValueError, "so put cex there, or choose"),
        (["cex/1.png", "pg/notes.txt"], ValueError, "pg holds no images"),
        (["cex/1.png", "pg/1.png", "cats/1.png"], ValueError, "so take cats away, or choose"),
        (["cropped/cex/1.png", "cropped/pg/1.png"], ValueError, "choose the folder that holds the class folders"),
        (["cex/1.png", "CEX/2.png", "pg/1.png"], ValueError, "CEX and cex differ in case only"),
    ],
)
def test_bad_folders_are_one_clear_sentence(tmp_path, names, error, words):
    folder = tmp_path / "set"
    if names is not None:
        folder.mkdir()
        make(folder, *names)
        if len(names) == 3 and (folder / "Cex").exists():
            pytest.skip("upper and lower case are the same on this disk")
    with pytest.raises(error) as raised:
        cephalexin.load(folder)
    assert words in str(raised.value)
    assert "\n" not in str(raised.value)


BAD = {
    "1x1": "has 1x1 pixels; expected at least 32 each way; delete it",
    "31x200": "has 31x200 pixels",
    "text": "begins with b'file,label' and is no PNG",
    "empty": "is empty and is no PNG",
    "truncated": "cannot be read as an image",
}


def spoil(path, kind):
    if kind == "truncated":
        path.write_bytes(path.read_bytes()[:-200])
    elif "x" in kind and kind != "text":
        height, width = map(int, kind.split("x"))
        Image.new("L", (width, height)).save(path)
    else:
        path.write_bytes({"text": b"file,label", "empty": b""}[kind])


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_file_is_one_clear_sentence(tmp_path, kind):
    spoil(both(tmp_path) / "pg" / "PG (589).png", kind)
    with pytest.raises(ValueError, match=r"PG \(589\)\.png .*; delete it") as error:
        cephalexin.load(tmp_path)
    assert BAD[kind] in str(error.value)
    assert "\n" not in str(error.value)


def test_of_many_bad_files_three_are_named(tmp_path):
    make(both(tmp_path), *(f"cex/{number}.png" for number in range(6)))
    for number in range(5):
        spoil(tmp_path / "cex" / f"{number}.png", "1x1")
    with pytest.raises(
        ValueError, match=r"5 of 10 files cannot be used: cex/0\.png, cex/1\.png, cex/2\.png and 2 more\."
    ) as error:
        cephalexin.load(tmp_path)
    assert str(error.value).endswith(
        f"{tmp_path / 'cex' / '0.png'} has 1x1 pixels; expected at least 32 each way; "
        "delete it, or put a good copy in its place."
    )


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P", "LA", "1", "I;16"])
def test_images_of_many_kinds_are_accepted(tmp_path, mode):
    picture = Image.fromarray(GREY.astype(np.uint16) * 17) if mode == "I;16" else Image.fromarray(GREY).convert(mode)
    picture.save(both(tmp_path) / "cex" / "CEX (11).png")
    assert len(cephalexin.load(tmp_path).files) == 5


def test_copies_with_two_labels_are_told_in_one_line(tmp_path, capsys):
    both(tmp_path)
    cephalexin.load(tmp_path)
    assert "Careful" not in capsys.readouterr().out
    for name, image in {"cex/a.png": GREY, "pg/b.png": np.rot90(GREY), "pg/c.png": GREY[:, ::-1]}.items():
        Image.fromarray(image).save(tmp_path / name)
    listing = cephalexin.load(tmp_path)
    printed = capsys.readouterr().out
    assert printed.count("\n") == 2  # this, and that the files were checked
    assert "Careful: cex/a.png and pg/b.png and 1 more pairs of files show the same picture under two labels" in printed
    groups = copies.groups_of_files(listing.files)
    pairs = [(first.name, second.name) for first, second in cephalexin.contradictions(listing, groups)]
    assert pairs == [("a.png", "b.png"), ("a.png", "c.png")]
    assert cephalexin.contradictions(listing, np.arange(7)) == []
    with pytest.raises(ValueError, match=r"groups have shape \(3,\); expected one for each of the 7 files"):
        cephalexin.contradictions(listing, [1, 2, 3])


def test_sizes_are_read_without_the_pixels(tmp_path, capsys):
    path = make(tmp_path, "PG (1).png") / "PG (1).png"
    path.write_bytes(path.read_bytes()[:200])  # the pixels are missing
    exif = Image.Exif()
    exif[0x0112] = 6  # turn it to see it upright
    Image.fromarray(GREY).save(tmp_path / "phone.jpg", exif=exif)
    Image.fromarray(GREY).save(tmp_path / "x.tif", tiffinfo=exif, compression="tiff_lzw")
    files = [path, tmp_path / "phone.jpg", tmp_path / "x.tif"]
    found = cephalexin.sizes(files)
    assert found.tolist() == [[40, 50], *(list(folders.read_image(file).shape) for file in files[1:])]
    assert found.tolist()[1:] == [[50, 40]] * 2
    assert capsys.readouterr().out == "reading sizes · done\n"
    assert cephalexin.sizes([]).shape == (0, 2)
    path.write_text("no image")
    with pytest.raises(ValueError, match=r"PG \(1\)\.png cannot be read as an image .*; delete it"):
        cephalexin.sizes(files)


def test_the_published_photographs(monkeypatch):
    monkeypatch.undo()
    folder = cephalexin.find()
    if folder is None:
        pytest.skip("the data folder has no photographs of cephalexin")
    listing = cephalexin.load(folder)
    sides = dict(zip((path.name for path in listing.files), cephalexin.sizes(listing.files).tolist(), strict=True))
    if missing := [name for names in cephalexin.SAMPLES for name in names if name not in sides]:
        pytest.skip(f"the photographs of cephalexin lack {missing[0]}")
    for crystal, names in enumerate(cephalexin.SAMPLES):
        assert len({tuple(sorted(sides[name])) for name in names}) == 1, "a crystal has one size"
        assert all((sides[name] == [151, 151]) == (crystal < 5) for name in names)
    labels = {path.name: label for path, label in zip(listing.files, listing.labels, strict=True)}
    assert all(labels[name] == name.startswith("PG") for names in cephalexin.SAMPLES for name in names)


def test_the_samples_have_the_layout_of_kaggle():
    assert sum(map(len, cephalexin.SAMPLES)) == 16
    assert all(Path(name).suffix == ".png" for names in cephalexin.SAMPLES for name in names)
