"""Rendered objects are compared one by one, without their secrets."""

from __future__ import annotations

import pytest

from promoter.common.text import HIDDEN
from promoter.preview.manifests import changes, objects

SECRETS = """\
apiVersion: v1
kind: Secret
metadata: {name: db, namespace: n}
data: {password: aHVudGVyMg==, plain: aHVudGVyMg==}
stringData: {url: hunter2}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: server}
spec:
  template:
    spec:
      containers:
        - name: server
          env:
            - {name: DB_PASSWORD, value: hunter2}
            - {name: API_KEY, value: hunter2}
            - {name: PG_CON, value: "postgres://user:hunter2@db:5432/x"}
            - {name: LEVEL, value: info}
            - {name: TOKEN, valueFrom: {secretKeyRef: {name: db, key: password}}}
      imagePullSecrets: [{name: pull}]
      volumes: [{name: v, secret: {secretName: db}}]
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data:
  clientSecret: hunter2
  server.yml: |
    port: 80
    smtpPassword: hunter2
    "auth_token" = hunter2
    url: https://user:hunter2@host/
"""


def test_secrets_are_redacted() -> None:
    found = objects(SECRETS)
    assert sorted(found) == ["ConfigMap/settings", "Deployment/server", "Secret/n/db"]
    whole = "".join(found.values())
    assert "hunter2" not in whole
    assert "aHVudGVyMg" not in whole
    assert f"password: '{HIDDEN}'" in found["Secret/n/db"]


HIDDEN_AWAY = """\
kind: List
items:
  - {kind: Secret, metadata: {name: a}, data: {plain: hunter2}}
  - kind: Deployment
    metadata: {name: b}
    spec:
      passwords: [hunter2]
      args: ["--password=hunter2", "sh -c 'API_KEY=hunter2 run'", "user=u password=hunter2 host=h"]
      key: "-----BEGIN PRIVATE KEY-----\\nhunter2\\n-----END PRIVATE KEY-----"
      header: "Authorization: Bearer hunter2"
      file: '{"port": 80, "password": "hunter2"}'
"""


def test_secrets_inside_lists_and_texts_are_redacted() -> None:
    whole = "".join(objects(HIDDEN_AWAY).values())
    assert "hunter2" not in whole
    assert '"port": 80' in whole
    assert "host=h" in whole


def test_names_of_secrets_stay_readable() -> None:
    found = objects(SECRETS)["Deployment/server"]
    for kept in ("value: info", "secretName: db", "key: password", "@db:5432/x"):
        assert kept in found
    assert "    port: 80\n" in objects(SECRETS)["ConfigMap/settings"]


def test_objects_that_differ() -> None:
    old = objects("kind: A\nmetadata: {name: x}\nspec: 1\n---\nkind: B\nmetadata: {name: gone}\n")
    new = objects("kind: A\nmetadata: {name: x}\nspec: 2\n---\nkind: C\nmetadata: {name: new}\n")
    found = {change.name: change.diff for change in changes(old, new)}
    assert list(found) == ["A/x", "B/gone", "C/new"]
    assert {"-spec: 1", "+spec: 2"} <= set(found["A/x"])
    assert all(line[0] in "-@" for line in found["B/gone"])
    assert all(line[0] in "+@" for line in found["C/new"])


def test_order_of_keys_and_documents_is_no_difference() -> None:
    one = "kind: A\nmetadata: {name: x}\n---\nkind: B\nmetadata: {name: y}\n"
    other = "---\nmetadata: {name: y}\nkind: B\n---\n# nothing\n---\nmetadata: {name: x}\nkind: A\n"
    assert changes(objects(one), objects(other)) == ()


@pytest.mark.parametrize("count", [1, 2])
def test_objects_of_one_name_do_not_hide_each_other(count: int) -> None:
    found = objects("---\n".join(["kind: A\nmetadata: {name: x}\n"] * count))
    assert len(found) == count
