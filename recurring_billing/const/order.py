"""Selection values of orders: what they are for, when their subscriptions start."""

PURPOSE_NEW, PURPOSE_EXTEND, PURPOSE_CHANGE, PURPOSE_RENEW = "new", "extend", "change", "renew"
ORDER_PURPOSES = [
    (PURPOSE_NEW, "New subscription"),
    (PURPOSE_EXTEND, "Adds to a subscription"),
    (PURPOSE_CHANGE, "Changes a subscription"),
    (PURPOSE_RENEW, "Renews a subscription"),
]
START_SIGNATURE, START_DATE, START_ACTIVATION = "signature", "date", "activation"
ORDER_STARTS = [
    (START_SIGNATURE, "When the order is confirmed"),
    (START_DATE, "On a date"),
    (START_ACTIVATION, "When it is activated"),
]
