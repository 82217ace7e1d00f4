"""The rule for two people, and the codes that confirm a name on a shared account."""

from __future__ import annotations

import datetime
import json

import pytest

from pipelines.configuration import Approver, People
from pipelines.errors import UserError
from pipelines.layout import Output
from pipelines.people import codes, two_people
from pipelines.people.two_people import NeedsCode, Person

NOW = datetime.datetime(2026, 10, 5, 9, 0, tzinfo=datetime.UTC)
BO = Approver(name="Bo Berg", address="bo@krfo.example.dk")


def people(allow_one_account: bool = False) -> People:
    return People(operators_group="", allow_one_account=allow_one_account, approvers=(BO,), code_minutes=30)


@pytest.mark.parametrize(
    ("name", "account", "confirmed", "allowed", "expected"),
    [
        ("Bo", "bo", False, False, True),
        ("Bo", "anna", False, False, False),
        ("Bo", "anna", False, True, False),
        ("Bo", "anna", True, True, True),
        ("Bo", "anna", True, False, False),
        ("Anna.", "bo", False, False, False),
        ("Anna.", "anna", True, True, False),
    ],
)
def test_two_people_are_two_names_and_two_accounts_or_a_code(
    name: str, account: str, confirmed: bool, allowed: bool, expected: bool
) -> None:
    first, second = Person("Anna", "anna"), Person(name, account, confirmed)
    assert two_people.are_two(first, second, people(allowed)) is expected
    assert two_people.are_two(second, first, people(allowed)) is expected
    if expected:
        two_people.require_another(second, [first], "har gjort det", people(allowed))
    else:
        with pytest.raises(UserError, match="har gjort det") as problem:
            two_people.require_another(second, [first], "har gjort det", people(allowed))
        assert isinstance(problem.value, NeedsCode) == (allowed and not confirmed)


def test_a_code_is_good_once_for_one_person_and_one_matter_within_its_time(output: Output) -> None:
    code = codes.issue(output, people(), "sag 1", "Bo Berg", NOW)
    for matter, name in (("sag 2", "Bo Berg"), ("sag 1", "Anna")):
        with pytest.raises(UserError, match="ingen kode"):
            codes.use(output, matter, name, code, NOW)
    codes.use(output, "sag 1", "Bo Berg", f" {code.lower()} ", NOW + datetime.timedelta(minutes=29))
    with pytest.raises(UserError, match="ingen kode"):
        codes.use(output, "sag 1", "Bo Berg", code, NOW)
    late = codes.issue(output, people(), "sag 1", "Bo Berg", NOW)
    with pytest.raises(UserError, match="for gammel"):
        codes.use(output, "sag 1", "Bo Berg", late, NOW + datetime.timedelta(minutes=30))


def test_a_new_code_takes_the_place_of_the_old_and_guessing_ends(output: Output) -> None:
    old = codes.issue(output, people(), "sag", "Bo Berg", NOW)
    new = codes.issue(output, people(), "sag", "Bo Berg", NOW)
    for left in range(codes.ATTEMPTS - 1, 0, -1):
        with pytest.raises(UserError, match=f"{left} forsøg tilbage"):
            codes.use(output, "sag", "Bo Berg", old, NOW)
    with pytest.raises(UserError, match="for sidste gang"):
        codes.use(output, "sag", "Bo Berg", old, NOW)
    with pytest.raises(UserError, match="ingen kode"):
        codes.use(output, "sag", "Bo Berg", new, NOW)


def test_only_a_salted_hash_is_kept(output: Output) -> None:
    code = codes.issue(output, people(), "sag", "Bo Berg", NOW)
    (file,) = output.codes.glob("*.json")
    assert file.stat().st_mode & 0o077 == 0
    text = file.read_text(encoding="utf-8")
    assert set(json.loads(text)) == {"salt", "hash", "expires_at", "attempts_left"}
    assert code not in text and code.replace("-", "") not in text


def test_a_code_goes_to_the_registered_address_of_exactly_that_name() -> None:
    assert codes.registered_address(people(), "bo berg") == "bo@krfo.example.dk"
    for name in ("Bo", "Bo Berg.", "Anna"):
        with pytest.raises(UserError, match="ikke registreret"):
            codes.registered_address(people(), name)


def test_two_approvers_cannot_share_an_address() -> None:
    with pytest.raises(ValueError, match="det samme"):
        People(
            operators_group="",
            allow_one_account=True,
            approvers=(BO, Approver(name="Carla", address="BO@krfo.example.dk")),
            code_minutes=30,
        )
