"""The pieces of `make bench`: no test here asserts a time."""

import importlib
import json
import os
import subprocess
import sys

import pytest

from tools import measure, notebooks
from tools.bench import __main__ as command
from tools.bench import measuring, one, page, peers, pictures, results, rows, works
from tools.bench.units import Unit, Way

UNITS = command.units(works.NAMES, quick=True)
PAGE = notebooks.ROOT / "docs" / "benchmarks.md"


def made_up(entry=None):
    """An entry in which every unit has numbers: each way takes ten times as long as the one before."""
    entry = entry or results.empty()
    for unit in UNITS:
        series = {"seed": [1, 2]}
        for number, way in enumerate(unit.ways):
            series |= {f"{way}_{what}": [10.0**number, 2 * 10.0**number] for what in ("ms", "mb")}
            series |= {f"{way}_{kind}_found": [number / 10, number / 10] for kind in ("exact", "turned", "smaller")}
            series[f"{way}_false_groups"] = [number, number]
        entry = results.add(entry, unit, series, {}, {"fbm": "0.3.0"})
    return entry


def test_a_median_is_of_neighbours():
    assert measuring.ratios([10, 40, 90], [1, 2, 3]) == [10, 20, 30]
    assert measuring.ratios([1, 2, 3], [4]) == [0.5]
    row = rows.Row("a thing", "ms", [1, 2, 3], "theirs", [10, 40, 90], "least", [0.5, 1, 1.5])
    assert row.against == 20
    assert row.over == 2


def test_each_way_begins_a_round():
    names = ["a", "b", "c"]
    assert [measuring.turns(names, number)[0] for number in range(4)] == ["a", "b", "c", "a"]
    assert all(sorted(measuring.turns(names, number)) == names for number in range(4))


def test_what_is_not_installed_is_left_out_with_a_word():
    unit = Unit("w", "u", {"ours": Way(None), "theirs": Way(None, package="no_such_package")}, 1, measure=told)
    series, skipped, _ = measuring.unit(unit)
    assert set(series) == {"seed", "ours_ms"}
    assert skipped == {"theirs": peers.word("no_such_package")}
    assert "no_such_package is not installed" in skipped["theirs"]
    assert "make peers" in skipped["theirs"]
    assert rows.Row.of(series, "u", "a thing", "ms", "theirs").cells({"u": "today"})[3] == "not measured"


def told(unit, name, number, place, quick, versions):
    return {"ms": float(number)}


def test_what_fails_is_left_out_but_not_ours(monkeypatch):
    def fails(unit, name, number, place, quick, versions):
        if name == unit.name:
            raise subprocess.CalledProcessError(1, "python", stderr="Traceback\nValueError: no")
        return {"ms": 1.0}

    monkeypatch.setattr(peers, "python", lambda package: sys.executable)
    ways = {"ours": Way(None), "theirs": Way(None, package="fbm")}
    series, skipped, _ = measuring.unit(Unit("w", "theirs", ways, 1, measure=fails))
    assert series == {"seed": [1, 2, 3, 4, 5], "ours_ms": [1.0] * 5}
    assert skipped == {"theirs": "fbm failed: ValueError: no"}
    with pytest.raises(RuntimeError, match="ValueError: no"):
        measuring.unit(Unit("w", "ours", ways, 1, measure=fails))


def test_what_was_measured_is_kept_when_the_next_one_fails(tmp_path):
    def once(unit, name, number, place, quick, versions):
        if unit.name == "second":
            raise KeyboardInterrupt
        return {"ms": 1.0}

    units = [Unit("w", name, {"ours": Way(None)}, 1, measure=once) for name in ("first", "second")]
    with pytest.raises(KeyboardInterrupt):
        command.run(units, results.empty(), tmp_path, quick=True)
    kept = results.read(tmp_path)
    assert set(kept["runs"]) == {"first"}
    assert [unit.name for unit in results.missing(kept, units)] == ["second"]


@pytest.mark.skipif(os.name == "nt", reason="make bench needs Linux or macOS")
def test_a_process_tells_time_and_memory(tmp_path):
    """Of every way of making a line that needs no other package."""
    environment = os.environ | {"PYTHONPATH": str(notebooks.ROOT)}
    for way in ("ours", "floor"):
        arguments = [sys.executable, "-m", "tools.bench.one", "interfaces", "lines", way, str(tmp_path), "--quick"]
        ended = subprocess.run(arguments, capture_output=True, text=True, check=True, env=environment)
        values = json.loads(ended.stdout)["values"]
        assert set(values) == {"ms", "mb"}
        assert min(values.values()) > 0


def test_short_work_is_done_again():
    calls = []
    _, told = one.timed(lambda: calls.append(1) or {"count": len(calls)}, "wall", at_least=0.01)
    assert told == {"count": len(calls)}
    assert len(calls) > 1


def test_copies_are_grouped_in_each_way_alike(tmp_path):
    """Of the copies that are planted, ours finds all kinds, and equal files are found by everybody."""
    copies = importlib.import_module("tools.bench.works.copies")
    copies.prepare(300)(tmp_path)
    found = copies.grouping(copies.ours)(tmp_path)()
    assert found["exact_found"] == found["turned_found"] == 1
    copies.least(tmp_path)()
    if peers.python("imagehash") == sys.executable:
        for bits in (0, copies.BITS):
            assert copies.grouping(copies.by_imagehash(bits))(tmp_path)()["exact_found"] == 1


def test_units_have_names_of_their_own_and_ways_of_ours():
    for quick in (True, False):
        units = command.units(works.NAMES, quick)
        assert len({unit.name for unit in units}) == len(units)
        assert all("ours" in unit.ways for unit in units)
        assert all(unit.rounds >= (1 if quick else 3) for unit in units)


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.00123, "ms", "1.23 µs"),
        (12.3456, "ms", "12.3 ms"),
        (81_000, "ms", "81 s"),
        (1234.6, "mb", "1,235 MB"),
        (0.0724, "", "0.0724"),
    ],
)
def test_numbers_are_short(value, unit, text):
    assert rows.amount(value, unit) == text


def test_the_table_says_what_is_from_where():
    entry = made_up()
    text = rows.text(page.table(entry), results.dates(entry))
    [line] = [line for line in text.splitlines() if "of 128 points" in line and " fbm " in line]
    assert "10.0" in line
    assert f"bench {results.dates(entry)['lines']}" in line
    assert any(line.startswith("audit of") and "08_speed 20" in line for line in text.splitlines())
    for line in text.splitlines():
        assert len(line) == len(line.rstrip())


def test_the_page_says_first_where_ours_is_worse():
    entry = made_up()
    run = entry["runs"]["lines"]
    run["ours_ms"], run["fbm_ms"] = [4.0, 4.0], [2.0, 2.0]
    text = page.page(entry)
    first = text[: text.index("## The table")]
    assert "a line of 128 points: 4 ms, 2.00 times as long as fbm (2 ms)" in first
    assert "exact copies: ours finds 0%, imagehash, equal hashes 10%" in first
    assert "What was found" in text
    assert "{" not in text


def test_a_page_without_any_measurement():
    text = page.page(results.empty())
    assert "Nothing of `make bench` itself" in text
    assert "training up to 99.0 % of MNIST" in text


def test_pictures_say_what_they_show(tmp_path):
    entry = made_up()
    pictures.draw(entry, tmp_path)
    plans = pictures.plans(entry["runs"], page.table(entry))
    assert set(plans) == set(pictures.CAPTIONS)
    for name, (alt, *_) in plans.items():
        assert (tmp_path / f"{name}.png").stat().st_size > 5000
        assert any(character.isdigit() for character in alt)
        assert f"![{alt}](imgs/{name}.png)" in page.page(entry)


def test_growth_is_a_power():
    assert pictures.slope([1, 10, 100], [2, 200, 20000]) == pytest.approx(2)


def test_the_committed_page_is_what_the_numbers_give():
    """After a change of the ledger: `python -m tools.bench --page`."""
    entry = results.read(measure.RESULTS)
    assert PAGE.read_text(encoding="utf-8") == page.page(entry)
    for name in pictures.plans(entry["runs"], page.table(entry)):
        assert (PAGE.parent / "imgs" / f"{name}.png").is_file()


def test_the_kept_entry_is_complete():
    entry = results.read(measure.RESULTS)
    if not entry["runs"]:
        pytest.skip("docs/results/bench.json is not there yet: make bench")
    assert {"lesson", "command", "date", "machine", "versions"} <= entry.keys()
    assert set(entry["measured"]) == set(entry["runs"])
    for name, run in entry["runs"].items():
        assert len(run["seed"]) >= 3, name
        assert all(len(series) == len(run["seed"]) for series in run.values()), name


def test_a_work_that_is_not_there_is_named():
    with pytest.raises(SystemExit):
        command.main(["nonsense", "--quick"])
