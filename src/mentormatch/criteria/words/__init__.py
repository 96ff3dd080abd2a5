"""What the words of headings and answers mean: topics, levels, scales, protected attributes."""
