"""Views: what each section of the report shows, from a Brief to charts, tables and cards."""
