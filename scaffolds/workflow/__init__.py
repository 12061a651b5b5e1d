"""Workflow: the definition of one administrative procedure, as frozen declarations.

From these alone follow the schema for decoding, the forms, the labelling project, the training rows, the verifiers
and the documentation. Control flow is an explicit state machine: every step names what comes next.
"""

from scaffolds.workflow.definition import Workflow
from scaffolds.workflow.flow import check
from scaffolds.workflow.steps import (
    END,
    Ask,
    Branch,
    Check,
    Decide,
    Draft,
    Holds,
    OpenNorm,
    Read,
    Remedy,
    Role,
    Source,
    Stated,
    Step,
    Use,
    Value,
    Within,
    leads_to,
)

__all__ = [
    "END",
    "Ask",
    "Branch",
    "Check",
    "Decide",
    "Draft",
    "Holds",
    "OpenNorm",
    "Read",
    "Remedy",
    "Role",
    "Source",
    "Stated",
    "Step",
    "Use",
    "Value",
    "Within",
    "Workflow",
    "check",
    "leads_to",
]
