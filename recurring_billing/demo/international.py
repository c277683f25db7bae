"""The main company's story: software, connections, a club, desks and rented machines, sold to firms and people of many countries."""

from odoo import Command

from .story import IN_TWO_PARTS, LATE, STOPPED, Archived, Changed, Closed, Metered, Quoted, Revised, Sold, Story, ago, ahead

FIRST, REVIEW, TRIAL, ARREARS = "plan_first", "plan_review", "plan_trial", "plan_arrears"
MONTHLY, YEARLY = "plan_monthly", "plan_yearly"
MAYA, TOM = "user_maya", "user_tom"
# 2,000 calls are included, the next 10,000 cost a cent each, and more of them less; 15.00 a month in any case.
BY_TIERS = {
    "billing_type": "usage",
    "usage_model": "graduated",
    "usage_flat_fee": 15.0,
    "usage_allowance": 2000.0,
    "usage_tier_ids": [Command.create({"up_to": 10000.0, "unit_price": 0.01}), Command.create({"up_to": 0.0, "unit_price": 0.006})],
}
WELCOME = {"discount_ids": [Command.create({"name": "Welcome", "percent": 25.0, "periods": 3})]}

SOLD = [
    Sold(
        "demo_fjord_suite",
        "partner_fjord",
        FIRST,
        ago(7),
        [("product_suite", 25), ("product_storage", 4)],
        MAYA,
        tags=("tag_key",),
        revised=ago(11, 8),
    ),
    Sold("demo_harbor_machines", "partner_harbor", ARREARS, ago(7), [("product_coffee", 2), ("product_printer", 3)], TOM),
    Sold(
        "demo_savanna_server",
        "partner_savanna",
        MONTHLY,
        ago(19, 18),
        [("product_server", 1)],
        MAYA,
        sold=ago(7),
        opening_months=13,
        values={"client_order_ref": "PO-2290"},
    ),
    Sold("demo_emma_club", "partner_emma", MONTHLY, ago(5, 18), [("product_club", 1)], TOM),
    Sold(
        "demo_harbor_fiber", "partner_harbor", FIRST, ago(6, 11), [("product_fiber", 1), ("product_static_ip", 2)], TOM, tags=("tag_key",)
    ),
    Sold("demo_priya_suite", "partner_priya", MONTHLY, ago(5, 18), [("product_suite", 3)], MAYA),
    Sold(
        "demo_moreau_suite",
        "partner_moreau",
        FIRST,
        ago(4, 18),
        [("product_suite", 5, {"price_unit": 11.0})],
        MAYA,
        currency="base.EUR",
        revised=ago(11, 12),
    ),
    Sold("demo_lindenhof_support", "partner_lindenhof", REVIEW, ago(5, 6), [("product_support", 1)], MAYA, tags=("tag_key",)),
    Sold("demo_casa_desks", "partner_casa", MONTHLY, ago(5), [("product_desk", 4, {"discount": 10.0})], "base.user_demo"),
    Sold("demo_fjord_api", "partner_fjord", FIRST, ago(5), [("product_api", 1, BY_TIERS)], MAYA),
    Sold("demo_lucas_club", "partner_lucas", MONTHLY, ago(4, 18), [("product_club", 1)], TOM),
    Sold("demo_maple_suite", "partner_maple", YEARLY, ago(4, 18), [("product_suite", 12, {"price_unit": 120.0})], MAYA),
    Sold("demo_oliver_fiber", "partner_oliver", FIRST, ago(4, 11), [("product_fiber", 1)], TOM, tags=("tag_risk",)),
    Sold("demo_fjord_club_ingrid", "partner_fjord", MONTHLY, ago(4, 1), [("product_club", 1)], MAYA, beneficiary="partner_ingrid"),
    Sold("demo_pampa_phones", "partner_pampa", FIRST, ago(4, 2), [("product_phone_line", 6), ("product_fiber", 1)], "base.user_demo"),
    Sold("demo_sakura_server", "partner_sakura", MONTHLY, ago(3, 18), [("product_server", 2)], MAYA),
    Sold("demo_fjord_club_jonas", "partner_fjord", MONTHLY, ago(3, 1), [("product_club", 1)], MAYA, beneficiary="partner_jonas"),
    Sold("demo_maple_support", "partner_maple", REVIEW, ago(3, 6), [("product_support", 1, {"price_unit": 380.0})], MAYA),
    Sold("demo_kite_suite", "partner_kite", TRIAL, ago(2, 18), [("product_suite", 8)], "base.user_demo", tags=("tag_referral",)),
    Sold("demo_hugo_club", "partner_hugo", MONTHLY, ago(1, 18), [("product_club_family", 1)], TOM, end=ahead(25)),
    Sold("demo_amelia_fiber", "partner_amelia", FIRST, ago(0, 20), [("product_fiber", 1, WELCOME)], TOM, tags=("tag_referral",)),
    Sold(
        "demo_pampa_maintenance",
        "partner_pampa",
        YEARLY,
        ago(12, 1),
        [("product_maintenance", 1)],
        "base.user_demo",
        sold=ago(7),
        opening_months=12,
    ),
    Sold("demo_savanna_desks", "partner_savanna", MONTHLY, ago(2, 20), [("product_desk", 2)], TOM, sold=ago(0, 8)),
    Sold("demo_kite_fiber", "partner_kite", FIRST, ahead(12), [("product_fiber", 1), ("product_static_ip", 1)], TOM, sold=ago(0, 9)),
    Sold("demo_emma_family", "partner_emma", MONTHLY, ahead(6), [("product_club_family", 1)], TOM, sold=ago(0, 5), draft=True),
    Sold("demo_sakura_desks", "partner_sakura", MONTHLY, ahead(20), [("product_desk", 3)], MAYA, sold=ago(0, 6), draft=True),
]

# Waits for the signature of the customer: monthly from the 1st, a club membership for a year, and a technician once.
QUOTED = (
    Quoted(
        "demo_quotation_emma",
        "partner_emma",
        ago(0, 5),
        "plan_home",
        [
            ("product_fiber", 1),
            ("product_static_ip", 1),
            ("product_club_family", 1, {"recurring_plan_id": YEARLY}),
            ("product_installation", 1),
        ],
        TOM,
    ),
)

INTERNATIONAL = Story(
    module="recurring_billing",
    company="base.main_company",
    sold=SOLD,
    settings={"recurring_guard_factor": 0.0},
    quoted=QUOTED,
    closed=(
        Closed("demo_priya_suite", ago(2, 3), "reason_price"),
        Closed("demo_lucas_club", ago(1, 8), "reason_moved"),
    ),
    changed=(
        Changed("demo_harbor_machines", ago(3, 12), "reprice", "product_printer", {"quantity": 5}),
        Changed("demo_fjord_suite", ago(2, 9), "reprice", "product_suite", {"quantity": 31}),
        Changed("demo_maple_suite", ago(2, 2), "reprice", "product_suite", {"quantity": 9}),
        Changed("demo_emma_club", ago(3, 2), "pause"),
        Changed("demo_emma_club", ago(2, 12), "resume"),
        Changed("demo_casa_desks", ago(1, 11), "reprice", "product_desk", {"quantity": 3}),
        Changed("demo_sakura_server", ago(0, 9), "pause"),
    ),
    revised=(
        Revised("Prices of the servers", ago(5, 20), ("demo_savanna_server",), percent=4.0),
        Revised("Yearly prices", ago(0, 4), draft=True),
    ),
    metered=(Metered("demo_fjord_api", "product_api", (8400, 13250, 9100, 21800, 17600)),),
    archived=(Archived("product_phone_line", ago(1, 10)),),
    habits={"partner_harbor": LATE, "partner_hugo": LATE, "partner_casa": IN_TWO_PARTS, "partner_oliver": STOPPED},
    rates={"base.EUR": (1.082, 1.091, 1.077, 1.068, 1.085)},
)
