"""The one kind of error a user is meant to read: it names the thing and says what to do.

The command line prints its message without a traceback and exits with code 2.
Everything else that is raised is a defect of Casewright itself.
"""


class CasewrightError(Exception):
    """Something the user can mend; the message names it and says how."""
