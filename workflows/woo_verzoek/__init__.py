"""Woo-verzoek: a request for information under the Dutch open government act (Wet open overheid)."""

from workflows.woo_verzoek.definition import WORKFLOW

__all__ = ["WORKFLOW"]
