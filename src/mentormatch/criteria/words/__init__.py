"""What words mean in headings and answers: topics, levels, scales, days, protected attributes."""
