"""Reports a person reads: self-contained HTML and the plots in it."""
