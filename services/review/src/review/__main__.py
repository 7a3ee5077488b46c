"""`python -m review <command>`."""

from common import cli

from review.app import SERVICE

if __name__ == "__main__":
    cli.main(SERVICE)
