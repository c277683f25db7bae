"""Ways to reach a customer, one file each, behind one interface (``channel.py``)."""

from . import channel, email, letter, phone, sms, task, whatsapp  # isort: skip
