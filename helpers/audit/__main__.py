"""What can a score on these images be worth? `python -m helpers.audit FOLDER` writes a report.

FOLDER holds a folder of images for each class, or folders train, valid and test of such folders; or it is a CSV file
with the columns file and label. The exit status is 1 if there is a serious finding, 2 if nothing could be audited.
"""

import argparse
import os
import sys
from pathlib import Path

from helpers import notebook
from helpers.audit import audit, report


def _require_room(folder, source, overwrite):
    """Refuse a place that cannot be written, or must not, before the work is done, not after it."""
    report.refuse(folder, overwrite)
    if source in (folder.resolve(), *folder.resolve().parents):
        raise ValueError(
            f"{folder} lies in {source}, where it would be taken for a class; choose another place by --output."
        )
    place = next(parent for parent in folder.absolute().parents if parent.exists())
    if not place.is_dir() or not os.access(place, os.W_OK):
        raise OSError(f"{folder} cannot be written, because {place} cannot; choose another place by --output.")


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="python -m helpers.audit", description=__doc__.splitlines()[0])
    parser.add_argument(
        "source", type=Path, metavar="FOLDER", help="folders of images, or a CSV file of file and label"
    )
    parser.add_argument("--group", metavar="COLUMN", help="of the table: which images belong together")
    parser.add_argument("--part", metavar="COLUMN", help="of the table: train, valid or test")
    parser.add_argument(
        "--output", type=Path, help="a new folder; by default FOLDER_audit, for a table in the current folder"
    )
    parser.add_argument("--overwrite", action="store_true", help="replace what an audit wrote there before")
    parser.add_argument("--quick", action="store_true", help="train less, and draw no learning curve")
    parser.add_argument("--seed", type=int, default=1, help="1 by default")
    chosen = parser.parse_args(arguments)
    source = chosen.source.resolve()
    beside = Path.cwd() / f"{source.stem}_audit" if source.is_file() else source.parent / f"{source.name}_audit"
    output = chosen.output or beside
    try:
        _require_room(output, source, chosen.overwrite)
        found = audit(chosen.source, chosen.group, chosen.part, chosen.seed, chosen.quick)
        path = found.write(output, chosen.overwrite)
    except (ValueError, OSError, ImportError) as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nInterrupted; nothing was written.", file=sys.stderr)
        return 130
    notebook.say(str(found))
    notebook.say(f"The report: {path}")
    return 1 if found.serious else 0


if __name__ == "__main__":
    sys.exit(main())
