"""The kinds of proofs, one file each."""
