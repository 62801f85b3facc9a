"""Encryption keys, and the services that may use them."""

from __future__ import annotations

from collections.abc import Mapping

from constructs import Construct

from modules import terraform as tf

ENCRYPT = "roles/cloudkms.cryptoKeyEncrypterDecrypter"


def add_key(
    scope: Construct, ring: tf.GoogleKmsKeyRingBlock, name: str, users: Mapping[str, str]
) -> tuple[tf.GoogleKmsCryptoKeyBlock, list[tf.GoogleKmsCryptoKeyIamMemberBlock]]:
    """Add a key, and let ``users`` (member by name) encrypt with it; return key and grants."""
    body: tf.GoogleKmsCryptoKey = {
        "key_ring": ring["id"],
        "name": name,
        "rotation_period": "7776000s",  # 90 days
        "destroy_scheduled_duration": "2592000s",  # 30 days, fixed when the key is created
    }
    place = Construct(scope, f"key-{name}")
    key = tf.block(place, "key", "google_kms_crypto_key", body, keep=True)
    grants = []
    for user, member in users.items():
        grant: tf.GoogleKmsCryptoKeyIamMember = {
            "crypto_key_id": key["id"],
            "role": ENCRYPT,
            "member": member,
        }
        grants.append(tf.block(place, user, "google_kms_crypto_key_iam_member", grant))
    return key, grants
