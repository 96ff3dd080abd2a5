"""What stands in cells: values, numbers, lists, separators, words for no answer."""
