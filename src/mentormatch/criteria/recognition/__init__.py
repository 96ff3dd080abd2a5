"""What each column of two tables holds, told from its cells, its heading and the other table."""
