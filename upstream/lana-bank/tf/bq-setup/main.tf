# The BigQuery dataset that the data pipeline writes to.
variable "name_prefix" {
  type        = string
  description = "What the dataset's name starts with: the environment's name."
}

variable "gcp_project" {
  type = string
}

variable "gcp_region" {
  type = string
}

# Cloud KMS key of the tables; empty: Google's own.
variable "kms_key" {
  type    = string
  default = ""
}

variable "additional_owners" {
  type    = list(string)
  default = []
}

locals {
  dataset_id = "${replace(var.name_prefix, "-", "_")}_dataset"
}

resource "google_bigquery_dataset" "dbt" {
  project       = var.gcp_project
  dataset_id    = local.dataset_id
  friendly_name = "${var.name_prefix} data warehouse"
  location      = var.gcp_region

  dynamic "default_encryption_configuration" {
    for_each = var.kms_key == "" ? [] : [var.kms_key]
    content {
      kms_key_name = default_encryption_configuration.value
    }
  }
}

resource "google_bigquery_dataset_iam_member" "owners" {
  for_each   = toset(var.additional_owners)
  project    = var.gcp_project
  dataset_id = google_bigquery_dataset.dbt.dataset_id
  role       = "roles/bigquery.dataOwner"
  member     = "user:${each.value}"
}

output "dataset_id" {
  value = google_bigquery_dataset.dbt.dataset_id
}
