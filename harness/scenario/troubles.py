"""The kinds of trouble that a part can get into, by the words that features use."""

from enum import StrEnum


class Kind(StrEnum):
    KILLED = "killed and started again"
    FROZEN = "frozen for a while"
    CUT_OFF = "cut off for a while"
