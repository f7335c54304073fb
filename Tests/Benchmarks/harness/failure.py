"""What ends a row, and only that row."""


class Failure(Exception):
    pass
