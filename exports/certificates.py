"""Say in plain words what is known about a community's plan."""

import math

from exports.texts import Texts
from scenarios.outcome import Certificate


def certificate_sentence(certificate: Certificate, texts: Texts) -> str:
    """Write one sentence about the plan and, where rules had to give, the reasons; never a solver's word."""
    facts = {
        "community": certificate.community_name or certificate.community_code,
        # Where no plan was found the gap is not a number, and no sentence speaks of it.
        "gap": texts.percent(certificate.gap) if math.isfinite(certificate.gap) else "",
    }
    sentence = texts(f"exports.certificate.{certificate.status}", **facts)
    codes = dict.fromkeys(code for code, _facts in certificate.reasons)
    known = [texts(f"exports.reason.{code}") for code in codes if texts.has(f"exports.reason.{code}")]
    if not known:
        return sentence
    reasons = texts("exports.certificate.separator").join(known)
    gap = "" if texts.language.startswith("zh") else " "
    return sentence + gap + texts("exports.certificate.because", reasons=reasons)
