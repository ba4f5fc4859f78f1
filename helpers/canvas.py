"""The canvas of `drawing.pad`: it draws in the page, and sends the drawing to the kernel when the pen is lifted."""

import anywidget
import numpy as np
import traitlets

from helpers import drawing
from helpers.checks import one_line

PAGE = """
export default { render({ model, el }) {
  const side = model.get("side"), pen = 18;
  el.innerHTML = `<div class="drawing-pad">
    <canvas class="drawing-here" width="${side}" height="${side}" role="img" aria-label="Draw a digit here"></canvas>
    <div><canvas class="drawing-seen" width="28" height="28" role="img" aria-label="What the network sees"></canvas>
      <div class="drawing-note">what the network sees</div><button>Clear</button></div>
    <div class="drawing-bars">${[...Array(10).keys()].map((d) =>
      `<div><span>${d}</span><span class="drawing-bar"></span><span class="drawing-share"></span></div>`
    ).join("")}</div>
    <div class="drawing-message" role="status" aria-live="polite"></div></div>`;
  const find = (name) => el.querySelector(name);
  const here = find(".drawing-here"), seen = find(".drawing-seen"), brush = here.getContext("2d");
  let last = null;
  const clear = () => { brush.fillStyle = "white"; brush.fillRect(0, 0, side, side); };
  const place = (event) => {
    const box = here.getBoundingClientRect();
    return [(event.clientX - box.left) * side / box.width, (event.clientY - box.top) * side / box.height];
  };
  const stroke = (to) => {
    Object.assign(brush, { lineWidth: pen, lineCap: "round", lineJoin: "round", strokeStyle: "black" });
    brush.beginPath(); brush.moveTo(...last); brush.lineTo(...to); brush.stroke();
    last = to;
  };
  const send = () => {
    if (!last) return;
    last = null;
    const pixels = brush.getImageData(0, 0, side, side).data, ink = new Uint8Array(side * side);
    for (let i = 0; i < ink.length; i++) ink[i] = 255 - pixels[4 * i];
    model.set("ink", new DataView(ink.buffer));
    model.save_changes();
  };
  here.addEventListener("pointerdown", (event) => {
    here.setPointerCapture(event.pointerId); last = place(event); stroke(last); event.preventDefault();
  });
  here.addEventListener("pointermove", (event) => { if (last) stroke(place(event)); });
  for (const end of ["pointerup", "pointercancel"]) here.addEventListener(end, send);
  find("button").addEventListener("click", () => { clear(); last = [-99, -99]; send(); });
  const show = () => {
    const { message, picture, probabilities } = model.get("reading");
    find(".drawing-message").textContent = message;
    el.querySelectorAll(".drawing-bars > div").forEach((row, digit) => {
      const share = probabilities[digit] || 0;
      row.querySelector(".drawing-bar").style.width = `${100 * share}px`;
      row.querySelector(".drawing-share").textContent = probabilities.length ? `${(100 * share).toFixed(1)} %` : "";
    });
    const image = new ImageData(28, 28);
    for (let i = 0; i < 784; i++) {
      const grey = 255 - (picture[i] || 0);
      image.data.set([grey, grey, grey, 255], 4 * i);
    }
    seen.getContext("2d").putImageData(image, 0, 0);
  };
  model.on("change:reading", show);
  clear(); show();
} };
"""
STYLE = """
.drawing-pad { display: flex; gap: 1em; align-items: center; flex-wrap: wrap; }
.drawing-here { border: 1px solid grey; cursor: crosshair; touch-action: none; }
.drawing-seen { width: 112px; height: 112px; border: 1px solid grey; image-rendering: pixelated; }
.drawing-note { font-size: small; margin-bottom: 1em; }
.drawing-bars > div { display: flex; gap: 0.5em; align-items: center; height: 1.6em; font-family: monospace; }
.drawing-bar { height: 1em; background: #0072B2; }
.drawing-message { flex-basis: 100%; font-weight: bold; min-height: 1.5em; }
"""
EMPTY = {"message": "Draw a digit in the large field.", "picture": [], "probabilities": []}


class Canvas(anywidget.AnyWidget):
    """A field of 280x280 pixels to draw in, with ten bars beside it.

    Parameters
    ----------
    classify : callable
        From pictures, `uint8` of shape (1, 28, 28), to probabilities of shape (1, 10).
    """

    _esm = PAGE
    _css = STYLE
    side = traitlets.Int(drawing.CANVAS).tag(sync=True)
    #: The ink of each pixel, one byte each. `Bytes` would stay empty: the page sends a memoryview.
    ink = traitlets.CBytes(b"").tag(sync=True)
    reading = traitlets.Dict(EMPTY).tag(sync=True)

    def __init__(self, classify):
        super().__init__()
        self._classify = classify

    @traitlets.observe("ink")
    def _read(self, change):
        """Answer to a drawing. Whatever is wrong is said in the widget, where a trace would not be seen."""
        ink = np.frombuffer(change["new"], np.uint8)
        if not ink.any():
            self.reading = EMPTY
            return
        try:
            picture, probabilities = drawing.answer(ink.reshape(self.side, self.side), self._classify)
        except ValueError as error:
            self.reading = {**EMPTY, "message": str(error)}
        except Exception as error:  # the network is the student's own: anything can go wrong in it
            self.reading = {**EMPTY, "message": f"The network stops with {one_line(error)}."}
        else:
            best = int(np.argmax(probabilities))
            message = f"The network reads a {best}, and is {probabilities[best]:.1%} sure."
            self.reading = {"message": message, "picture": picture.ravel().tolist(), "probabilities": probabilities}
