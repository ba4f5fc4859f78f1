"""The audit as a whole: planted faults are found, clean data are quiet, reports are whole, bad input is a sentence."""

import csv
import json
import os
import re
import sys
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from helpers import interfaces, textures
from helpers.audit import GRAVITIES, __main__, audit, findings, ladder, reading, scores, shortcuts

FAMILIES = ("stripes", "bubbles")
EACH, SIDE = 40, 40


@pytest.fixture(autouse=True)
def small(monkeypatch):
    monkeypatch.setattr(ladder, "TREES", 30)
    monkeypatch.setattr(shortcuts, "TREES", 20)
    monkeypatch.setattr(ladder, "STEPS", (5, 5))


def draw(number, family, side=SIDE):
    """A texture in which each grey value is equally frequent, so that brightness and contrast tell nothing."""
    image = textures.texture(family, side, np.random.default_rng([number, FAMILIES.index(family)]))
    ranks = image.ravel().argsort(kind="stable").argsort().reshape(image.shape)
    return (ranks * 256 // image.size).astype(np.uint8)


def save(folder, images, **options):
    """Write {file: image}; returns the folder."""
    for name, image in images.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(image).save(folder / name, **options)
    return folder


def clean(each=EACH):
    return {f"{family}/{number}.png": draw(number, family) for family in FAMILIES for number in range(each)}


def table(path, rows):
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def kinds(found, *gravities):
    return {finding.kind for finding in found.findings if finding.gravity in (gravities or GRAVITIES)}


@pytest.fixture(scope="module")
def quiet(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ladder, "TREES", 30)
        patch.setattr(shortcuts, "TREES", 20)
        patch.setattr(ladder, "STEPS", (100, 100))
        folder = save(tmp_path_factory.mktemp("sets") / "clean", clean())
        return folder, audit(folder, quick=False)


def test_clean_data_are_quiet(quiet):
    _, found = quiet
    assert kinds(found, "serious") == set()
    assert {"baseline", "test size"} <= kinds(found, "note")
    ladder_of = found.numbers["ladder"]
    assert ladder_of["most frequent class"]["value"] == pytest.approx(0.5)
    assert ladder_of["forest on texture"]["value"] > 0.9
    assert ladder_of["small network"]["low"] > 0.6
    assert found.numbers["shuffled_labels"]["low"] < 0.5
    sizes = [step["images"] for step in found.numbers["learning_curve"]]
    assert sizes == [8, 16, 32, 64]
    assert "learning curve" in kinds(found, "note")
    assert found.numbers["learning_curve"][-1]["value"] == ladder_of["forest on texture"]["value"]


def test_the_report_is_one_page_that_says_what_the_numbers_say(quiet, tmp_path):
    folder, found = quiet
    path = found.write(tmp_path / "new" / "report")
    page = path.read_text(encoding="utf-8")
    numbers = json.loads((path.parent / "audit.json").read_text(encoding="utf-8"))
    assert numbers == json.loads(json.dumps(found.numbers))
    assert numbers["schema"] == 1
    assert not re.search(r"<script|<link|https?://|@import", page)
    assert 'name="viewport"' in page
    assert page.count("<img ") == len(re.findall(r'<img src="data:image/png;base64,[\w+/=]+" alt="[^"]+"', page))
    for finding in numbers["findings"]:
        assert finding["title"] in page
    assert f"{numbers['ladder']['small network']['value']:.1%}" in page
    charts = re.findall(r'<svg viewBox="[\d ]+" role="img" aria-label="([^"]+)"', page)
    assert len(charts) == page.count("<svg ") == 4
    assert [chart.partition(",")[0] for chart in charts] == [
        "Baselines",
        "Without any picture",
        "Control: shuffled labels",
        "Learning curve",
    ]
    assert page.count(">balanced accuracy</text>") == 4
    assert ">images for training</text>" in page
    with (path.parent / "split.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert {row["file"] for row in rows} == {file.relative_to(folder).as_posix() for file in folder.rglob("*.png")}
    assert [sum(row["part"] == part for row in rows) for part in ("train", "valid", "test")] == [56, 20, 4]
    assert "proves nothing about what was not looked at" in found._repr_html_() + str(found)
    assert ">0 " not in page, "a gravity that nothing has"
    assert "whether more images would help" in page


@pytest.mark.parametrize(("count", "says"), [(1, "all"), (19, "all"), (20, "95%")])
def test_how_narrow_a_test_of_few_things_can_be(count, says):
    groups = np.arange(2 * count)
    parts = np.where(groups < count, "test", "train")
    items = SimpleNamespace(labels=np.zeros(2 * count, int), classes=["one"])
    *_, size = findings.of_split(parts, groups, items)
    assert f"If {says} of them are called right" in size.evidence
    assert ("to 100%" in size.evidence) == (says == "all")


def test_a_baseline_without_a_mistake_is_not_to_be_beaten():
    right = {"forest": scores.score(np.ones(100, bool), np.arange(100) % 2, np.arange(100))}
    (told,) = findings.of_ladder(right, [50, 50])
    assert told.title == "A baseline makes no mistake"


def test_reports_are_replaced_only_if_told_and_only_if_ours(quiet, tmp_path, monkeypatch):
    _, found = quiet
    found.write(tmp_path / "report")
    with pytest.raises(FileExistsError, match="overwrite"):
        found.write(tmp_path / "report")
    found.write(tmp_path / "report", overwrite=True)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("all of it")
    with pytest.raises(FileExistsError, match="not written by an audit"):
        found.write(tmp_path / "mine", overwrite=True)
    assert (tmp_path / "mine" / "thesis.txt").read_text() == "all of it"
    (tmp_path / "report" / "remarks.txt").write_text("mine")
    with pytest.raises(FileExistsError, match=r"holds remarks\.txt, which no audit wrote"):
        found.write(tmp_path / "report", overwrite=True)
    (tmp_path / "report" / "remarks.txt").unlink()

    def full(*arguments, **options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("helpers.folders.write_table", full)
    with pytest.raises(OSError, match="No space left"):
        found.write(tmp_path / "other")
    with pytest.raises(OSError, match="No space left"):
        found.write(tmp_path / "report", overwrite=True)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine", "report"]
    assert (tmp_path / "report" / "report.html").is_file()


def test_a_report_that_cannot_be_replaced_is_still_there(quiet, tmp_path, monkeypatch):
    """As on Windows, where the browser that shows a report can be in the way."""
    _, found = quiet
    report = found.write(tmp_path / "report")
    report.write_text("of before", encoding="utf-8")
    rename = os.replace

    def in_the_way(old, new):
        if new == report.parent and old.name.startswith(".part-"):
            raise OSError("another program is in the way")
        rename(old, new)

    monkeypatch.setattr("helpers.folders.os.replace", in_the_way)
    with pytest.raises(OSError, match="in the way"):
        found.write(tmp_path / "report", overwrite=True)
    assert report.read_text(encoding="utf-8") == "of before"
    assert [path.name for path in tmp_path.iterdir()] == ["report"]
    monkeypatch.undo()
    found.write(tmp_path / "report", overwrite=True)
    assert report.read_text(encoding="utf-8") != "of before"
    assert [path.name for path in tmp_path.iterdir()] == ["report"]


def test_copies_sizes_and_what_is_written_in_files(tmp_path):
    """Each image of one class four times, turned; the other class has one size, program and no copies."""
    images = {}
    for number in range(20):
        image = draw(number, "stripes", 36 + number % 7)
        for turn in range(4):
            images[f"stripes/{number}_{turn}.png"] = np.ascontiguousarray(np.rot90(image, turn))
    for number in range(5):
        images[f"bubbles/stripes_{number}.png"] = np.ascontiguousarray(images[f"stripes/{number}_0.png"][:, ::-1])
    folder = save(tmp_path / "faulty", images)
    written = PngImagePlugin.PngInfo()
    written.add_text("Software", "microscope B")
    save(folder, {f"bubbles/{number}.png": draw(number, "bubbles") for number in range(60)}, pnginfo=written)
    found = audit(folder, quick=True)
    assert {
        "copies",
        "copies across labels",
        "shortcut: height and width",
        "shortcut: metadata",
    } <= kinds(found, "serious")
    copies = found.numbers["copies"]
    assert copies == {"images": 85, "different": 80, "across_labels": 25, "across_parts": None}
    assert found.numbers["shuffled_labels_random_split"]["low"] > 0.5
    assert found.numbers["shuffled_labels"]["low"] < 0.5
    page = found.write(tmp_path / "report").read_text(encoding="utf-8")
    assert 'width="88" height="88"' in page
    shown = {finding.kind: finding for finding in found.findings}
    names = found.numbers["findings"][[finding.kind for finding in found.findings].index("copies across labels")]
    assert len({name.partition("/")[0] for name in names["examples"][0]}) == 2
    assert "microscope B" in shown["shortcut: metadata"].evidence
    assert "40 x 40" in shown["shortcut: height and width"].evidence
    assert [len(row) for row in shown["shortcut: height and width"].examples] == [6, 6]
    assert "whether more images would help" not in page, "with quick it is not looked at"
    group = {row["file"]: row["group"] for row in found.split}
    part = {row["file"]: row["part"] for row in found.split}
    for number in range(20):
        files = [f"stripes/{number}_{turn}.png" for turn in range(4)]
        assert len({group[file] for file in files}) == len({part[file] for file in files}) == 1
    assert "/" not in found.numbers["source"]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such names")
def test_names_that_are_html_are_text(tmp_path):
    harm = "<img src=x onerror=alert(1)>"
    images = {f"{harm}/{harm}{number}.png": draw(number // 2, "stripes") for number in range(20)}
    images |= {f"bubbles/{number}.png": draw(number, "bubbles") for number in range(20)}
    page = audit(save(tmp_path / harm, images), quick=True).write(tmp_path / "report").read_text(encoding="utf-8")
    assert "onerror" in page
    assert harm not in page


def test_copies_across_a_split_that_is_given(tmp_path):
    images = {
        f"{('train', 'test')[number % 4 == 0]}/{name}": image for number, (name, image) in enumerate(clean().items())
    }
    for number in range(1, 11, 2):
        images[f"test/stripes/copy{number}.png"] = np.ascontiguousarray(images[f"train/stripes/{number}.png"].T)
    images["test/bubbles/near.jpg"] = images["train/bubbles/1.png"]
    found = audit(save(tmp_path / "divided", images), quick=True)
    assert "copies across parts" in kinds(found, "serious")
    assert found.numbers["copies"]["across_parts"] == 12


def test_what_a_group_is_worth(tmp_path):
    """Interfaces as published: all of one class and call share their phases."""
    rng, rows = np.random.default_rng(1), []
    for call in range(4):
        heights, classes = interfaces.published([0.2, 0.5, 0.8], 60, 64, rng)
        for number, (image, label) in enumerate(zip(interfaces.images(heights, width=8), classes, strict=True)):
            save(tmp_path, {f"{call}_{number}.png": np.ascontiguousarray(image)})
            rows.append({"file": f"{call}_{number}.png", "label": f"zeta {label}", "call": call})
    found = audit(table(tmp_path / "calls.csv", rows), group="call")
    by = found.numbers["random_split"]["groups"]["eigenpictures"]
    assert by["difference"]["value"] > 0.1
    assert by["difference"]["low"] > 0.02
    assert by["random"]["value"] - by["together"]["value"] == pytest.approx(by["difference"]["value"], abs=2e-4)
    assert "random split: groups" in kinds(found, "serious")
    assert "few groups" in kinds(found, "look")


def test_wrong_labels_are_listed_and_counted(tmp_path):
    images = clean(60)
    wrong = {f"{family}/{number}.png" for family in FAMILIES for number in range(9)}
    swapped = {
        f"{FAMILIES[1 - FAMILIES.index(name.partition('/')[0])]}/wrong_{name.partition('/')[2]}"
        if name in wrong
        else name: image
        for name, image in images.items()
    }
    found = audit(save(tmp_path / "set", swapped), quick=True)
    listed = found.numbers["labels"]["listed"]
    assert sum("wrong" in name for name in listed[:18]) >= 14
    assert found.numbers["labels"]["low"] <= 0.15 <= found.numbers["labels"]["high"]
    assert "labels" in kinds(found)


def test_two_classes_that_are_one_and_one_that_is_two(tmp_path):
    images = clean()
    for number in range(100, 130):
        images[f"streaks/{number}.png"] = draw(number, "stripes")
    for number in range(10):
        images[f"streaks/other_{number}.png"] = 255 - (draw(number, "bubbles") // 3)
    for number in range(40):
        images[f"noise/{number}.png"] = np.random.default_rng(number).integers(0, 256, (SIDE, SIDE), np.uint8)
    found = audit(save(tmp_path / "set", images), quick=True)
    pairs = {tuple(pair["classes"]) for pair in found.numbers["pairs"]}
    assert pairs == {("streaks", "stripes")}
    assert "No baseline tells streaks from stripes" in str(found)


def test_one_class_in_one_group(tmp_path):
    save(tmp_path, clean())
    rows = [{"file": name, "label": name.partition("/")[0], "group": name.partition("/")[0]} for name in clean()]
    found = audit(table(tmp_path / "set.csv", rows), quick=True)
    assert "one group" in kinds(found, "serious")


def test_one_class_in_one_group_is_not_divided_by_the_split(tmp_path):
    """One class is one sample, the other has four: scores have to divide samples, the recommended split does not."""
    save(tmp_path, clean())
    rows = [
        {"file": name, "label": name.partition("/")[0], "sample": name[0] + (str(number % 4) if name[0] == "b" else "")}
        for number, name in enumerate(clean())
    ]
    found = audit(table(tmp_path / "set.csv", rows), group="sample", quick=True)
    assert {"one group", "few groups"} <= kinds(found)
    sample = {row["file"]: row["sample"] for row in rows}
    parts, groups = {}, {}
    for row in found.split:
        parts.setdefault(sample[row["file"]], set()).add(row["part"])
        groups.setdefault(sample[row["file"]], set()).add(row["group"])
    assert set(parts) == {"s", "b0", "b1", "b2", "b3"}
    assert all(len(own) == 1 for own in (*parts.values(), *groups.values()))
    assert found.numbers["groups"] == 5
    (baseline,) = [finding for finding in found.findings if finding.kind == "baseline"]
    assert "groups divided" in baseline.evidence


def test_the_brightness_of_sixteen_bits_is_seen(tmp_path):
    """One class is twenty times brighter; stretched one by one, both look alike."""
    for number in range(20):
        for name, factor in (("dark", 10), ("bright", 200)):
            image = draw(number + 100 * factor, "stripes").astype(np.uint16) * np.uint16(factor)
            save(tmp_path / "set", {f"{name}/{number}.png": image})
    found = audit(tmp_path / "set", quick=True)
    assert "shortcut: brightness and contrast" in kinds(found, "look")


def test_paths_outside_the_folder_of_the_table_are_refused(tmp_path):
    folder = save(tmp_path / "set", clean(12))
    (tmp_path / "table").mkdir()
    for wrong in ("../set/stripes/0.png", str(folder / "stripes" / "0.png"), "a/../../set/stripes/0.png"):
        with pytest.raises(ValueError, match=r"1 of the 1 files in .* lying below the folder of the table: .*0\.png;"):
            audit(table(tmp_path / "table" / "t.csv", columns(file=wrong)))
    (tmp_path / "table" / "link").symlink_to(folder, target_is_directory=True)
    rows = [{"file": f"link/{name}", "label": name.partition("/")[0]} for name in clean(12)]
    assert len(reading.find(table(tmp_path / "table" / "t.csv", rows)).files) == 24


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_names_that_are_no_text_are_refused_before_the_work(tmp_path):
    folder = save(tmp_path / "set", clean(12))
    (folder / "stripes" / "0.png").rename(folder / "stripes" / os.fsdecode(b"\xe4.png"))
    with pytest.raises(ValueError, match=r"The name stripes/\\xe4\.png is not UTF-8") as error:
        audit(folder)
    assert str(error.value).isprintable()


@pytest.mark.parametrize("mark", [";", "\t", ","])
def test_tables_as_spreadsheets_write_them(tmp_path, mark):
    folder = save(tmp_path / "set", clean(12))
    lines = ["File,Label,Day"]
    for number, name in enumerate(clean(12)):
        lines.append(",".join([name.replace("/", chr(92)), name.partition("/")[0], str(number % 3)]))
    contents = "\r\n".join(lines).replace(",", mark)
    (folder / "t.csv").write_text(contents, encoding="utf-8-sig")
    items = reading.find(folder / "t.csv", group="Day")
    assert items.names == list(clean(12))
    assert items.classes == ["bubbles", "stripes"]
    assert items.groups.max() == 2
    (folder / "t.csv").write_text("File;Label;file\r\na;b;c\r\n")
    with pytest.raises(ValueError, match="has 2 columns called 'file'; expected one"):
        reading.find(folder / "t.csv")


def test_unreadable_images_are_told_and_left_out(tmp_path):
    folder = save(tmp_path / "set", clean())
    (folder / "stripes" / "bad.png").write_bytes(b"no image")
    (folder / "stripes" / "empty.png").write_bytes(b"")
    for mode in ("1", "P", "LA", "RGBA", "CMYK", "I;16", "F"):
        Image.fromarray(draw(100, "bubbles")).convert("L").convert(mode).save(
            folder / "bubbles" / f"ä [{mode[0]}] 1.tif"
        )
    Image.new("L", (1, 1)).save(folder / "bubbles" / "dot.png")
    Image.new("L", (5000, 2)).save(folder / "bubbles" / "line.png")
    found = audit(folder, quick=True)
    assert found.numbers["images"] == 2 * EACH + len(list((folder / "bubbles").glob("*.tif"))) + 2
    assert [name for name, _ in found.numbers["unreadable"]] == ["stripes/bad.png", "stripes/empty.png"]
    assert str(tmp_path) not in json.dumps(found.numbers)
    assert "unreadable" in kinds(found, "look")


def test_the_same_seed_says_the_same(quiet, monkeypatch):
    folder, found = quiet
    monkeypatch.setattr(ladder, "STEPS", (100, 100))
    again = audit(folder, seed=1)
    for what in ("ladder", "shortcuts", "learning_curve", "split"):
        assert again.numbers[what] == found.numbers[what]


def test_the_command(tmp_path, capsys):
    folder = save(tmp_path / "set", clean(15))
    assert __main__.main([str(folder), "--quick"]) == 0
    said = capsys.readouterr()
    assert "The report: " in said.out
    assert sorted(path.name for path in (tmp_path / "set_audit").iterdir()) == [
        "audit.json",
        "report.html",
        "split.csv",
    ]
    assert __main__.main([str(folder), "--quick"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert "--overwrite" in said.err


def test_a_place_that_cannot_be_written_is_refused_before_the_work(tmp_path, capsys, monkeypatch):
    folder = save(tmp_path / "set", clean(12))
    (tmp_path / "file").write_text("a file")
    (tmp_path / "mine").mkdir()
    monkeypatch.setattr(__main__, "audit", None)  # nothing is audited
    for arguments, words in (
        ([tmp_path / "file" / "report"], "cannot be written"),
        ([tmp_path / "mine", "--overwrite"], "was not written by an audit"),
        ([folder / "report"], "would be taken for a class"),
    ):
        assert __main__.main([str(folder), "--output", *map(str, arguments)]) == 2
        assert words in capsys.readouterr().err
    assert sorted(path.name for path in folder.iterdir()) == sorted(FAMILIES)


def test_what_is_interrupted_leaves_nothing(tmp_path, capsys, monkeypatch):
    folder = save(tmp_path / "set", clean(12))

    def interrupted(*arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(__main__, "audit", interrupted)
    assert __main__.main([str(folder)]) == 130
    assert "nothing was written" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["set"]


def columns(**changes):
    return [{"file": "a.png", "label": "a"} | changes]


@pytest.mark.parametrize(
    ("make", "options", "words"),
    [
        (lambda place: place / "nowhere", {}, "is not there; give a folder"),
        (lambda place: place, {}, "holds no folders"),
        (lambda place: save(place, {"a/1.png": draw(1, "stripes")}), {}, "the label a; expected two classes"),
        (lambda place: save(place, {"a/1.png": draw(1, "stripes"), "b/1.png": draw(2, "stripes")}), {}, "has 2 images"),
        (
            lambda place: save(place, clean(12) | {"c/1.png": draw(1, "stripes")}),
            {},
            "fewer than 5 images: c (1)",
        ),
        (lambda place: save(place, clean(2)), {"group": "day"}, "is a folder, which has no columns"),
        (lambda place: save(place, clean(12)), {"seed": "-1"}, "The seed is -1; expected a whole number from 0"),
        (
            lambda place: table(place / "t.csv", [{"name": "a", "label": "b"}]),
            {},
            "the columns name, label; expected one called file",
        ),
        (lambda place: table(place / "t.csv", columns()), {"group": "day"}, "expected one called day"),
        (lambda place: table(place / "t.csv", columns()), {}, "1 of the 1 files"),
        (lambda place: table(place / "t.csv", columns(label=" ")), {}, "line 2 has no label"),
        (
            lambda place: table(save(place, {"a.png": draw(1, "stripes")}) / "t.csv", columns(part="west")),
            {},
            "the part 'west'",
        ),
        (
            lambda place: table(save(place, {"a.png": draw(1, "stripes")}) / "t.csv", columns(group="1")),
            {},
            "have the same group",
        ),
        (
            lambda place: save(
                place,
                {
                    f"{name}/{n}.png": draw(1, family)
                    for family, name in zip(FAMILIES, "ab", strict=True)
                    for n in range(12)
                },
            ),
            {},
            "all images of the class a are copies",
        ),
    ],
)
def test_bad_input_is_one_clear_sentence(tmp_path, make, options, words, capsys):
    place = tmp_path / "place"
    place.mkdir()
    source = make(place)
    arguments = [str(source), "--quick", *[part for name, value in options.items() for part in (f"--{name}", value)]]
    assert __main__.main(arguments) == 2
    said = capsys.readouterr().err
    assert words in said
    assert said.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["place"]


@pytest.mark.parametrize("contents", [b"", b"\xff\xfe\x00", b"file,label\n", b'file,label\n"a.png'])
def test_tables_that_are_none(tmp_path, contents):
    (tmp_path / "t.csv").write_bytes(contents)
    with pytest.raises(ValueError, match=r"[;:]"):
        audit(tmp_path / "t.csv")


def test_too_few_that_can_be_read(tmp_path):
    folder = save(tmp_path / "set", clean(10) | {f"other/{number}.png": draw(number, "stripes") for number in range(4)})
    (folder / "other" / "bad.png").write_bytes(b"no image")
    with pytest.raises(ValueError, match=r"fewer than 5 images that can be read: other \(4\)"):
        audit(folder)


def test_mostly_unreadable(tmp_path):
    folder = save(tmp_path / "set", clean(12))
    for number in range(30):
        (folder / "stripes" / f"bad{number}.png").write_bytes(b"no image")
    with pytest.raises(ValueError, match=r"30 of the 54 images in .* cannot be read: stripes/bad0.png"):
        audit(folder)
