import base64
import binascii

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .. import const
from .service_owned import refuse_service_owned

FILES = {"pdf": ("recurring_fiscal_pdf_id", "application/pdf"), "xml": ("recurring_fiscal_xml_id", "application/xml")}


class AccountMove(models.Model):
    """The fiscal document of an invoice (NFS-e and its like), which another system issues: its number, files and status."""

    _inherit = "account.move"

    recurring_fiscal_status = fields.Selection(const.FISCAL_STATUSES, "Fiscal Document", readonly=True, copy=False)
    recurring_fiscal_number = fields.Char("Fiscal Number", readonly=True, copy=False, index="btree_not_null")
    recurring_fiscal_message = fields.Char("Fiscal Message", readonly=True, copy=False, help="What the fiscal authority said last.")
    recurring_fiscal_pdf_id = fields.Many2one("ir.attachment", "Fiscal PDF", readonly=True, copy=False, ondelete="set null")
    recurring_fiscal_xml_id = fields.Many2one("ir.attachment", "Fiscal XML", readonly=True, copy=False, ondelete="set null")

    @api.model_create_multi
    def create(self, vals_list):
        refuse_service_owned(self, self._recurring_fiscal_fields(), vals_list)
        return super().create(vals_list)

    def write(self, vals):
        refuse_service_owned(self, self._recurring_fiscal_fields(), [vals])
        return super().write(vals)

    @api.model
    def _recurring_fiscal_fields(self):
        """What only ``attach_fiscal_document`` writes."""
        return {"recurring_fiscal_status", "recurring_fiscal_number", "recurring_fiscal_message", *(name for name, _type in FILES.values())}

    def attach_fiscal_document(self, number, status, pdf=None, xml=None, message=None):
        """Tell an invoice about its fiscal document. Called by people, by the addon that issues it, or by RPC; safe to repeat.

        ``authorized`` lets the invoice go on (send, charge); ``rejected`` makes a billing issue with the message, and billing goes on.

        :param number: of the fiscal document; may be empty until it is authorized.
        :param status: waiting, authorized, rejected or cancelled.
        :param pdf: the printed document, in base64.
        :param xml: the document itself, in base64.
        :param message: what the fiscal authority said, such as the reason of a rejection.
        :raises AccessError: unless the user has the rights of Invoicing.
        :raises UserError: saying what is wrong with the values, or with the order they come in.
        """
        self.ensure_one()
        if not self.env.su and not self.env.user.has_group("account.group_account_invoice"):
            raise AccessError(self.env._("Fiscal documents are attached by users of Invoicing. Ask one of them."))
        self.check_access("write")
        self._check_fiscal_document(number, status)
        # sudo: these fields are kept by this method alone; the right to write the invoice was checked
        move = self.sudo()
        files = {kind: self._decode_fiscal_file(kind, content) for kind, content in (("pdf", pdf), ("xml", xml)) if content}
        told = {
            "recurring_fiscal_status": status,
            "recurring_fiscal_number": number or move.recurring_fiscal_number,
            "recurring_fiscal_message": message or False,
        }
        attachments = move._keep_fiscal_files(files)
        if not attachments and all(move[name] == value for name, value in told.items()):
            return True
        move.write(told)
        move._log_fiscal_document(attachments)
        move._follow_fiscal_status()
        return True

    def action_fiscal_document(self):
        """Open the dialog that takes number and files by hand."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Fiscal Document"),
            "res_model": "recurring.fiscal.document",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_move_id": self.id,
                "default_number": self.recurring_fiscal_number,
                "default_status": const.FISCAL_AUTHORIZED,
            },
        }

    def _check_fiscal_document(self, number, status):
        labels = dict(self._fields["recurring_fiscal_status"]._description_selection(self.env))
        if status not in labels:
            raise UserError(
                self.env._('"%(status)s" is no status of a fiscal document. Use one of: %(known)s.', status=status, known=", ".join(labels))
            )
        if not self.is_sale_document(include_receipts=True) or self.state == "draft":
            raise UserError(self.env._("%s is not a posted customer invoice. Confirm it first.", self.display_name))
        if status == const.FISCAL_AUTHORIZED and not (number or self.recurring_fiscal_number):
            raise UserError(self.env._("An authorized fiscal document has a number. Please give it."))
        if self.recurring_fiscal_status != const.FISCAL_AUTHORIZED or status == const.FISCAL_CANCELLED:
            return
        other_number = number and number != self.recurring_fiscal_number
        if status != const.FISCAL_AUTHORIZED or other_number:
            raise UserError(
                self.env._(
                    "%(invoice)s has the authorized fiscal document %(number)s already. Tell that it was cancelled first.",
                    invoice=self.display_name,
                    number=self.recurring_fiscal_number,
                )
            )

    @api.model
    def _decode_fiscal_file(self, kind, content):
        """The bytes of a file that came in base64, seen to be what it is said to be."""
        try:
            raw = base64.b64decode(content, validate=True)
        except (binascii.Error, TypeError, ValueError):
            raise UserError(self.env._("The %s is not in base64. Encode the file, then send it again.", kind.upper())) from None
        starts = {"pdf": raw.startswith(b"%PDF"), "xml": raw.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<")}
        if not starts[kind]:
            raise UserError(self.env._("What came as %s is something else. Check that the files are not mixed up.", kind.upper()))
        return raw

    def _keep_fiscal_files(self, files):
        """Attach the files that are new; gives their attachments."""
        new = self.env["ir.attachment"]
        for kind, raw in files.items():
            name, mimetype = FILES[kind]
            if self[name].raw == raw:
                continue
            self[name] = self.env["ir.attachment"].create(
                {
                    "name": self.env._("Fiscal document %s", self.name.replace("/", "_")) + f".{kind}",
                    "raw": raw,
                    "mimetype": mimetype,
                    "res_model": self._name,
                    "res_id": self.id,
                }
            )
            new += self[name]
        return new

    def _log_fiscal_document(self, attachments):
        words = self.with_context(lang=self.company_id.partner_id.lang or self.env.lang)
        labels = dict(self._fields["recurring_fiscal_status"]._description_selection(words.env))
        body = words.env._(
            "Fiscal document %(number)s: %(status)s.",
            number=self.recurring_fiscal_number or "",
            status=labels[self.recurring_fiscal_status],
        )
        if self.recurring_fiscal_message:
            body = Markup("%s<br/>%s") % (body, self.recurring_fiscal_message)
        self.message_post(body=body, attachment_ids=attachments.ids, subtype_xmlid="mail.mt_note")

    def _follow_fiscal_status(self):
        """Go on, or tell somebody."""
        issues = self.env["recurring.billing.issue"]
        if self.recurring_fiscal_status == const.FISCAL_REJECTED:
            issues._report_rejected(self)
        elif self.recurring_fiscal_status in (const.FISCAL_AUTHORIZED, const.FISCAL_CANCELLED):
            issues._open_of(self)._solve(self._recurring_fiscal_in_words())
        if self.recurring_fiscal_status == const.FISCAL_AUTHORIZED:
            self._recurring_after_posting()

    def _recurring_fiscal_in_words(self):
        number = self.recurring_fiscal_number or ""
        return {
            const.FISCAL_WAITING: self.env._("It waits for its fiscal document; it is not sent or charged before."),
            const.FISCAL_AUTHORIZED: self.env._("The fiscal document %s is authorized.", number),
            const.FISCAL_REJECTED: self.env._(
                "Its fiscal document was rejected: %s Mend what it says and issue it again.", self.recurring_fiscal_message or ""
            ),
            const.FISCAL_CANCELLED: self.env._(
                "Its fiscal document %s was cancelled. Issue another one, or make a credit note for this invoice.", number
            ),
        }.get(self.recurring_fiscal_status, "")
