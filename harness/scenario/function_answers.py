"""How a function can answer, by the words a feature uses: scripts for the upstream that plays it."""

from typing import Any

ANSWERS: dict[str, dict[str, Any]] = {
    "says hello": {"status": 200, "body": {"hello": "world"}},
    "gives a whole answer": {
        "status": 200,
        "body": {"statusCode": 201, "headers": {"X-Made-By": "a function"}, "body": "made"},
    },
    "answers in base64": {
        "status": 200,
        "body": {"statusCode": 200, "body": "ZGVjb2RlZA==", "isBase64Encoded": True},
    },
    "gives a status that is none": {"status": 200, "body": {"statusCode": 99, "body": "no"}},
    "gives headers that are none": {
        "status": 200,
        "body": {"statusCode": 200, "headers": "none", "body": "no"},
    },
    "gives a body that is none": {"status": 200, "body": {"statusCode": 200, "body": 7}},
    "answers with words": {"status": 200, "body": "these are words"},
    "fails": {
        "status": 200,
        "headers": {"X-Amz-Function-Error": "Unhandled"},
        "body": {"errorMessage": "division by zero"},
    },
    "is throttled": {"status": 429, "body": {"message": "Rate Exceeded."}},
    "is forbidden": {"status": 403, "body": {"message": "The signature does not match"}},
    "is unknown": {"status": 404, "body": {"message": "Function not found"}},
    "takes too long": {"status": 200, "delay_s": 5, "body": {"late": True}},
}
"""Every answer that a feature may name."""
