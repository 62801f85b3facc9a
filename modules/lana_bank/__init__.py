"""The helm release of Lana Bank."""

from modules.lana_bank.chart import ChartError, chart_hash
from modules.lana_bank.construct import LanaBank, LanaBankProps

__all__ = ["ChartError", "LanaBank", "LanaBankProps", "chart_hash"]
