"""What the surroundings say, and what of it children inherit."""

from pathlib import Path

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


def test_children_trust_the_extra_bundle_and_no_proxy_is_handed_on(tmp_path: Path) -> None:
    (tmp_path / "corp.pem").write_text("-----BEGIN CERTIFICATE-----\n")
    seen = {
        "GATEPROOF_CA_BUNDLE": str(tmp_path / "corp.pem"), "GATEPROOF_CACHE": str(tmp_path / "kept"),
        "HTTPS_PROXY": "http://proxy.test:1",
    }  # fmt: skip

    found = settings.read(seen)

    assert found.child_environment.keys() == {"SSL_CERT_FILE"}
    assert Path(found.child_environment["SSL_CERT_FILE"]).is_relative_to(tmp_path / "kept")
    assert settings.read({"GATEPROOF_CA_BUNDLE": "/none.pem"}).child_environment == {}


def test_what_was_fetched_is_kept_in_the_users_folder_or_in_a_chosen_one() -> None:
    assert settings.read({"XDG_CACHE_HOME": "/x"}).cache_folder == Path("/x/gateproof")
    assert settings.read({"GATEPROOF_CACHE": "/y"}).cache_folder == Path("/y")
    assert settings.read({}).cache_folder == Path.home() / ".cache" / "gateproof"


def test_images_are_chosen_by_a_file_and_by_variables() -> None:
    found = settings.read(
        {
            "GATEPROOF_IMAGES": "mine.toml",
            "GATEPROOF_IMAGE_REDIS": " redis:7 ",
            "GATEPROOF_IMAGE_X": "",
        }
    )

    assert found.images_file == Path("mine.toml")
    assert found.image_choices == {"redis": "redis:7"}
