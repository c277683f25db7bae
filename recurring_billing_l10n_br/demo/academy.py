"""The gym's story: members, parents who pay for their children, a school and a firm with an agreement; due on the 5th, 10th or 15th."""

from odoo import Command

from odoo.addons.recurring_billing.demo.story import IN_TWO_PARTS, LATE, STOPPED, Archived, Changed, Closed, Quoted, Sold, Story, ago, ahead

DIA_5, MENSAL, TRIMESTRAL, ANUAL = "plan_dia_5", "plan_mensal", "plan_trimestral", "plan_anual"
ANA, BRUNO = "user_ana", "user_bruno"
MUSCULACAO, NATACAO, PILATES = ("product_musculacao", 1), ("product_natacao", 1), ("product_pilates", 1)
FAMILIA, PERSONAL, ARMARIO = ("product_familia", 1), ("product_personal", 1), ("product_armario", 1)
PELA_ESCOLA = ("product_natacao", 20, {"discount": 15.0})
PELA_EMPRESA = ("product_musculacao", 8, {"discount": 20.0})
TRES_MESES = ("product_musculacao", 1, {"price_unit": 359.70})
DOZE_MESES = ("product_musculacao", 1, {"price_unit": 1290.00})
PRIMEIROS_MESES = {"discount_ids": [Command.create({"name": "Três primeiros meses", "percent": 50.0, "periods": 3})]}

SOLD = [
    Sold("demo_colegio", "partner_colegio", DIA_5, ago(7), [PELA_ESCOLA], ANA, due_day=5, tags=("tag_convenio",)),
    Sold("demo_sofia", "partner_mariana", DIA_5, ago(6, 27), [NATACAO], BRUNO, due_day=5, beneficiary="partner_sofia"),
    Sold("demo_davi", "partner_mariana", DIA_5, ago(6, 27), [NATACAO], BRUNO, due_day=5, beneficiary="partner_davi"),
    Sold("demo_rodrigo", "partner_rodrigo", DIA_5, ago(5, 22), [MUSCULACAO], BRUNO, due_day=5),
    Sold("demo_patricia", "partner_patricia", MENSAL, ago(5, 15), [PILATES], ANA, due_day=15),
    Sold("demo_gustavo", "partner_gustavo", ANUAL, ago(5, 15), [DOZE_MESES], ANA, due_day=10),
    Sold("demo_juliana", "partner_juliana", MENSAL, ago(5), [MUSCULACAO, ARMARIO], BRUNO),
    Sold("demo_construtora", "partner_construtora", DIA_5, ago(4, 22), [PELA_EMPRESA], ANA, due_day=10, tags=("tag_convenio",)),
    Sold("demo_andre", "partner_andre", MENSAL, ago(4, 15), [MUSCULACAO], BRUNO, due_day=10),
    Sold("demo_beatriz", "partner_beatriz", DIA_5, ago(4, 15), [MUSCULACAO], BRUNO, due_day=5),
    Sold("demo_felipe", "partner_felipe", MENSAL, ago(4, 1), [FAMILIA], ANA),
    Sold("demo_thiago", "partner_thiago", DIA_5, ago(3, 25), [MUSCULACAO], BRUNO, due_day=10),
    Sold("demo_camila", "partner_camila", TRIMESTRAL, ago(3, 15), [TRES_MESES], BRUNO, due_day=15),
    Sold("demo_alice", "partner_renata", DIA_5, ago(3, 15), [NATACAO], ANA, due_day=5, beneficiary="partner_alice"),
    Sold("demo_carlos", "partner_carlos", MENSAL, ago(3, 1), [PERSONAL], ANA),
    Sold("demo_paulo", "partner_paulo", MENSAL, ago(2, 15), [MUSCULACAO], BRUNO, due_day=15),
    Sold("demo_larissa", "partner_larissa", MENSAL, ago(1, 15), [(*PILATES, PRIMEIROS_MESES)], ANA, due_day=10, tags=("tag_indicacao",)),
    Sold("demo_marcos", "partner_marcos", DIA_5, ago(0, 16), [MUSCULACAO, ARMARIO], BRUNO, due_day=5, tags=("tag_indicacao",)),
    Sold("demo_renata", "partner_renata", DIA_5, ahead(10), [PILATES], ANA, sold=ago(0, 6), due_day=5),
    Sold("demo_fernanda", "partner_fernanda", MENSAL, ahead(3), [MUSCULACAO], BRUNO, sold=ago(0, 5), draft=True),
]

# Espera a assinatura: pilates e armário por mês, musculação por um ano, e a avaliação física uma vez.
QUOTED = (
    Quoted(
        "demo_orcamento_gustavo",
        "partner_gustavo",
        ago(0, 5),
        DIA_5,
        [PILATES, ARMARIO, ("product_musculacao", 1, {"recurring_plan_id": ANUAL}), ("product_avaliacao", 1)],
        BRUNO,
    ),
)

ACADEMY = Story(
    module="recurring_billing_l10n_br",
    company="company_academia",
    sold=SOLD,
    settings={"recurring_guard_factor": 0.0},
    quoted=QUOTED,
    closed=(Closed("demo_andre", ago(1, 20), "recurring_billing.reason_moved"),),
    changed=(
        Changed("demo_juliana", ago(3, 10), "pause"),
        Changed("demo_juliana", ago(2, 20), "resume"),
        Changed("demo_patricia", ago(1, 22), "replace", "product_pilates", {"product_id": "product_natacao"}),
        Changed("demo_colegio", ago(2, 6), "reprice", "product_natacao", {"quantity": 24}),
        Changed("demo_carlos", ago(0, 8), "pause"),
    ),
    archived=(Archived("partner_paulo", ago(1, 12)),),
    habits={"partner_beatriz": LATE, "partner_thiago": STOPPED, "partner_construtora": IN_TWO_PARTS},
)
