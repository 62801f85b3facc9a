"""Who a Kubernetes account is to Google's cloud."""
