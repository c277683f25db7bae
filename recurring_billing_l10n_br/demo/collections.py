"""The gym's collections: what becomes of the members of ``academy.py`` who are late, and of what others pay a little later."""

from odoo.addons.recurring_billing.const import dunning as const
from odoo.addons.recurring_billing.demo.collections import Called, Debtor, Owed, Promised, Wrote
from odoo.addons.recurring_billing.demo.customers_who_pay import paid

CARLA = "recurring_billing_l10n_br.user_carla"
AVALIACAO, PARTICULAR = "Avaliação física", "Aulas particulares"


def member(name, owed, *events):
    return Debtor(f"recurring_billing_l10n_br.partner_{name}", owed, events)


DEBTORS = (
    member(
        "thiago",
        (),
        Called(20, const.CALL_PROMISED, "Diz que paga assim que receber", CARLA),
        Promised(20, 4, "Paga quando receber", CARLA),
        Called(3, const.CALL_NO_ANSWER, "Caixa postal", CARLA),
    ),
    member(
        "beatriz",
        (Owed(11, 180.0, AVALIACAO),),
        Wrote(6, "Oi! Recebo na sexta e pago pelo Pix. Obrigada pela paciência."),
        Promised(6, 9, "Paga pelo Pix quando receber", CARLA),
    ),
    member("rodrigo", (paid(26, 180.0, 2, AVALIACAO),)),
    member("felipe", (paid(22, 480.0, 4, PARTICULAR),)),
    member("camila", (paid(11, 180.0, 3, AVALIACAO),)),
    member(
        "patricia",
        (paid(27, 360.0, 13, PARTICULAR),),
        Called(16, const.CALL_PROMISED, "Não tinha visto a fatura", CARLA),
        Promised(16, 3, "Paga pelo Pix nesta semana", CARLA),
    ),
    member("gustavo", (paid(17, 240.0, 10, PARTICULAR),), Promised(8, 2, "Paga amanhã no balcão", CARLA)),
    member(
        "mariana",
        (paid(20, 320.0, 9, PARTICULAR),),
        Wrote(13, "Bom dia! Posso pagar ainda esta semana? Obrigada."),
        Promised(13, 4, "Paga ainda esta semana", CARLA),
    ),
)
