"""Schedules, which run where DAGSTER_AUTOMATIONS_ACTIVE says so."""

import os
from typing import Any

from dagster import DefaultScheduleStatus, ScheduleDefinition

ACTIVE = os.getenv("DAGSTER_AUTOMATIONS_ACTIVE", "").strip().lower() in {"1", "true", "yes", "on"}


def schedules(warehouse: Any, reports: Any) -> list[ScheduleDefinition]:
    """Return the schedules of the two jobs: the warehouse each hour, its report each night."""
    status = DefaultScheduleStatus.RUNNING if ACTIVE else DefaultScheduleStatus.STOPPED
    return [
        ScheduleDefinition(job=job, cron_schedule=cron, default_status=status)
        for job, cron in ((warehouse, "0 * * * *"), (reports, "30 4 * * *"))
    ]
