"""`python -m registration <command>`."""

from common import cli

from registration.app import SERVICE

if __name__ == "__main__":
    cli.main(SERVICE)
