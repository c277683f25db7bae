from .selling import OrderCommon


class TestOrderPreparation(OrderCommon):
    def test_one_subscription_per_plan(self):
        order = self.order(self.gym, self.bottle, {"product_id": self.gym.id, "recurring_plan_id": self.yearly.id}, self.gym)
        monthly, yearly = order._recurring_prepare_subscriptions()
        self.assertEqual((monthly["plan_id"], yearly["plan_id"]), (self.monthly.id, self.yearly.id))
        self.assertEqual((len(monthly["line_ids"]), len(yearly["line_ids"])), (2, 1))
