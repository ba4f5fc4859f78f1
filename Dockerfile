# The class image: `make image`, then
#   docker run --rm -p 127.0.0.1:8888:8888 -v my-workshop:/workshop/notebooks digits-to-crystals
# It serves JupyterLab on port 8888 and prints one address, with a token. docs/image.md has all that can be set.
FROM python:3.13-slim

# graphviz draws networks; the font is for Matplotlib's and graphviz's labels.
# hadolint ignore=DL3008
RUN apt-get update \
 && apt-get install --yes --no-install-recommends graphviz fonts-dejavu-core \
 && rm -rf /var/lib/apt/lists/*

RUN useradd --create-home --uid 1000 student

# The packages change rarely and are the largest layer, so they come before the lessons. TensorFlow comes with what it needs
# for a GPU, but for CUDA. The last three build the workshop's own package, below, without a network.
WORKDIR /bake
COPY requirements.txt requirements-hub.txt requirements-gpu.txt constraints.txt ./
RUN pip install --no-cache-dir --requirement requirements.txt --requirement requirements-hub.txt \
    --constraint constraints.txt "hatchling~=1.27" "hatch-requirements-txt~=0.4" "editables~=0.5"

# `--build-arg GPU=1` adds CUDA, in a layer of its own.
ARG GPU=
RUN test "$GPU" != 1 || pip install --no-cache-dir --requirement requirements-gpu.txt --constraint constraints.txt

# MNIST and the pretrained weights that lessons 06 and 07 can use, baked in where root is read-only later. Without a network
# this says so, and the lessons use the 8x8 digits and weights of their own, or what lies in data/. `make image` ends with
# what is there. (Built without a network once, `docker build --no-cache` tries again.)
ARG IMAGENET="ResNet50 ResNet101"
ENV KERAS_HOME=/opt/keras \
    HOME=/home/student
COPY helpers/__init__.py helpers/digits.py helpers/notebook.py helpers/pretrained.py helpers/timeleft.py helpers/
RUN mkdir --parents /opt/keras \
 && python -c "from helpers import digits; digits.load()" \
 && { python -m helpers.pretrained $IMAGENET || test $? -eq 3; } \
 && chmod -R a+rwX /opt/keras /home/student

# Whoever the container runs as (`--user`), and whatever is mounted, the notebooks can be written to, and files beside them.
# A volume on /workshop/notebooks hides the notebooks of the image, so untouched ones also lie in /opt/skeletons, from
# where each start brings the volume up to date (helpers/workspace.py).
ENV WORKSHOP_FOLDER=/workshop \
    WORKSHOP_SKELETONS=/opt/skeletons
WORKDIR /workshop
COPY --chown=1000:1000 . .
RUN pip install --no-cache-dir --no-deps --no-build-isolation --editable . \
 && python -m compileall -q helpers \
 && cp -r notebooks /opt/skeletons \
 && python -m helpers.workspace \
 && chmod a+rwX /workshop \
 && chmod -R a+rwX /workshop/notebooks \
 && chmod -R a+rX /opt/skeletons

USER 1000
ENV PYTHONUNBUFFERED=1 \
    WORKSHOP_PROGRESS=/workshop/notebooks/progress.jsonl

EXPOSE 8888
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8888/api', timeout=4)"]

# Inside the container the server must listen on all its interfaces; who can reach it is decided by `docker run -p`.
# The token stays on: each start makes one unless JUPYTER_TOKEN gives it.
CMD ["python", "-m", "helpers.serve", \
     "--ServerApp.ip=0.0.0.0", "--ServerApp.port=8888", "--ServerApp.root_dir=/workshop"]
