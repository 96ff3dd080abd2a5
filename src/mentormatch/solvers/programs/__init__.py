"""Linear and integer programs, by HiGHS and CP-SAT."""
