"""`gateproof token NAME`: a person's JWT for curl, good for an hour at what `up` started."""

import argparse
import sys
import time

from harness import tokens
from harness.commands.complaints import complain
from harness.commands.demo import jwt_secret, where_up
from harness.scenario.people import PEOPLE

DEMO_KEY = "demo-key"


def run(options: argparse.Namespace) -> int:
    told = where_up()
    if told is None:
        complain("nothing is up; start it with `make up`")
        return 2
    if options.name not in PEOPLE:
        complain(f"nobody here is called {options.name!r}; there are {', '.join(PEOPLE)}")
        return 2
    claims = tokens.person_claims(PEOPLE[options.name].claims, DEMO_KEY, time.time())
    sys.stdout.write(tokens.person_token(claims, jwt_secret(told)) + "\n")
    return 0
