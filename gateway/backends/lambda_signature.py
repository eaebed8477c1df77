"""AWS Signature V4 of an invocation.

botocore signs; importing it takes 200 ms, so that happens in a thread when a document asks for it.
"""

from collections.abc import Callable
from functools import cache

from gateway.backends.lambda_config import LambdaConfig

Signer = Callable[[LambdaConfig, str, dict[str, str], bytes], dict[str, str]]


def is_ready() -> bool:
    return signer.cache_info().currsize > 0


@cache
def signer() -> Signer:
    """The function that signs; the first call imports botocore."""
    from botocore.auth import SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials

    def sign(
        config: LambdaConfig, url: str, headers: dict[str, str], content: bytes
    ) -> dict[str, str]:
        request = AWSRequest(method="POST", url=url, headers=headers, data=content)
        credentials = Credentials(config.aws_key, config.aws_secret)
        SigV4Auth(credentials, "lambda", config.aws_region).add_auth(request)
        return dict(request.headers.items())

    return sign
