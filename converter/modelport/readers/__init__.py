"""Files that several front ends or commands meet: tables of rows, boosting libraries' own formats."""
