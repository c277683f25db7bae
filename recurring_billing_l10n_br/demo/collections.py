"""The gym's collections: what becomes of the members of ``academy.py`` who are late."""

from odoo.addons.recurring_billing.const import dunning as const
from odoo.addons.recurring_billing.demo.collections import Called, Debtor, Promised, Wrote

CARLA = "recurring_billing_l10n_br.user_carla"

DEBTORS = (
    Debtor(
        "recurring_billing_l10n_br.partner_thiago",
        (),
        (Called(3, const.CALL_NO_ANSWER, "Caixa postal", CARLA),),
    ),
    Debtor(
        "recurring_billing_l10n_br.partner_beatriz",
        (),
        (Wrote(6, "Oi! Recebo na sexta e pago pelo Pix. Obrigada pela paciência."), Promised(6, 9, "Paga pelo Pix quando receber", CARLA)),
    ),
)
