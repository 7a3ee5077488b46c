"""`python -m reporting <command>`."""

from common import cli

from reporting.app import SERVICE

if __name__ == "__main__":
    cli.main(SERVICE)
