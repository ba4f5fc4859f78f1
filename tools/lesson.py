"""What the cells of a solution define, for tools that measure more than one run of a lesson shows."""

from tools import notebooks


def run(name, *tags, **names):
    """Execute the code cells of a solution that have one of these tags, in order.

    Parameters
    ----------
    name : str
        A lesson, ``"04_gan"``.
    *tags : str
    **names
        What the cells find defined already.

    Returns
    -------
    dict
        All names afterwards, those given among them.
    """
    for cell in notebooks.solution(name).cells:
        if set(tags) & set(cell.metadata.get("tags", [])):
            exec(cell.source, names)
    return names
