"""Plain data that proofs are made of: certificates and their stages."""
