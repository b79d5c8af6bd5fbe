"""From an article to a ledger: what happened, each entry with its verbatim evidence."""
