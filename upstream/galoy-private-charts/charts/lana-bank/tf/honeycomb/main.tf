# A column of the Honeycomb dataset: whether a span is an error.
terraform {
  required_providers {
    honeycombio = {
      source = "honeycombio/honeycombio"
    }
  }
}

variable "dataset" {
  type = string
}

resource "honeycombio_derived_column" "failed" {
  dataset    = var.dataset
  alias      = "is_error"
  expression = "EQUALS($error, true)"
}
