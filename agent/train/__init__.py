"""Training: Deskhand's own models and fine-tuning."""
