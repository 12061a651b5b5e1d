"""RL on process traces: episodes in the workflow's engine, rewards from its verifiers, the constrained policy."""
