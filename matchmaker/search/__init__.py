"""Search: the stored indexes over what the product holds, kept up with every change, and the site's search."""
