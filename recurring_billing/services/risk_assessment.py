from collections import defaultdict
from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL

from ..const import SETTLED
from ..const import dunning as const
from ..rules import risk as rule

BATCH = 1000


class RecurringRiskAssessment(models.AbstractModel):
    """Looks once a day how customers pay, and keeps the risk of each."""

    _name = "recurring.risk.assessment"
    _description = "Assessing Risks"

    @api.private
    @api.model
    def run_scheduled(self):
        """The scheduled action: company by company, customers in batches."""
        companies = self.env["res.company"].search([("active", "=", True)])
        for company in companies:
            while payers := self._payers(company, company._recurring_today()):
                batch = payers[:BATCH]
                self.assess(self.env["res.partner"].browse(batch), company)
                if not self.env["ir.cron"]._commit_progress(len(batch), remaining=len(payers) - len(batch)):
                    return

    def _payers(self, company, day):
        """Whose debts were due in the last year, are open, or whose risk is known, and at whom nobody looked today: ids."""
        self.env["account.move.line"].flush_model()
        self.env["recurring.customer.risk"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT partner.commercial_partner_id
                  FROM account_move_line line
                  JOIN account_account account ON account.id = line.account_id AND account.account_type = 'asset_receivable'
                  JOIN res_partner partner ON partner.id = line.partner_id
                 WHERE line.company_id = %(company)s AND line.parent_state = 'posted' AND line.balance > 0
                   AND (line.reconciled IS NOT TRUE OR COALESCE(line.date_maturity, line.date) >= %(since)s)
                 UNION
                SELECT partner_id FROM recurring_customer_risk WHERE company_id = %(company)s
                EXCEPT
                SELECT partner_id FROM recurring_customer_risk WHERE company_id = %(company)s AND looked_on = %(day)s
                 ORDER BY 1
                """,
                company=company.id,
                since=day - rule.LOOK_BACK,
                day=day,
            )
        )
        return [partner_id for (partner_id,) in rows]

    @api.private
    @api.model
    def assess(self, partners, company, day=None):
        """Look at customers now and keep what is found.

        :return: their recurring.customer.risk
        """
        day = day or company._recurring_today()
        # sudo: kept by this service
        risks = self.env["recurring.customer.risk"].sudo()
        payers = partners.sudo().commercial_partner_id
        known = {each.partner_id.id: each for each in risks.search([("company_id", "=", company.id), ("partner_id", "in", payers.ids)])}
        new = []
        for partner_id, found in self.of(payers, company, day).items():
            values = {"found": found.segment, "factors": [list(factor) for factor in found.factors]}
            record = known.get(partner_id)
            if not record:
                new.append({"partner_id": partner_id, "company_id": company.id, "day": day, "looked_on": day, **values})
            elif any(record[name] != value for name, value in values.items()):
                record.write({**values, "day": day})
        risks.union(*known.values()).looked_on = day
        result = risks.union(*known.values(), risks.create(new))
        self.tell_cases(result)
        return result

    @api.private
    @api.model
    def of(self, partners, company, day):
        """What the rule says of customers on a day, from what was known then.

        :return: dict partner id → rules.risk.Risk
        """
        payers = partners.commercial_partner_id
        debts, broken, lost = (
            self._debts(payers.ids, company, day),
            self._broken(payers, company, day),
            self._written_off(payers, company, day),
        )
        return {payer.id: rule.assess(debts[payer.id], day, broken.get(payer.id, 0), lost.get(payer.id, 0)) for payer in payers}

    def _debts(self, payer_ids, company, day):
        """What customers had to pay and when they did: debts that ended with money, or are open.

        What an agreement gave another date is as late as it was, as long as it is open: signing pays nothing.
        """
        found = defaultdict(list)
        if not payer_ids:
            return found
        self.env["account.move.line"].flush_model()
        self.env["account.partial.reconcile"].flush_model()
        self.env["recurring.agreement"].flush_model(["state"])
        self.env["recurring.agreement.part"].flush_model()
        self.env["account.move"].flush_model(["payment_state", "origin_payment_id", "statement_line_id", "move_type"])
        rows = self.env.execute_query_dict(
            SQL(
                """
                SELECT partner.commercial_partner_id AS payer, LEAST(line.date, line.create_date::date) AS known,
                       COALESCE(agreed.due_before, line.date_maturity, line.date) AS due,
                       line.reconciled IS NOT TRUE AND COALESCE(move.payment_state, '') NOT IN %(settled)s AS is_open,
                       paid.on AS paid_on
                  FROM account_move_line line
                  JOIN account_account account ON account.id = line.account_id AND account.account_type = 'asset_receivable'
                  JOIN account_move move ON move.id = line.move_id
                  JOIN res_partner partner ON partner.id = line.partner_id
                  LEFT JOIN LATERAL (
                       SELECT MAX(credit.date) AS on
                         FROM account_partial_reconcile part
                         JOIN account_move_line credit ON credit.id = part.credit_move_id
                         JOIN account_move money ON money.id = credit.move_id
                        WHERE part.debit_move_id = line.id
                          AND (money.origin_payment_id IS NOT NULL OR money.statement_line_id IS NOT NULL)
                  ) paid ON TRUE
                  LEFT JOIN LATERAL (
                       SELECT MIN(part.date_before) AS due_before
                         FROM recurring_agreement_part part
                         JOIN recurring_agreement agreement ON agreement.id = part.agreement_id
                        WHERE part.line_id = line.id AND line.reconciled IS NOT TRUE AND agreement.state = %(running)s
                  ) agreed ON TRUE
                 WHERE line.company_id = %(company)s AND line.parent_state = 'posted' AND line.balance > 0
                   AND move.origin_payment_id IS NULL AND move.statement_line_id IS NULL
                   AND partner.commercial_partner_id IN %(payers)s
                   AND COALESCE(agreed.due_before, line.date_maturity, line.date) < %(day)s
                   AND (line.reconciled IS NOT TRUE OR COALESCE(line.date_maturity, line.date) >= %(since)s)
                """,
                settled=SETTLED,
                running=const.RUNNING,
                company=company.id,
                payers=tuple(payer_ids),
                day=day,
                since=day - rule.LOOK_BACK - timedelta(days=rule.VERY_LATE),
            )
        )
        for row in rows:
            # What ended without money, by a credit note or an agreement, says nothing of how the customer pays.
            if row["is_open"] or row["paid_on"]:
                found[row["payer"]].append(rule.Debt(row["known"], row["due"], None if row["is_open"] else row["paid_on"]))
        return found

    def _broken(self, payers, company, day):
        """How many promises and agreements of customers were broken in the last year."""
        found = defaultdict(int)
        for model in ("recurring.promise", "recurring.agreement"):
            domain = [
                ("company_id", "=", company.id),
                ("partner_id", "in", payers.ids),
                ("broken_on", ">", day - rule.LOOK_BACK),
                ("broken_on", "<=", day),
                ("state", "!=", const.CANCELLED),
            ]
            # sudo: what was broken counts, whoever looks
            for partner, count in self.env[model].sudo()._read_group(domain, ["partner_id"], ["__count"]):
                found[partner.id] += count
        return found

    def _written_off(self, payers, company, day):
        """How often debts of customers were written off in the last year, and stayed so."""
        domain = [
            ("company_id", "=", company.id),
            ("partner_id", "in", payers.ids),
            ("date", ">", day - rule.LOOK_BACK),
            ("date", "<=", day),
            ("state", "in", (const.WRITTEN_OFF, const.RECOVERED_PARTLY)),
        ]
        # sudo: what was written off counts, whoever looks
        groups = self.env["recurring.write.off"].sudo()._read_group(domain, ["partner_id"], ["__count"])
        return {partner.id: count for partner, count in groups}

    @api.private
    @api.model
    def tell_cases(self, risks):
        """Open cases show the risk of their customer."""
        # sudo: cases are kept by services
        cases = self.env["recurring.dunning.case"].sudo()
        for company, mine in risks.grouped("company_id").items():
            for segment, same in mine.grouped("segment").items():
                domain = [
                    ("company_id", "=", company.id),
                    ("partner_id", "in", same.partner_id.ids),
                    ("state", "=", const.CASE_OPEN),
                    ("risk", "!=", segment),
                ]
                cases.search(domain).risk = segment
