"""Who is who: ids, people who are in a table twice, people who are in both tables."""
