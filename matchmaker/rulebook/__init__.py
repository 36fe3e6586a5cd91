"""The rulebook: subsidy schemes as dated data, exact arithmetic, and worksheets that cite their clause.

A pure library: facts go in, a result and its worksheet come out. It opens no database, reads no clock and
knows no page. Schemes, fiscal tiers and working days are data files; see ``matchmaker.rulebook.reference``.

==================  ========================================================================
``amounts``         eligible cost, ceiling, approved amount, legislative cut (C1, C2, C3, C10)
``claims``          what a claim pays, the reservation, the papers of each claim (C4, C9)
``deadlines``       when something falls due (C5)
``refunds``         change, termination, interest, revocation (C6, C7, C8, R-089)
``orders``          limits of an order from the catalog (C11)
``annexes``         arithmetic of the tables on annexes 5 and 6
``compute``         all of them behind one request, as JSON
==================  ========================================================================
"""
