from werkzeug.exceptions import HTTPException, NotFound

from odoo.http import request


def who(token):
    """The customer and the company of a link.

    :raises HTTPException: for a link that is not ours, whatever is wrong with it.
    """
    parts = token.split("-")
    if len(parts) != 3 or not all(part.isascii() and part.isdigit() and len(part) < 10 for part in parts[:2]):
        raise gone()
    # sudo: the signature is checked right here, before anything is read of them
    partner = request.env["res.partner"].sudo().browse(int(parts[0])).exists()
    company = request.env["res.company"].sudo().browse(int(parts[1])).exists()
    if not (partner and company and partner._is_recurring_debts_signature(company, parts[2])):
        raise gone()
    return partner.commercial_partner_id, company


def gone():
    """What people see whose link shows nothing (any more): what to do, the same whatever is wrong with it; to be raised."""
    if request.dispatcher.routing_type != "http":
        return request.not_found()
    response = request.render("recurring_billing.portal_link_gone", {"no_breadcrumbs": True, **told_to_browser(request.env.lang)})
    response.flatten()
    response.status_code = NotFound.code
    return HTTPException(response=no_traces(response))


def spoken(partner):
    """The customer in their own language, where it is installed."""
    known = dict(request.env["res.lang"].sudo().get_installed())  # sudo: which languages there are is no secret
    return partner.with_context(lang=partner.lang if partner.lang in known else request.env.lang)


def speak_to(partner):
    """Speak the customer's language, on this page and on those that are reached from it; gives the customer in it."""
    customer = spoken(partner)
    request.update_context(lang=customer.env.lang)
    request.future_response.set_cookie("frontend_lang", customer.env.lang)
    return customer


def told_to_browser(lang):
    """Which language a page is in, for who has it read aloud or translated."""
    return {"html_data": {"lang": (lang or "en_US").replace("_", "-")}}


def no_traces(response):
    """The address is the key to the page: nobody else learns it, nothing keeps what it shows."""
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Cache-Control"] = "no-store"
    return response
