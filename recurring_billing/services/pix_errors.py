"""What can go wrong with a bank: it refused, or nobody knows."""


class PixProblem(Exception):
    """A call to the bank did not bring what was asked for; the words are fit for people."""


class PixRefused(PixProblem):
    """The bank answered, and refused: what was asked has not happened.

    :param status: of the answer, 400 to 499.
    """

    def __init__(self, words, status):
        super().__init__(words)
        self.status = status


class PixUnknown(PixProblem):
    """No answer, or none that says what happened: it may have happened."""
