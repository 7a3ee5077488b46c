"""`python -m notifications <command>`."""

from common.cli import main

from notifications.app import SERVICE

if __name__ == "__main__":
    main(SERVICE)
