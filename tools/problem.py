"""The one exception a person is meant to read."""


class Problem(Exception):
    """Something is missing or wrong outside the code.

    The text is shown as it stands, without a traceback: one paragraph that says what is missing and what to do.
    """
