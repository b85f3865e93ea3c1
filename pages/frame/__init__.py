"""What all pages share: static files, templates, headers, languages, sign-in."""
