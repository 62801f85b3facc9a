"""Approvals on the branch ``cepler-gates``."""
