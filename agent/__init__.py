"""Who decides: the conversation, the loop, the runner and the mind, what a run leaves, training, evaluation."""
