"""What puts a bundle into service: the base, the adapter on it, and the reader that answers the questions of a case."""
