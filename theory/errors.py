"""The errors a user can meet; each is one line that names the input, what is wrong and what is allowed."""


class NtkproofError(Exception):
    """Base class of every error that is meant to be read by a user."""


class InputError(NtkproofError):
    """What was asked for cannot be read as a request (exit status 2)."""


class NoClosedForm(NtkproofError):
    """The Gaussian integral has no closed form that the integration rules can reach."""


class BeyondReach(NtkproofError):
    """The question is well posed, but the method does not reach it (exit status 1)."""
