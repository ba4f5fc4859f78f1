# make lab        install what the lessons need and open JupyterLab on lesson 0
# make test       install everything and run all tests, the solution notebooks included
# make test-torch run lessons 00, 01, 02 and 05 on torch, in an environment of its own
# make test-latest  all tests on the newest versions of what lessons and tests need, unpinned, in an environment of its own; says what broke
# make soak       twenty runs of every lesson with other seeds (LESSONS="01" for some, RUNS=5, JOBS=4); goes on where it was
# make notebooks  build skeletons and executed solutions from solutions/*.py  (LESSONS="01 02" for some; TEXTS=1 keeps
#                 the outputs, if only texts have changed)
# make measure    five seeds of a lesson into the ledger, docs/results/        (LESSONS="01" for some)
# make comparisons  the twelve comparisons of lesson 3 into the ledger; likewise each of MEASURES below; three of them
#                 also replace weights that ship: see docs/authoring.md
# make pictures   draw docs/imgs/ from the ledger and the lessons (bench_*.png: make bench)
# make site       build the course as a website, build/site/, which needs no network
# make image      build the class image (Docker); with GPU=1 the one for NVIDIA cards, digits-to-crystals:gpu
# make bench      ratios to other packages and to the floor, on one table and in docs/benchmarks.md  (WORKS="interfaces lattices" for some)
# make peers      install the packages that make bench compares with
# make lock       resolve constraints.txt anew
# make pip-audit  ask for known security holes in the pinned versions (needs a network)

RIGHT_PYTHON := import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3 python; do \
	$$p -c '$(RIGHT_PYTHON)' 2>/dev/null && echo $$p && break; done)
VENV ?= .venv
BIN := $(VENV)/bin
NEEDS := requirements.txt requirements-dev.txt constraints.txt pyproject.toml
LESSONS ?=
WORKS ?=
MEASURES := comparisons speed-run final-models gan-curves gan-starts long-gans \
	ceilings photographs large-network interface-speed published-roughness \
	texture-network transfer pipelines lattice-speed crystal-network crystal-parts neither copies-speed \
	audit-speed audit-alarms five-faults class-load

.PHONY: lab test test-torch test-latest soak notebooks measure $(MEASURES) pictures bench peers site image lock pip-audit

lab: $(VENV)/for-lessons
	$(CHECKED)
	$(BIN)/jupyter lab --LabApp.default_url=/lab/tree/notebooks/00_setup.ipynb

test: $(VENV)/for-tests
	$(CHECKED)
	$(BIN)/ruff check
	$(BIN)/pytest -n 2 --dist loadfile

# Torch comes with libraries for GPUs, some gigabytes, so it has an environment of its own.
test-torch:
	$(MAKE) $(VENV)-torch/for-tests VENV=$(VENV)-torch
	$(VENV)-torch/bin/pip install --quiet torch
	KERAS_BACKEND=torch $(VENV)-torch/bin/pytest $(foreach number,00 01 02 05,$(wildcard solutions/$(number)_*.ipynb))

# Names only: what they ask for in requirements*.txt is left away.
test-latest:
	rm -rf $(VENV)-latest
	$(PYTHON) -m venv $(VENV)-latest
	$(VENV)-latest/bin/pip install --quiet --upgrade pip $(shell sed -n 's/^\([a-z][a-z-]*\).*/\1/p' requirements.txt requirements-dev.txt)
	$(VENV)-latest/bin/pip install --quiet --no-deps --editable .
	$(VENV)-latest/bin/python -m tools.latest

soak: $(VENV)/for-tests
	$(BIN)/python -m tools.soak $(LESSONS) $(if $(RUNS),--runs $(RUNS)) $(if $(JOBS),--jobs $(JOBS))

notebooks: $(VENV)/for-tests
	$(BIN)/python -m tools.notebooks $(LESSONS) $(if $(TEXTS),--texts)

measure: $(VENV)/for-tests
	$(BIN)/python -m tools.measure $(LESSONS)

$(MEASURES): $(VENV)/for-tests
	$(BIN)/python -m tools.$(subst -,_,$@)

pictures: $(VENV)/for-tests
	$(BIN)/python -m tools.pictures

bench: $(VENV)/for-tests
	$(BIN)/python -m tools.bench $(WORKS)

# stochastic wants NumPy 1, so it has an environment of its own; NumPy 1 has no package for Python 3.13.
peers: $(VENV)/for-tests
	$(BIN)/pip install --quiet --constraint constraints.txt --requirement requirements-bench.txt
	$(BIN)/python -m venv $(VENV)-stochastic
	$(VENV)-stochastic/bin/pip install --quiet --only-binary :all: stochastic==0.6.0 numpy==1.26.4 scipy==1.17.1 \
		|| echo "stochastic was not installed (above): make bench will do without it."

# A broken link, an anchor that is missing or anything from outside ends it.
site: $(VENV)/for-site
	rm -rf build/site
	$(BIN)/python -m sphinx --quiet --fail-on-warning --fresh-env --conf-dir tools/site --doctree-dir build/doctrees . build/site
	$(BIN)/python -m tools.site.links build/site
	@echo "The site is in build/site: open build/site/index.html, or put the folder on any file server."

IMAGE := digits-to-crystals$(if $(filter 1,$(GPU)),:gpu)

# What lies in notebooks/ is what students get, so an instructor's own answers must not be among it.
image:
	@changed=$$(git status --porcelain -- notebooks 2>/dev/null); test -z "$$changed" || { \
		echo "The image would hand these out, which are not the course's:"; echo "$$changed"; \
		echo "Put them aside with 'git stash --include-untracked -- notebooks', make the image, then 'git stash pop'."; exit 1; }
	docker build --tag $(IMAGE) --build-arg GPU=$(GPU) .
	-docker run --rm --network none $(IMAGE) python -m helpers.doctor

lock: $(VENV)/for-tests
	$(BIN)/pip install --quiet uv
	$(BIN)/uv pip compile --universal --upgrade --python-version 3.11 --no-annotate --custom-compile-command "make lock" \
		requirements.txt requirements-dev.txt requirements-onnx.txt requirements-hub.txt requirements-gpu.txt \
		requirements-grading.txt requirements-site.txt requirements-bench.txt --output-file constraints.txt

pip-audit: | $(BIN)/pip
	$(BIN)/pip install --quiet pip-audit
	$(BIN)/pip-audit --strict --no-deps --disable-pip --requirement constraints.txt

# An environment keeps the Python that made it.
CHECKED = @$(BIN)/python -c '$(RIGHT_PYTHON)' || { \
	echo "The Python in $(VENV) is gone, or is not 3.11, 3.12 or 3.13. Delete the folder $(VENV), then the same command again."; exit 1; }

# An environment that is half installed has no stamp, so the next call finishes it.
$(VENV)/for-tests: $(NEEDS) | $(BIN)/pip
	$(CHECKED)
	$(BIN)/pip install --quiet --constraint constraints.txt --editable '.[dev]'
	touch $(VENV)/for-lessons $@

# Sphinx and no lesson's packages: a site can be built where the course is not installed.
$(VENV)/for-site: requirements-site.txt constraints.txt | $(BIN)/pip
	$(CHECKED)
	$(BIN)/pip install --quiet --constraint constraints.txt --requirement requirements-site.txt
	touch $@

$(VENV)/for-lessons: $(NEEDS) | $(BIN)/pip
	$(CHECKED)
	@if $(BIN)/pip install --constraint constraints.txt --editable .; then touch $@; \
	elif test -f $@; then echo "The installation could not be renewed (no network?). Going on with the one that is there."; \
	else exit 1; fi

$(BIN)/pip:
	@test -n "$(PYTHON)" || { echo "Python 3.11, 3.12 or 3.13 is needed, and none was found. Install one, or name it: make lab PYTHON=/path/to/python3.12"; exit 1; }
	$(PYTHON) -m venv $(VENV)
