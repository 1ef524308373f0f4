"""Words and tokens go through every path, and then every place where something could have stayed is searched."""
