"""What a page shows of a case, as plain values: marked documents, facts, rules, the term, the timeline. Pure."""
