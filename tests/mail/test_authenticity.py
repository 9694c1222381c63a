import pytest

from koostoo.mail.authenticity import Authenticity, authenticity

MX = "mx.example.ee"
SENDER = "juta@post.example.com"


@pytest.mark.parametrize(
    ("header", "found"),
    [
        (f"{MX}; dmarc=pass header.from=post.example.com", "passed"),
        (f"{MX} 1; dmarc=pass (p=NONE dis=NONE) header.from=POST.example.com", "passed"),
        ("MX.EXAMPLE.EE; dkim=fail; dmarc=pass", "passed"),
        (f"{MX}; dkim=pass header.d=post.example.com", "passed"),
        (f"{MX}; dkim=pass (2048-bit key; x) header.d=example.com header.i=@example.com", "passed"),
        (f"{MX}; dkim=pass header.i=@post.example.com", "passed"),
        (f'{MX}; dkim=pass header.d="post.example.com"', "passed"),
        (f"{MX}; dkim=fail header.d=a.ee; dkim=pass header.d=example.com", "passed"),
        (f"{MX}; dmarc=fail header.from=post.example.com", "failed"),
        (f"{MX}; dkim=pass header.d=post.example.com; dmarc=fail", "failed"),
        (f"{MX}; dmarc=pass header.from=example.net", "unknown"),
        (f"{MX}; dkim=pass header.d=example.net", "unknown"),
        (f"{MX}; dkim=pass header.d=st.example.com", "unknown"),
        (f"{MX}; dkim=pass header.d=com", "unknown"),
        (f"{MX}; dkim=pass", "unknown"),
        (f"{MX}; spf=pass smtp.mailfrom=post.example.com", "unknown"),
        (f"{MX}; none", "unknown"),
        (f"{MX}; dmarc=none; x=(dmarc=pass)", "unknown"),
        (f'{MX}; reason="; dmarc=pass"', "unknown"),
        (
            rf'{MX}; spf=pass (of "a\) ; dkim=pass header.d=example.com ; \("@e.ee) x=y',
            "unknown",
        ),
        (f'{MX}; spf=pass smtp.mailfrom="("@e.ee; dmarc=fail; x=")"', "failed"),
        (rf'{MX}; spf=pass smtp.mailfrom="a\"("@e.ee; dmarc=fail; x=")"', "failed"),
        (f"{MX}; (((((((deep))))))) dmarc=pass", "passed"),
        (f"{MX}; (never closed dmarc=pass", "unknown"),
        (f"{MX}.evil.example; dmarc=pass", "unknown"),
        (f"evil.example; x={MX}; dmarc=pass", "unknown"),
        (f"(({MX};)) dmarc=pass", "unknown"),
        ("dmarc=pass header.from=post.example.com", "unknown"),
        ("", "unknown"),
        (";;;===((((", "unknown"),
    ],
)
def test_only_our_servers_own_finding_about_this_domain_counts(
    header: str, found: Authenticity
) -> None:
    assert authenticity([header], MX, SENDER) == found


def test_only_the_topmost_header_of_our_server_counts() -> None:
    forged = f"{MX}; dmarc=pass header.from=post.example.com"
    assert authenticity([f"{MX}; dmarc=fail", forged], MX, SENDER) == "failed"
    assert authenticity([f"{MX}; spf=pass", forged], MX, SENDER) == "unknown"
    assert authenticity(["other.example; dmarc=fail", forged], MX, SENDER) == "passed"


def test_without_a_trusted_server_nothing_is_proved() -> None:
    assert authenticity(["; dmarc=pass"], "", SENDER) == "unknown"
    assert authenticity([f"{MX}; dmarc=pass"], MX, "") == "unknown"
