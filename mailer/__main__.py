"""`python -m mailer` is the same as `mailer`."""

from mailer.cli import main

if __name__ == "__main__":
    main()
