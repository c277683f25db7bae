from . import gateway_notice
