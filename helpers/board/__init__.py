"""The instructor's board: who is stuck where, and which wrong answer is common. `python -m helpers.board FOLDER`

FOLDER holds one file `*.jsonl` for each student who has said `share()` (docs/board.md), or files `progress.jsonl`
that were collected by hand. Prints a table; --watch prints it again and again, --page writes it as a web page that
renews itself, and --serve shows that page on this computer only.
"""
