"""What a shock does, week by week: scenarios, the model, its outcome."""
