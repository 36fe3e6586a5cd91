"""The page kit: who may come in, forms, errors, security headers, navigation, downloads."""
