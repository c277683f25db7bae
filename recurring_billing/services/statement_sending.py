import logging

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, pdf

from ..const import SETTLED
from ..const import dunning as contact
from ..const import statement as const
from .billing_batch import CONFLICTS

_logger = logging.getLogger(__name__)

TRIES = 3


class RecurringStatementSending(models.AbstractModel):
    """Statements for many customers: who gets one, and making them in the background, one per transaction."""

    _name = "recurring.statement.sending"
    _description = "Sending Statements"

    @api.private
    @api.model
    def payers(self, company, who, minimum=0.0, among=None):
        """Who gets a statement.

        :param who: ``late``: who has something overdue; ``open``: whoever has something open.
        :param minimum: of what counts, in the company's currency; credits are taken off.
        :param among: customers to choose from, by default all.
        :return: dict commercial partner → (open, overdue) in the company's currency, the largest first
        """
        company.with_env(self.env)._recurring_check_works_here()
        today = company._recurring_today()
        domain = [
            ("account_id.account_type", "=", "asset_receivable"),
            ("company_id", "=", company.id),
            ("parent_state", "=", "posted"),
            ("reconciled", "=", False),
            ("partner_id", "!=", False),
            ("move_id.payment_state", "not in", SETTLED),
        ]
        if among is not None:
            domain.append(("partner_id.commercial_partner_id", "in", among.commercial_partner_id.ids))
        # sudo: who may send statements was checked; a sum is complete or it is wrong
        lines = self.env["account.move.line"].sudo()
        # Credits stand against the oldest debts, whatever day they carry.
        late = self.env["recurring.receivable.figures"].late(today) | Domain("amount_residual", "<", 0)
        found = {}
        for place, mine in enumerate((Domain.TRUE, late)):
            for partner, amount in lines._read_group(Domain(domain) & mine, ["partner_id"], ["amount_residual:sum"]):
                amounts = found.setdefault(self.env["res.partner"].browse(partner.commercial_partner_id.id), [0.0, 0.0])
                amounts[place] += amount
        currency = company.currency_id
        counts = {payer: tuple(amounts) for payer, amounts in found.items() if self._counts(amounts, who, minimum, currency)}
        return dict(sorted(counts.items(), key=lambda each: (-each[1][0], each[0].id)))

    def _counts(self, amounts, who, minimum, currency):
        amount = amounts[1] if who == const.LATE_ONLY else amounts[0]
        return currency.compare_amounts(amount, 0.0) > 0 and currency.compare_amounts(amount, minimum) >= 0

    @api.private
    @api.model
    def start(self, company, payers, way):
        """Make a batch, whose statements are made in the background.

        :param payers: what ``payers`` gave.
        """
        batches = self.env["recurring.statement.batch"]
        batches._check_may_work()
        if not payers:
            raise UserError(self.env._("Nobody gets a statement: choose other customers, or a smaller amount."))
        # sudo: kept by this service; who may do it was checked
        batch = batches.sudo().create(
            {"company_id": company.id, "day": company._recurring_today(), "way": way, "user_id": self.env.user.id}
        )
        self.env["recurring.statement"].sudo().create(
            [
                {
                    "batch_id": batch.id,
                    "partner_id": payer.id,
                    "amount_open": company.currency_id.round(still_open),
                    "amount_overdue": company.currency_id.round(max(0.0, overdue)),
                }
                for payer, (still_open, overdue) in payers.items()
            ]
        )
        batch._wake()
        return batch.with_env(self.env)

    @api.private
    @api.model
    def run_scheduled(self):
        """Make the statements that wait, each in a transaction of its own: who stops it in between has lost nothing."""
        waiting = [("state", "=", const.WAITING)]
        tried = []
        statements = self.env["recurring.statement"]
        while statement := statements.search([*waiting, ("id", "not in", tried)], order="id", limit=1):
            tried.append(statement.id)
            self._make_apart(statement)
            remaining = statements.search_count([*waiting, ("id", "not in", tried)])
            if not self.env["ir.cron"]._commit_progress(1, remaining=remaining):
                return

    def _make_apart(self, statement):
        """Make one statement in a transaction of its own; again, where another process was met."""
        for _try in range(TRIES):
            self.env["ir.cron"]._commit_progress()
            try:
                if self._hold(statement):
                    self._make(statement)
                    self._bind(statement.batch_id)
                    self.env.flush_all()
                return
            except (*CONFLICTS, ConcurrencyError):
                self.env.cr.rollback()
                _logger.info("Statement %s is being worked on", statement.id)

    def _hold(self, statement):
        """Hold a statement that waits, and its batch: who makes the last one of a batch must see that all others are made. It begins a
        transaction, so that both are seen as they are; whether nobody else is at work on them.
        """
        query = """
            SELECT batch.id FROM recurring_statement statement JOIN recurring_statement_batch batch ON batch.id = statement.batch_id
             WHERE statement.id = %s AND statement.state = %s FOR NO KEY UPDATE SKIP LOCKED
        """
        held = self.env.execute_query(SQL(query, statement.id, const.WAITING))
        if held:
            self.env.execute_query(SQL("UPDATE recurring_statement_batch SET day = day WHERE id = %s", held[0][0]))
        return bool(held)

    def _make(self, statement):
        try:
            with self.env.cr.savepoint():
                statement.write({"state": const.DONE, "reason": False, **self._prepare(statement)})
        except (*CONFLICTS, ConcurrencyError):
            raise
        except (UserError, ValidationError) as error:
            statement.write({"state": const.FAILED, "reason": str(error.args[0])})
        except Exception as error:
            # One customer must not stop the others, and what a printer program throws has no common kind.
            _logger.exception("Statement of %s", statement.partner_id.id)
            statement.write({"state": const.FAILED, "reason": str(error)})

    def _prepare(self, statement):
        payer, said = statement.partner_id, self._said(statement)
        if not said:
            return {"state": const.NOT_NEEDED, "reason": self.env._("Nothing is to be paid any more.")}
        attachment = self.env["ir.attachment"].create(
            {
                "name": f"{self._file_name(payer, statement.day)}.pdf",
                "raw": self._printed(statement),
                "mimetype": "application/pdf",
                "res_model": statement._name,
                "res_id": statement.id,
            }
        )
        values = {"attachment_id": attachment.id, "said": said}
        if statement.batch_id.way == const.BY_EMAIL:
            values.update(self._send(statement, attachment))
        return values

    def _said(self, statement):
        """What a statement says today, in short; empty where nothing is to be paid."""
        company = statement.company_id
        found = self.env["recurring.customer.statement"].of(statement.partner_id, company)[statement.partner_id]
        if not any(each.balance > 0 for each in found):
            return ""
        return " ".join([str(company._recurring_today()), *(f"{each.currency.name} {each.balance}" for each in found)])

    def _printed(self, statement):
        company = statement.company_id
        reports = self.with_company(company).env["ir.actions.report"]
        report = "recurring_billing.action_report_recurring_statement"
        return reports._render_qweb_pdf(report, statement.partner_id.ids, data={"company_id": company.id})[0]

    @api.private
    @api.model
    def freshen(self, statement):
        """Make the paper of a statement say what is so now, right before it leaves.

        :return: whether something is still to be paid; else it is not to leave
        """
        said = self._said(statement)
        if not said:
            statement.write({"state": const.NOT_NEEDED, "reason": self.env._("Nothing is to be paid any more.")})
        elif said != statement.said:
            statement.attachment_id.raw = self._printed(statement)
            statement.said = said
        return bool(said)

    def _file_name(self, payer, day):
        spoken = self.with_context(lang=payer.lang or self.env.lang)
        return spoken.env._("Statement %(name)s %(day)s", name=payer.name, day=fields.Date.to_string(day)).replace("/", "-")

    def _send(self, statement, attachment):
        """Hand the statement over to those who send: one contact of the customer's case."""
        payer, asked_by = statement.partner_id, statement.batch_id.user_id
        case = self.env["recurring.dunning.case"]._of(payer, statement.company_id)[payer]
        message = self.env["recurring.message.dispatch"]._enqueue(
            case,
            contact.KIND_STATEMENT,
            channel=contact.EMAIL,
            text_kind=contact.TEXT_STATEMENT,
            attachments=attachment,
            unique_ref=f"statement:{statement.id}",
            reason=self.env._("%s sent statements to customers.", asked_by.name),
            user=asked_by,
        )
        return {"message_id": message.id}

    def _bind(self, batch):
        """When the last one on paper is done: all of them as one file."""
        if batch.way != const.ON_PAPER or batch.attachment_id or batch.statement_ids.filtered(lambda each: each.state == const.WAITING):
            return
        done = batch.statement_ids.filtered("attachment_id").sorted(lambda each: (each.partner_id.name or "", each.id))
        if done:
            batch.attachment_id = self.env["ir.attachment"].create(
                {
                    "name": f"{batch.display_name}.pdf",
                    "raw": pdf.merge_pdf([each.attachment_id.raw for each in done]),
                    "mimetype": "application/pdf",
                    "res_model": batch._name,
                    "res_id": batch.id,
                }
            )
