"""Text steps: how a text becomes counts of terms, the same in Python, Java and C++."""
