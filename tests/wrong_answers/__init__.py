"""Typical wrong answers to every exercise, with a part of the hint that each must get, and unusual right ones."""

from dataclasses import dataclass, field


@dataclass
class Bank:
    """The answers to one exercise.

    Attributes
    ----------
    wrong : dict of str to (answer, str)
        Name of the mistake: the answer, and words that the hint must contain.
    right : dict of str to answer
        Unusual answers that must pass.
    given : tuple
        What the lesson hands to the check besides the answer, at its end.

    An answer is one value, a tuple of the values that the check takes, or `Lazy`.
    """

    wrong: dict
    right: dict
    given: tuple = field(default=())

    def arguments(self, answer):
        """The arguments of the check for one of the answers."""
        if isinstance(answer, Lazy):
            answer = answer.make()
        answers = answer if isinstance(answer, tuple) else (answer,)
        given = (value.make() if isinstance(value, Lazy) else value for value in self.given)
        return (*answers, *given)


@dataclass
class Lazy:
    """An answer that takes time to make, such as a network; made when it is used."""

    make: object
