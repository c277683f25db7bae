"""Tells the story of collections: on each day people do what they did, money comes, and the policy acts."""

from collections import defaultdict
from datetime import timedelta

from odoo import Command
from odoo.tools import plaintext2html

from ..const import dunning as const
from ..services.message_outcome import Outcome
from . import collections as story
from .storyteller import QUIET

BY_PEOPLE = (const.PHONE, const.TASK)
READ_OF = 3
"""Every so many messages, one was seen to be read."""


class Collector:
    """Tells the collections of a company, within the caller's transaction: those of ``collections.py`` in the main one unless told.

    Nothing leaves: what the policy writes is kept as it would have been sent, and counts as delivered.
    """

    def __init__(self, env, company=None, debtors=story.DEBTORS):
        company = company or env.ref("base.main_company")
        self.debtors = debtors
        kept = {"recurring_one_transaction": True, "mail_notrack": True, "lang": company._recurring_staff_lang()}
        context = {**env.context, **QUIET, "allowed_company_ids": company.ids, **kept}
        self.env = env(context=context)
        self.company = company.with_env(self.env)
        self.today = self.company._recurring_today()
        self.agenda = defaultdict(list)
        self.sent = 0

    def tell(self):
        """Live every day since collections were switched on."""
        began = self.today - timedelta(days=story.BEGAN)
        self.company.write(
            {
                "recurring_dunning": True,
                "recurring_dunning_from": began,
                "recurring_dunning_enter_step_id": self.env.ref("recurring_billing.dunning_step_late_3").id,
                "recurring_dunning_policy_id": self.env.ref("recurring_billing.dunning_policy_standard").id,
            }
        )
        self._invoice()
        for debtor in self.debtors:
            for event in debtor.events:
                self._on(event.ago, self._happen, debtor, event)
        for ago in range(story.BEGAN, -1, -1):
            self._live(ago)
        # sudo: the story is told of the whole company, whoever loads it
        cases = self.env["recurring.dunning.case"].sudo().search([("company_id", "=", self.company.id)])
        self.env["recurring.risk.assessment"].sudo().assess(cases.partner_id, self.company)
        # Nothing leaves a demo by itself: whoever wants to see it work switches it on, after a look at who would get what.
        self.company.recurring_dunning = False

    def _on(self, ago, action, *arguments):
        self.agenda[ago].append((action, arguments))

    def _env_of(self, ago):
        return self.env(context={**self.env.context, "recurring_today": self.today - timedelta(days=ago)})

    def _live(self, ago):
        """A day: people in the morning, the policy, the post."""
        env = self._env_of(ago)
        for action, arguments in self.agenda.pop(ago, ()):
            action(env, *arguments)
        env["recurring.arrangement.watch"]._look_at(self.company.with_env(env))
        if (self.today - timedelta(days=ago)).weekday() < 5 or not ago:
            company = self.company.with_env(env)
            run = env["recurring.dunning.run"]._for_company(company)
            # Not by the scheduled action, which would take the database of the demo data for the live one.
            run._work(company, company._recurring_today(), run._partner_ids(company))
            self._post(env)

    def _invoice(self):
        """What was sold, and what was paid of it."""
        debts = [(debtor, owed) for debtor in self.debtors for owed in debtor.owed]
        if not debts:
            return
        product = self.env.ref("recurring_billing.product_installation")
        account = product.product_tmpl_id.get_product_accounts()["income"]
        moves = self.env["account.move"].create([self._prepare_invoice(debtor, owed, account) for debtor, owed in debts])
        moves.action_post()
        for move, (_debtor, owed) in zip(moves, debts, strict=True):
            if owed.paid and owed.paid_on > story.BEGAN:
                self._pay(self._env_of(owed.paid_on), move, owed)
            elif owed.paid:
                self._on(owed.paid_on, self._pay, move, owed)

    def _prepare_invoice(self, debtor, owed, account):
        due = self.today - timedelta(days=owed.due)
        line = {"name": owed.what, "quantity": 1, "price_unit": owed.amount, "account_id": account.id, "tax_ids": [Command.clear()]}
        return {
            "move_type": "out_invoice",
            "company_id": self.company.id,
            "partner_id": self._ref(debtor.customer).id,
            "invoice_date": min(due - timedelta(days=owed.issued), self.today),
            "invoice_payment_term_id": False,
            "invoice_date_due": due,
            "invoice_line_ids": [Command.create(line)],
        }

    def _pay(self, env, move, owed):
        day = env.context["recurring_today"]
        wizard = env["account.payment.register"].with_context(active_model="account.move", active_ids=move.ids)
        wizard.create({"payment_date": day, "amount": owed.paid}).action_create_payments()

    def _happen(self, env, debtor, event):
        """What people did, where something was late: members pay on days of their own, whatever day the story is told."""
        late = [
            ("company_id", "=", self.company.id),
            ("partner_id", "=", self._ref(debtor.customer).id),
            ("account_type", "=", "asset_receivable"),
            ("parent_state", "=", "posted"),
            ("reconciled", "=", False),
            ("date_maturity", "<", env.context["recurring_today"]),
        ]
        if env["account.move.line"].search_count(late, limit=1):
            getattr(self, f"_{type(event).__name__.lower()}")(env, debtor, event)

    def _called(self, env, debtor, event):
        case = self._case(env, debtor, event.by)
        again = env.context["recurring_today"] + timedelta(days=event.again) if event.again is not None else None
        case.env["recurring.dunning.work"].log_call(case, event.result, event.note, again_on=again)

    def _wrote(self, env, debtor, event):
        case = self._case(env, debtor, story.NINA).sudo()  # sudo: whoever reads it, the customer wrote it
        # sudo: the time line is written by services only
        case.env["recurring.dunning.message"].sudo().create(
            {
                "case_id": case.id,
                "company_id": case.company_id.id,
                "partner_id": case.partner_id.id,
                "channel": event.channel,
                "direction": const.IN,
                "kind": const.KIND_REPLY,
                "state": const.DONE,
                "day": env.context["recurring_today"],
                "sent_at": env["recurring.message.dispatch"]._now(case.company_id),
                "body": plaintext2html(event.text),
            }
        )

    def _promised(self, env, debtor, event):
        day = env.context["recurring_today"] + timedelta(days=event.in_days)
        self._arrange(env, debtor, event, "recurring.promise.make", date=day, note=event.note).action_save()

    def _agreed(self, env, debtor, event):
        self._arrange(env, debtor, event, "recurring.agreement.make", count=event.count, note=event.note).action_sign()

    def _contested(self, env, debtor, event):
        answer_by = env.context["recurring_today"] + timedelta(days=self.company.recurring_dispute_days)
        self._arrange(env, debtor, event, "recurring.dispute.open", reason=event.reason, answer_by=answer_by).action_save()

    def _held(self, env, debtor, event):
        until = env.context["recurring_today"] + timedelta(days=event.days)
        self._arrange(env, debtor, event, "recurring.case.hold", until=until, reason=event.reason).action_save()

    def _arrange(self, env, debtor, event, model, **values):
        """The dialog as the person of the story fills it in."""
        case = self._case(env, debtor, event.by)
        return case.env[model].with_context(default_case_id=case.id).create({"case_id": case.id, **values})

    def _handedover(self, env, debtor, event):
        case = self._case(env, debtor, event.by)
        case.env["recurring.dunning.work"].hand_over(case, self._ref(event.to).with_env(case.env), event.note)

    def _post(self, env):
        """What the policy wrote is delivered, and what it asks of people is asked."""
        waiting = [("company_id", "=", self.company.id), ("state", "=", const.QUEUED)]
        # sudo: messages are written by services only
        outcome, check = env["recurring.message.outcome"].sudo(), env["recurring.message.check"].sudo()
        while messages := env["recurring.dunning.message"].sudo().search(waiting):
            for message in messages:
                address, why_not = check.address(message)
                if not address:
                    # The next way takes its place, and is delivered in the next round.
                    outcome.conclude(message, Outcome(const.FAILED, error=why_not))
                    continue
                message.address = address
                outcome.conclude(message, self._delivered(env, message))

    def _delivered(self, env, message):
        if message.channel in BY_PEOPLE:
            channel = env["recurring.channel"]._of(message.channel).with_company(self.company)
            message.write(channel._prepare(message))
            return Outcome(channel._send(message)[0])
        message.write(self._words(env, message))
        self.sent += 1
        return Outcome(const.SENT if message.channel == const.LETTER else const.DELIVERED if self.sent % READ_OF else const.READ)

    def _words(self, env, message):
        # sudo: what leaves is written with the rights of the service, as when it is sent
        words = env["recurring.dunning.words"].sudo()
        if message.channel in (const.EMAIL, const.LETTER):
            told = words.letter(message) if message.channel == const.LETTER else words.mail(message)
            return {"subject": told["subject"], "body": told["shown"], "amount": told["amount"]}
        return {"body": words.as_html(words.short(message))}

    def _case(self, env, debtor, user):
        """The case of a customer, as somebody works it."""
        mine = env(user=self._ref(user).id)
        partner = self._ref(debtor.customer)
        # sudo: cases are made by services only; worked with the rights of the person
        return next(iter(env["recurring.dunning.case"].sudo()._of(partner, self.company).values())).with_env(mine)

    def _ref(self, name):
        return self.env.ref(name if "." in name else f"recurring_billing.{name}")
