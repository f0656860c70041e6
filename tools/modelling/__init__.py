"""What training, evaluation and prediction share: `tools.train`, `tools.evaluate` and `tools.predict` are the doors."""
