"""Omgevingsvergunning: the Dutch environment and planning permit, regular procedure."""

from workflows.omgevingsvergunning.definition import WORKFLOW

__all__ = ["WORKFLOW"]
