"""What can a score on these images be worth? An audit of a data set before any network is trained on it.

In a terminal ``python -m helpers.audit FOLDER``, in a notebook ``audit(FOLDER)``; the report says what was looked at.
"""

from helpers.audit.auditing import Audit, audit
from helpers.audit.findings import GRAVITIES, Finding

__all__ = ["GRAVITIES", "Audit", "Finding", "audit"]
