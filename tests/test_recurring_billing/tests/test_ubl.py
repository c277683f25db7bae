"""E-invoices carry the days of service: each line its own, the invoice all of them."""

from lxml import etree

from odoo import Command
from odoo.tests import tagged

from .common import RecurringCommon

NAMES = {
    "cac": "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2",
    "cbc": "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2",
    "ram": "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100",
    "udt": "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100",
}


@tagged("post_install", "-at_install")
class TestUbl(RecurringCommon):
    def setUp(self):
        super().setUp()
        belgium = self.env.ref("base.be")
        self.company.partner_id.write({"country_id": belgium.id, "vat": "BE0477472701", "street": "Kaai 1", "city": "Gent", "zip": "9000"})
        partner = self.make_partner("Bart", country_id=belgium.id, street="Markt 1", city="Gent", zip="9000", vat="BE0202239951")
        taxes = [Command.set(self.tax.ids)]
        lines = [
            {"product_id": self.make_product(50.0).id, "price_unit": 50.0, "tax_ids": taxes},
            {"product_id": self.make_product(20.0, "Locker").id, "price_unit": 20.0, "tax_ids": taxes, "date_start": "2024-03-11"},
        ]
        self.subscription = self.subscribe("2024-03-01", partner=partner, lines=lines, plan=self.make_plan(catch_up="together"))
        self.bill("2024-03-15", self.subscription)
        self.invoice = self.invoices(self.subscription)

    def export(self, move, format_name="ubl_bis3"):
        xml, errors = self.env[f"account.edi.xml.{format_name}"]._export_invoice(move)
        self.assertFalse(errors)
        return etree.fromstring(xml)

    def periods(self, tree, tag):
        return [
            (period.findtext("cbc:StartDate", namespaces=NAMES), period.findtext("cbc:EndDate", namespaces=NAMES))
            for period in tree.findall(f"{tag}cac:InvoicePeriod", NAMES)
        ]

    def test_each_line_and_the_invoice_carry_their_days(self):
        tree = self.export(self.invoice)
        self.assertEqual(self.periods(tree, "cac:InvoiceLine/"), [("2024-03-01", "2024-03-31"), ("2024-03-11", "2024-03-31")])
        self.assertEqual(self.periods(tree, ""), [("2024-03-01", "2024-03-31")])

    def test_a_credit_note_carries_the_days_it_credits(self):
        credit = self.invoice._reverse_moves([{"invoice_date": "2024-03-20", "ref": "Back"}])
        credit.action_post()
        tree = self.export(credit)
        self.assertTrue(tree.tag.endswith("}CreditNote"))
        self.assertEqual(self.periods(tree, "cac:CreditNoteLine/"), [("2024-03-01", "2024-03-31"), ("2024-03-11", "2024-03-31")])
        self.assertEqual(self.periods(tree, ""), [("2024-03-01", "2024-03-31")])

    def test_the_formats_that_descend_from_it_carry_them_too(self):
        for name in ("ubl_21", "ubl_nl", "ubl_de"):
            tree = etree.fromstring(self.env[f"account.edi.xml.{name}"]._export_invoice(self.invoice)[0])
            self.assertEqual(len(self.periods(tree, "cac:InvoiceLine/")), 2, name)

    def test_factur_x_carries_them(self):
        tree = etree.fromstring(self.env["account.edi.xml.cii"]._export_invoice(self.invoice)[0])
        days = [
            [node.text for node in period.iterfind(".//udt:DateTimeString", NAMES)]
            for period in tree.iterfind(".//ram:SpecifiedLineTradeSettlement/ram:BillingSpecifiedPeriod", NAMES)
        ]
        self.assertEqual(days, [["20240301", "20240331"], ["20240311", "20240331"]])

    def test_an_ordinary_invoice_carries_no_period(self):
        ordinary = self.invoice.copy({"invoice_date": "2024-03-15"})
        ordinary.action_post()
        tree = self.export(ordinary)
        self.assertEqual(self.periods(tree, "cac:InvoiceLine/") + self.periods(tree, ""), [])
