"""Alerts in Azure Monitor, and who is notified."""
