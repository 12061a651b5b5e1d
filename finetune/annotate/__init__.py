"""Annotation: what annotators are asked in Label Studio, what comes back, and what is made of it."""
