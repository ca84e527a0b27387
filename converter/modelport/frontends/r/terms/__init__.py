"""R expressions and formulas as graph: from ``predvars``, ``xlevels`` and ``contrasts``, never from the formula's text."""
