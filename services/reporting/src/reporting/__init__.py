"""Reporting: every level's figures built from events, the evaluation of several years, the log of activities."""
