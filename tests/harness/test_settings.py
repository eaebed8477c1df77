"""What the surroundings say, and what of it children inherit."""

from harness import settings


def test_children_get_what_they_need_and_nothing_else() -> None:
    seen = {
        "PATH": "/bin", "HOME": "/home/ada", "LANG": "C", "SSL_CERT_FILE": "/ca.pem",
        "PYTHONDONTWRITEBYTECODE": "1", "HTTP_PROXY": "http://proxy", "PYTHONPATH": "/x",
        "AWS_SECRET_ACCESS_KEY": "mine", "GATEWAY_REDIS_URL": "redis://mine", "JWT_SECRET": "mine",
    }  # fmt: skip

    found = settings.read(seen)

    assert found.child_environment == {
        "PATH": "/bin",
        "HOME": "/home/ada",
        "LANG": "C",
        "SSL_CERT_FILE": "/ca.pem",
    }
    assert found.path == "/bin"


def test_an_empty_environment_is_enough() -> None:
    found = settings.read({})

    assert found.child_environment == {}
    assert found.path


def test_folders_of_runs_are_apart_for_each_user() -> None:
    import os

    assert settings.read({}).runs_folder.name == f"gateproof-{os.getuid()}"


def test_the_root_is_the_checkout() -> None:
    assert (settings.ROOT / "harness" / "settings.py").is_file()
    assert (settings.ROOT / "features").is_dir()
