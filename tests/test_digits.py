"""The digits are what they claim to be, and files that are not are refused by name."""

import hashlib
import http.server
import pickle
import threading
import zipfile
from contextlib import contextmanager

import numpy as np
import pytest

from helpers import digits


@pytest.fixture
def nowhere(tmp_path, monkeypatch):
    """No data folder, no Keras cache and no network."""
    for name in ("data", "keras"):
        (tmp_path / name).mkdir()
    monkeypatch.setenv("WORKSHOP_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.setattr(digits, "URL", "http://127.0.0.1:9/mnist.npz")
    monkeypatch.setattr(digits, "_announced", set())
    return tmp_path


def arrays():
    """Arrays of MNIST's shapes and types, all black."""
    return {name: np.zeros(shape, np.uint8) for name, shape in digits.SHAPES.items()}


@contextmanager
def server(body, length=None, status=200):
    """A server on this machine that answers every request with `body`."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(status)
            self.send_header("Content-Length", str(length or len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments):
            pass

    running = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=running.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{running.server_port}/mnist.npz"
    finally:
        running.shutdown()
        running.server_close()


def test_without_data_and_network_the_enlarged_digits_are_used_and_said_once(nowhere, capsys):
    loaded = digits.load()
    assert loaded.name == "8x8 digits"
    assert "1,797 real 8x8 digits" in capsys.readouterr().out
    digits.load()
    assert capsys.readouterr().out == ""


def test_enlarged_digits_have_the_format_of_mnist():
    loaded = digits.enlarged_digits()
    assert loaded.x_train.dtype == loaded.y_train.dtype == np.uint8
    assert loaded.x_train.shape == (1438, 28, 28)
    assert loaded.x_test.shape == (359, 28, 28)
    assert loaded.x_train.max() == 255
    assert not loaded.x_train[:, :4].any()
    assert not loaded.x_train[:, :, 24:].any()
    assert set(loaded.y_test) == set(range(10))
    # Not mirrored or turned: a one is taller than wide, and a seven has its bar on top.
    ones = loaded.x_train[loaded.y_train == 1].mean(axis=0) > 100
    assert ones.any(axis=1).sum() > ones.any(axis=0).sum()
    sevens = loaded.x_train[loaded.y_train == 7].mean(axis=0)
    assert sevens[4:10].sum() > sevens[18:24].sum()


def _truncated(path):
    np.savez_compressed(path, **arrays())
    path.write_bytes(path.read_bytes()[:-2000])


def _flipped(path):
    np.savez(path, **arrays())
    contents = bytearray(path.read_bytes())
    contents[5000] ^= 0xFF
    path.write_bytes(contents)


def _missing(path):
    np.savez_compressed(path, **{name: a for name, a in arrays().items() if name != "y_test"})


def _wrong_shape(path):
    np.savez_compressed(path, **(arrays() | {"x_train": np.zeros((60000, 784), np.uint8)}))


def _wrong_type(path):
    np.savez_compressed(path, **(arrays() | {"y_train": np.zeros(60000)}))


def _wrong_contents(path):
    np.savez_compressed(path, **arrays())


class _Bomb:
    def __reduce__(self):
        return print, ("this must never be executed",)


def _pickled(path):
    path.write_bytes(pickle.dumps(_Bomb()))


def _pickled_inside(path):
    np.savez_compressed(path, **(arrays() | {"x_train": np.array([_Bomb()], dtype=object)}))


def _unpacks_to_much(path):
    np.savez_compressed(path, **(arrays() | {"x_train": np.zeros((90000, 28, 28), np.uint8)}))


def _claims_much(path):
    """A header that promises a petabyte."""
    with zipfile.ZipFile(path, "w") as packed, packed.open("x_train.npy", "w") as file:
        header = {"descr": "|u1", "fortran_order": False, "shape": (10**15,)}
        np.lib.format.write_array_header_1_0(file, header)


def _single_array(path):
    with path.open("wb") as file:
        np.save(file, np.zeros(3))


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (_truncated, "damaged, cut off, or no set of plain arrays"),
        (_flipped, "damaged, cut off, or no set of plain arrays"),
        (_missing, "no array y_test"),
        (_wrong_shape, r"x_train is uint8 of shape \(60000, 784\)"),
        (_wrong_type, "y_train is float64"),
        (_wrong_contents, "contents differ"),
        (_pickled, "damaged, cut off, or no set of plain arrays"),
        (_pickled_inside, "damaged, cut off, or no set of plain arrays"),
        (_unpacks_to_much, "unpacked it has 78 MB, not 55"),
        (_claims_much, "damaged, cut off, or no set of plain arrays"),
        (_single_array, "single array"),
        (lambda path: path.write_bytes(b""), "damaged, cut off, or no set of plain arrays"),
        (lambda path: path.write_text("Please log in to the Wi-Fi"), "damaged, cut off, or no set of plain arrays"),
    ],
)
def test_a_wrong_file_is_refused_by_name(nowhere, spoil, words, capsys):
    path = nowhere / "data" / "mnist.npz"
    spoil(path)
    before = path.read_bytes()
    with pytest.raises(ValueError, match=words) as caught:
        digits.load()
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)
    assert path.read_bytes() == before
    assert "never be executed" not in capsys.readouterr().out


def test_a_wrong_file_in_the_cache_of_keras_is_refused_too(nowhere):
    path = nowhere / "keras" / "datasets" / "mnist.npz"
    path.parent.mkdir()
    _missing(path)
    with pytest.raises(ValueError, match="no array"):
        digits.load()


def test_a_folder_in_place_of_the_file(nowhere):
    (nowhere / "data" / "mnist.npz").mkdir()
    with pytest.raises(OSError, match=r"mnist.npz cannot be read"):
        digits.load()


def test_workshop_data_that_is_no_folder(nowhere, monkeypatch):
    monkeypatch.setenv("WORKSHOP_DATA", str(nowhere / "elsewhere"))
    with pytest.raises(NotADirectoryError, match="elsewhere, which is not a folder"):
        digits.load()


def test_workshop_data_that_may_not_be_read(nowhere, monkeypatch):
    # Permissions do not stop an administrator, so the system's answer is given in its place.
    monkeypatch.setattr(digits.os, "access", lambda path, mode: False)
    with pytest.raises(PermissionError, match="may not read"):
        digits.load()


def test_a_complete_download_is_kept(nowhere, capsys):
    body = b"contents" * 100000
    path = nowhere / "new" / "file.npz"
    with server(body) as url:
        digits.download(url, path, hashlib.sha256(body).hexdigest())
    assert path.read_bytes() == body
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({"body": b"half", "length": 100000}, "broke off|IncompleteRead"),
        ({"body": b"Please log in"}, "another hash"),
        ({"body": b"gone", "status": 404}, "404"),
    ],
)
def test_a_bad_download_leaves_nothing_and_the_lesson_goes_on(nowhere, monkeypatch, capsys, answer, words):
    with server(**answer) as url:
        with pytest.raises(OSError, match=words):
            digits.download(url, nowhere / "keras" / "datasets" / "mnist.npz", digits.FILE_SHA256)
        assert list((nowhere / "keras" / "datasets").iterdir()) == []
        monkeypatch.setattr(digits, "URL", url)
        assert digits.load().name == "8x8 digits"
    assert "could not be downloaded" in capsys.readouterr().out


def test_a_cache_that_cannot_be_written_to(nowhere, monkeypatch, capsys):
    (nowhere / "file").write_text("")
    monkeypatch.setenv("KERAS_HOME", str(nowhere / "file"))
    assert digits.load().name == "8x8 digits"
    assert "could not be downloaded" in capsys.readouterr().out


def test_mnist_is_read_where_it_is(capsys, monkeypatch):
    folder = digits.data_folder()
    if not (folder / "mnist.npz").exists():
        pytest.skip("no mnist.npz in WORKSHOP_DATA or data/")
    monkeypatch.setattr(digits, "_announced", set())
    loaded = digits.load()
    assert loaded.name == "MNIST"
    assert loaded.x_train.shape == (60000, 28, 28)
    assert "MNIST from" in capsys.readouterr().out
