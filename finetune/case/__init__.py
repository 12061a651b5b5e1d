"""Handle one application at the terminal, with the model of a bundle and the same engine as everywhere else."""
