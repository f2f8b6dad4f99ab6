"""`mailer doctor` finds what would keep mail from arriving, and says plainly what it could not look at."""

from __future__ import annotations

import json
import ssl
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

import mailer.cli.doctor
from mailer.config import Config, open_workspace
from mailer.flow import doctor_dmarc, doctor_links, doctor_names, doctor_place
from mailer.flow.doctor import Instruments, examine
from mailer.flow.doctor_words import Examined, State
from mailer.message import Signer
from mailer.message.dkim_keys import new_key, record_value
from tests.flow.dns_kit import Table, a_dns_server
from tests.flow.office import MailService, Office
from tests.flow.test_signed_sendings import with_bad_key, with_key
from tests.relay.relay_peers import rogue

DOMAIN = "example.org"
GOOD, BAD, UNKNOWN = State.GOOD, State.BAD, State.UNKNOWN


@pytest.fixture(scope="module")
def signer() -> Signer:
    return Signer(DOMAIN, "2026a", new_key(2048)[0])


def states(found: list[Examined]) -> dict[str, State]:
    """Of each kind of thing, the worst."""
    order = (GOOD, UNKNOWN, BAD)
    worst: dict[str, State] = {}
    for one in found:
        worst[one.id] = max(worst.get(one.id, GOOD), one.state, key=order.index)
    return worst


@pytest.mark.parametrize(
    ("records", "preset", "state", "words"),
    [
        ({DOMAIN: ["v=spf1 mx -all"]}, "", GOOD, "v=spf1 mx -all"),
        ({DOMAIN: ["site-verification=1", "V=SPF1 ip4:192.0.2.1 ~all"]}, "", GOOD, "ip4"),
        ({}, "", BAD, "has no SPF record"),
        ({DOMAIN: ["v=spf10 -all"]}, "", BAD, "has no SPF record"),
        ({DOMAIN: ["v=spf1 mx -all", "v=spf1 a -all"]}, "", BAD, "has 2 SPF records"),
        ({DOMAIN: ["v=spf1 +all"]}, "", BAD, "lets everybody"),
        ({DOMAIN: ["v=spf1 include:gone.example.com -all"]}, "", BAD, "leads to gone.example.com"),
        ({DOMAIN: ["v=spf1 mx -all"]}, "m365", BAD, "does not name the mail service"),
        (
            {
                DOMAIN: ["v=spf1 include:all.example.com -all"],
                "all.example.com": ["v=spf1 include:spf.protection.outlook.com -all"],
                "spf.protection.outlook.com": ["v=spf1 ip4:192.0.2.0/24 -all"],
            },
            "m365",
            GOOD,
            "SPF of",
        ),
        ({DOMAIN: ["v=spf1 " + "a mx " * 5 + "-all"]}, "", GOOD, "SPF of"),
        ({DOMAIN: ["v=spf1 " + "a mx " * 5 + "exists:%{i}.example.com -all"]}, "", BAD, "more than 10"),
        ({DOMAIN: [f"v=spf1 redirect={DOMAIN}"]}, "", BAD, "more than 10"),
    ],
)
def test_spf(records: dict[str, list[str]], preset: str, state: State, words: str) -> None:
    told = doctor_names.spf(Table(text=records), DOMAIN, preset)
    assert (told.state, words in told.message) == (state, True), told
    assert bool(told.hint) is (state is BAD)


def test_a_record_of_another_key_is_found_and_said(signer: Signer) -> None:
    name = "2026a._domainkey.example.org"
    ours, other = record_value(signer.key), record_value(new_key(2048)[0])
    cases: dict[str, tuple[list[str], State, str]] = {
        "ours": ([ours], GOOD, "is of our key (2048 bits)"),
        "with blanks and others beside it": ([ours.replace(";", " ; "), "note"], GOOD, "is of our key"),
        "another's": ([other], BAD, "is of another key than ours"),
        "cut off": ([ours[:255]], BAD, "is damaged, or cut off"),
        "withdrawn": (["v=DKIM1; p="], BAD, "is withdrawn"),
        "twice": ([ours, other], BAD, "There are 2 DKIM records"),
        "of another kind": ([ours.replace("k=rsa", "k=ed25519")], BAD, "of another kind"),
        "old hash": ([ours + "; h=sha1"], BAD, "allows no SHA-256"),
        "not for mail": ([ours + "; s=tlsrpt"], BAD, "is not for mail"),
        "tried out": ([ours + "; t=y"], BAD, "only tried out"),
        "none": ([], BAD, "There is no DKIM record"),
    }
    for what, (records, state, words) in cases.items():
        told = doctor_names.dkim(Table(text={name: records}), signer)
        assert (told.state, words in told.message) == (state, True), (what, told)
        assert ("mailer dkim show 2026a" in told.hint) is (state is BAD), what


WHO = doctor_dmarc.Identities("news.example.org", "bounces.example.org", "example.org")


HERE, ABOVE, TOP = "_dmarc.news.example.org", "_dmarc.example.org", "_dmarc.org"
PLAIN = "v=DMARC1; p=none"
FAR = replace(WHO, envelope="example.com", signing="")


@pytest.mark.parametrize(
    ("records", "who", "state", "words"),
    [
        (
            {ABOVE: ["v=DMARC1; p=reject"]},
            WHO,
            GOOD,
            "example.org: p=reject; the sender's domain is aligned by DKIM and",
        ),
        ({HERE: [PLAIN]}, replace(WHO, envelope="news.example.org", signing=""), GOOD, "aligned by SPF"),
        ({}, WHO, BAD, "has no DMARC record"),
        ({ABOVE: [PLAIN, PLAIN]}, WHO, BAD, "has no DMARC record"),
        ({ABOVE: [f"{PLAIN}; adkim=s; aspf=s"]}, WHO, BAD, "the signature is of example.org"),
        ({ABOVE: [f"{PLAIN}; aspf=s"]}, WHO, GOOD, "aligned by DKIM."),
        ({ABOVE: [PLAIN]}, FAR, BAD, "nothing signs"),
        ({ABOVE: [PLAIN]}, replace(FAR, signs_itself=True), UNKNOWN, "rests on"),
        ({TOP: [f"{PLAIN}; psd=y"], ABOVE: [PLAIN]}, WHO, GOOD, "DKIM and SPF"),
        ({TOP: [f"{PLAIN}; psd=y"]}, replace(WHO, envelope="other.org", signing=""), BAD, "has no DMARC"),
    ],
)
def test_dmarc(records: dict[str, list[str]], who: doctor_dmarc.Identities, state: State, words: str) -> None:
    told = doctor_dmarc.dmarc(Table(text=records), who)
    assert (told.state, words in told.message) == (state, True), told


@pytest.mark.parametrize(
    ("mail", "hosts", "state", "words"),
    [
        ({DOMAIN: ["mx1.example.org", "mx2.example.org"]}, {"mx2.example.org"}, GOOD, "at mx2.example.org"),
        ({DOMAIN: ["mx1.example.org"]}, {DOMAIN}, BAD, "mx1.example.org, which has no address"),
        ({DOMAIN: [""]}, {DOMAIN}, BAD, "says that it takes no mail"),
        ({}, {DOMAIN}, GOOD, "takes mail itself"),
        ({}, set(), BAD, "neither an MX record nor an address"),
    ],
)
def test_who_takes_our_mail(mail: dict[str, list[str]], hosts: set[str], state: State, words: str) -> None:
    told = doctor_names.takes_mail(Table(mail=mail, hosts=hosts), "bounces", DOMAIN)
    assert (told.state, words in told.message) == (state, True), told


def test_where_the_dns_is_silent_nothing_is_taken_for_good(signer: Signer) -> None:
    told = doctor_names.asked("dkim", lambda: doctor_names.dkim(Table(silent={"*"}), signer))
    assert told.state is UNKNOWN
    assert told.message.startswith("DNS could not be asked for 2026a._domainkey.example.org")
    assert told.hint


def test_a_real_dns_is_asked_over_the_wire(signer: Signer) -> None:
    table = Table(
        text={"2026a._domainkey.example.org": [record_value(signer.key)], DOMAIN: ["v=spf1 mx -all"]},
        mail={DOMAIN: ["mx.example.org"], "null.example.org": [""]},
        hosts={"mx.example.org"},
        silent={"silent.example.org"},
    )
    with a_dns_server(table, seconds=0.3) as resolver:
        assert doctor_names.dkim(resolver, signer).state is GOOD
        assert doctor_names.spf(resolver, DOMAIN).state is GOOD
        assert doctor_names.takes_mail(resolver, "sender", DOMAIN).state is GOOD
        assert doctor_names.takes_mail(resolver, "sender", "null.example.org").state is BAD
        assert resolver.texts("nobody.example.org") == []
        assert resolver.texts("mx.example.org") == []
        told = doctor_names.asked("spf", lambda: doctor_names.spf(resolver, "silent.example.org"))
    assert (told.state, told.message) == (
        UNKNOWN,
        "DNS could not be asked for silent.example.org (TXT): no answer in time.",
    )


def test_the_place_of_the_send_record(office: Office) -> None:
    look = partial(doctor_place.ledger_place, office.workspace)
    assert look(room=10**10).state is GOOD
    ledger = office.workspace.config.ledger.model_copy(update={"path": "new/folder/ledger.db"})
    config = office.workspace.config.model_copy(update={"ledger": ledger})
    told = doctor_place.ledger_place(replace(office.workspace, config=config), room=10**10)
    assert (told.state, "will be at new/folder/ledger.db" in told.message) == (GOOD, True)
    assert not (office.root / "new").exists(), "looking makes nothing"
    assert "40 MB free" in look(room=4 * 10**7).message
    told = look(mounts={office.root: "nfs4"}, room=10**10)
    assert (told.state, "network drive" in told.message) == (BAD, True)


def test_a_clock_that_is_behind_what_has_happened() -> None:
    now = datetime(2026, 11, 22, 12, tzinfo=UTC)
    assert doctor_place.clock(now, [("the record", now + timedelta(minutes=4))]).state is GOOD
    told = doctor_place.clock(now, [("the record", now + timedelta(days=4))])
    assert (told.state, "26 November 2026" in told.message) == (BAD, True)


def a_config(office: Office, **public: str) -> Config:
    return office.workspace.config.model_copy(update=public)


@pytest.mark.parametrize(
    ("answer", "state", "words"),
    [
        (200, GOOD, "answers, and its certificate is good"),
        (404, GOOD, "answers"),
        (502, BAD, "answers 502"),
        (ConnectionRefusedError(111, "Connection refused"), BAD, "does not answer: Connection refused"),
        (ssl.SSLCertVerificationError("certificate has expired"), BAD, "cannot be trusted"),
    ],
)
def test_our_own_web_address(office: Office, answer: int | Exception, state: State, words: str) -> None:
    def fetch(url: str) -> int:
        assert url == "https://news.example.org"
        if isinstance(answer, Exception):
            raise answer
        return answer

    told = doctor_links.web_address(
        a_config(office, public="server", public_url="https://news.example.org"), fetch
    )
    assert (told.state, words in told.message) == (state, True), told
    assert doctor_links.web_address(a_config(office), fetch).state is GOOD


@pytest.fixture
def doctor(office: Office, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., str]]:
    """The command, with a DNS of ours behind a port of loopback and no web."""
    table = Table()

    def run(
        records: dict[bytes, bytes] | None = None, *arguments: str, code: int = 0, offline: bool = False
    ) -> str:
        domain = office.workspace.config.sender.email.rpartition("@")[2]
        table.text = {name.decode().rstrip("."): [value.decode()] for name, value in (records or {}).items()}
        table.text |= {domain: ["v=spf1 mx -all"], f"_dmarc.{domain}": ["v=DMARC1; p=none"]}
        table.hosts = {domain}
        asked = Table(silent={"*"}) if offline else resolver
        tools = Instruments(resolver=asked, fetch=lambda _: 200)
        monkeypatch.setattr(mailer.cli.doctor, "examine", partial(examine, instruments=tools))
        return office.run("doctor", *arguments, code=code)

    with a_dns_server(table) as resolver:
        yield run


def adopted(office: Office, service: MailService) -> None:
    office.use_relay(service.port)
    office.run("ledger", "adopt", "--yes")


def test_a_workspace_that_is_ready_has_nothing_to_mend(
    office: Office, service: MailService, doctor: Callable[..., str]
) -> None:
    adopted(office, service)
    printed = doctor(with_key(office), "--relay", "office")
    assert "✗" not in printed
    assert "?" not in printed
    assert "Nothing to mend." in printed
    assert f"office (127.0.0.1:{service.port}) takes us in; up to 33.6 MB a mail" in printed
    assert "is of our key" in printed
    assert service.accepted == [], "nothing is sent"


def test_a_key_that_does_not_fit_its_selector_is_found(
    office: Office, service: MailService, doctor: Callable[..., str]
) -> None:
    adopted(office, service)
    [(name, _)] = with_key(office).items()
    printed = doctor({name: record_value(new_key(2048)[0]).encode()}, "--relay", "office", code=1)
    assert "is of another key than ours: receivers will find our signatures false." in printed
    assert "Is `selector` in mailer.toml the one of this key?" in printed
    assert "1 to mend." in printed


def test_what_a_foreign_dns_says_is_shown_as_words_and_commands_no_terminal(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    domain = office.workspace.config.sender.email.rpartition("@")[2]
    evil = "\x1b]0;PWNED\x07\x1b[2J\x9b31m\u202egnp"
    table = Table(
        text={
            domain: [f"v=spf1 {evil} -all"],
            f"_dmarc.{domain}": [f"v=DMARC1; p={evil}"],
        },
        mail={domain: [f"mx{evil}.example.org"]},
    )
    monkeypatch.setattr(
        mailer.cli.doctor,
        "examine",
        partial(examine, instruments=Instruments(resolver=table, fetch=lambda _: 200)),
    )
    for arguments in ((), ("--format", "json")):
        printed = office.run("doctor", *arguments, code=1)
        assert "PWNED" in printed
        assert not [sign for sign in evil if not sign.isprintable() and sign in printed], printed


@pytest.mark.parametrize("digits", [400, 5_000])
async def test_what_a_mail_service_says_of_itself_neither_ends_the_look_nor_commands_a_terminal(
    office: Office, digits: int
) -> None:
    async with rogue() as peer:
        evil = "250-X\x1b[2J\x07 a\r\n250-\xe2\x80\xaeEVIL\r\n250-\x00\xff\xfe\r\n250-" + "L" * 8_000
        peer.order("EHLO", f"raw:{evil}\r\n250 SIZE {'9' * digits}\r\n")
        office.use_relay(peer.port)
        found = await doctor_links.mail_service(open_workspace(office.root), "office")
    assert states(found) == {"relay": GOOD, "tls": GOOD, "extensions": GOOD}
    assert found[0].message.endswith("takes us in; no limit of size announced.")
    assert found[2].message.startswith("Extensions: 8BITMIME, AUTH, SIZE.")


def test_a_record_without_end_is_cut() -> None:
    told = doctor_names.spf(Table(text={DOMAIN: ["v=spf1 " + "x" * 60_000]}), DOMAIN)
    assert len(told.message) < 1_100


def test_programs_get_json_and_the_same_exit_code(office: Office, doctor: Callable[..., str]) -> None:
    told = json.loads(doctor(None, "--format", "json", code=1))
    assert {one["id"] for one in told} == {
        "settings",
        "relay",
        "spf",
        "dkim",
        "dmarc",
        "mx",
        "ledger",
        "clock",
        "web",
    }
    assert [one["message"].partition(" (")[0] for one in told if one["state"] == "bad"] == [
        "Nothing signs for example.org"
    ]


def test_offline_is_said_and_is_no_fault(
    office: Office, service: MailService, doctor: Callable[..., str]
) -> None:
    adopted(office, service)
    with_key(office)
    printed = doctor(None, "--relay", "office", offline=True)
    assert printed.count("? DNS could not be asked for") == 4
    assert "4 that could not be looked at." in printed
    assert "Nothing to mend." not in printed


def test_a_mail_service_that_is_not_there_and_a_key_that_cannot_be_used(
    office: Office, service: MailService, doctor: Callable[..., str]
) -> None:
    adopted(office, service)
    with_bad_key(office)
    office.use_relay(1)
    printed = doctor(None, "--relay", "office", code=1)
    assert "✗ The mail service office (127.0.0.1:1) cannot be used: nothing listens there." in printed
    assert "can be read by others" in printed
    assert "2 to mend." in printed


def test_settings_that_cannot_be_read_are_told_and_a_wrong_name_is_wrong_usage(office: Office) -> None:
    assert "Did you mean" in office.run("doctor", "--relay", "outbux", code=2)
    path = office.root / "mailer.toml"
    path.write_text(path.read_text(encoding="utf-8") + '\nrelay = "x"\n[office]\n', encoding="utf-8")
    printed = office.run("doctor", code=1)
    assert "✗ mailer.toml: " in printed
    assert "not valid TOML" in printed


def test_a_real_mail_service_in_earnest_needs_a_ledger_of_record(
    office: Office, service: MailService
) -> None:
    office.use_relay(service.port)
    config = open_workspace(office.root).config
    assert doctor_place.settings(config, "office").state is GOOD
    config = config.model_copy(update={"ledger": config.ledger.model_copy(update={"record": ""})})
    told = doctor_place.settings(config, "office")
    assert (told.state, told.hint) == (
        BAD,
        "On the machine that is to keep the record: `mailer ledger adopt`.",
    )
    assert doctor_place.settings(config, "outbox").state is GOOD
