"""Pix that went back while its entry was still made by hand: it is not booked by itself as well."""


def migrate(cr, version):
    """Called by Odoo after the addon is updated."""
    if version:
        cr.execute("UPDATE recurring_pix_refund SET by_hand = TRUE WHERE state = 'returned' AND payment_id IS NULL")
