"""The signer: imported once, when it is first needed."""

from gateway.backends import lambda_config, lambda_signature


def test_it_is_ready_after_its_first_use(unit):
    lambda_signature.signer.cache_clear()
    assert not lambda_signature.is_ready()
    sign = lambda_signature.signer()
    assert lambda_signature.is_ready()
    assert lambda_signature.signer() is sign
    config = unit.config(
        lambda_config.KIND, aws_key="k", aws_secret="s", aws_region="r", function_name="f"
    )
    signed = sign(config, "http://host/path", {"Host": "host"}, b"{}")
    assert signed["Authorization"].startswith("AWS4-HMAC-SHA256 Credential=k/")
    assert "/r/lambda/aws4_request" in signed["Authorization"]
