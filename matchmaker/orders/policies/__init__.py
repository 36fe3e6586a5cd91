"""Who may do what to requisitions (``buying``) and to orders (``ordering``)."""
