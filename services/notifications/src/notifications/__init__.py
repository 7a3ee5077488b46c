"""Tells people in their inbox and by e-mail what happened to their dossiers; decides nothing about a dossier."""
