"""Which columns of a table say who somebody is: own e-mail, name, keys, numbers of answers."""
