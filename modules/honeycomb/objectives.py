"""Service objectives of an environment, with the alerts on their error budgets."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from constructs import Construct

from modules import terraform as tf

DAYS = 30
_SECONDS = 900
FAILED_JOBS = {
    "calculations": [{"op": "COUNT"}],
    "filters": [
        {"column": "job_type", "op": "exists"},
        {"column": "error", "op": "=", "value": True},
    ],
    "filter_combination": "AND",
    "time_range": _SECONDS,
}
"""The query of jobs that failed."""


@dataclass(frozen=True, kw_only=True)
class Objective:
    """A promise about the requests that an environment answers.

    requests       expression of a derived column that is true for the spans that count
    percent        of them that succeed, over 30 days
    milliseconds   within which an answer is a success
    """

    name: str
    requests: str
    percent: float
    milliseconds: int

    @property
    def indicator(self) -> str:
        """The expression of a derived column: true for a success, null for other spans."""
        success = (
            "AND(LT($http.response.status_code, 500), NOT(EQUALS($error, true)), "
            f"LT($duration_ms, {self.milliseconds}))"
        )
        return f"IF(AND(EXISTS($http.route), {self.requests}), {success})"


class Objectives(Construct):
    """The ``objectives`` with their alerts, and one on failed jobs; all notify ``emails``.

    The stack has the provider already: ``require_provider``.
    """

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        dataset: str,
        objectives: Sequence[Objective],
        emails: Sequence[str],
    ) -> None:
        super().__init__(scope, name)
        self._dataset = dataset
        # By address: a recipient belongs to the team, so two environments cannot both make it.
        self._recipients: list[tf.HoneycombioBurnAlertRecipient] = [
            {"type": "email", "target": each} for each in emails
        ]
        for objective in objectives:
            self._objective(objective)
        self._jobs()

    def _objective(self, objective: Objective) -> None:
        place = Construct(self, objective.name)
        column: tf.HoneycombioDerivedColumn = {
            "dataset": self._dataset,
            "alias": f"sli.{objective.name}",
            "description": f"answered without an error within {objective.milliseconds} ms",
            "expression": objective.indicator,
        }
        indicator = tf.block(place, "indicator", "honeycombio_derived_column", column)
        body: tf.HoneycombioSlo = {
            "name": objective.name,
            "description": f"Requests of the {objective.name}, over {DAYS} days.",
            "datasets": [self._dataset],
            "sli": indicator["alias"],
            "target_percentage": objective.percent,
            "time_period": DAYS,
        }
        slo = tf.block(place, "slo", "honeycombio_slo", body)
        budget: tf.HoneycombioBurnAlert = {
            "dataset": self._dataset,
            "slo_id": slo["id"],
            "recipient": self._recipients,
        }
        # A fiftieth of the month's budget within an hour: it lasts two more days at that rate.
        sudden: tf.HoneycombioBurnAlert = {
            **budget,
            "alert_type": "budget_rate",
            "budget_rate_window_minutes": 60,
            "budget_rate_decrease_percent": 2,
        }
        tf.block(place, "sudden", "honeycombio_burn_alert", sudden)
        slow: tf.HoneycombioBurnAlert = {
            **budget,
            "alert_type": "exhaustion_time",
            "exhaustion_minutes": 4 * 60,
        }
        tf.block(place, "slow", "honeycombio_burn_alert", slow)

    def _jobs(self) -> None:
        query_body: tf.HoneycombioQuery = {
            "dataset": self._dataset,
            "query_json": json.dumps(FAILED_JOBS, sort_keys=True),
        }
        query = tf.block(self, "failed-jobs", "honeycombio_query", query_body)
        body: tf.HoneycombioTrigger = {
            "dataset": self._dataset,
            "name": "failed jobs",
            "description": "Jobs of the server that failed in the last 15 minutes.",
            "query_id": query["id"],
            "frequency": _SECONDS,
            "threshold": [{"op": ">", "value": 0}],
            "recipient": self._recipients,
        }
        tf.block(self, "jobs", "honeycombio_trigger", body)
