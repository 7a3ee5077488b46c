"""Everything the review service can do, one verb each; the edge opens and commits the transaction."""
