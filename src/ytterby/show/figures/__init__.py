"""Figures: one small file a family, each a function from tables to a Plotly figure, the same for report, app and notebook."""
