"""The documented errors of the Cloud API: code → (HTTP status, title, what it says)."""

ERRORS = {
    0: (401, "AuthException", "We were unable to authenticate the app user"),
    2: (503, "API Service", "Temporary due to downtime or due to being overloaded"),
    4: (400, "API Too Many Calls", "The app has reached its API call rate limit"),
    10: (403, "API Permission Denied", "Permission is either not granted or has been removed"),
    100: (400, "Invalid parameter", "The request included one or more unsupported or misspelled parameters"),
    190: (401, "Access token has expired", "Your access token has expired"),
    368: (403, "Temporarily blocked for policies violations", "The account has been restricted or disabled"),
    80007: (400, "Rate limit issues", "The WhatsApp Business Account has reached its rate limit"),
    130429: (400, "Rate limit hit", "Cloud API message throughput has been reached"),
    131000: (500, "Something went wrong", "Message failed to send due to an unknown error"),
    131008: (400, "Required parameter is missing", "The request is missing a required parameter"),
    131009: (400, "Parameter value is not valid", "One or more parameter values are invalid"),
    131016: (500, "Service unavailable", "A service is temporarily unavailable"),
    131026: (400, "Message undeliverable", "Unable to deliver message"),
    131030: (400, "Recipient phone number not in allowed list", "The recipient is not in the allowed list"),
    131031: (403, "Business account has been locked", "The account has been restricted or disabled"),
    131042: (400, "Business eligibility payment issue", "There was an error related to your payment method"),
    131047: (400, "Re-engagement message", "More than 24 hours have passed since the recipient last replied"),
    131048: (400, "Spam rate limit hit", "There are restrictions on how many messages can be sent from this number"),
    131049: (400, "Meta chose not to deliver", "This message was not delivered to maintain healthy ecosystem engagement"),
    131056: (400, "(Business Account, Consumer Account) pair rate limit hit", "Too many messages to the same number in a short time"),
    131057: (500, "Account in maintenance mode", "The business account is in maintenance mode"),
    132000: (400, "Template Param Count Mismatch", "The number of variable parameter values does not match"),
    132001: (404, "Template does not exist", "The template does not exist in the language or has not been approved"),
    132007: (400, "Template Format Character Policy Violated", "Template content violates a WhatsApp policy"),
    132012: (400, "Template Parameter Format Mismatch", "Variable parameter values formatted incorrectly"),
    132015: (400, "Template is Paused", "Template is paused due to low quality"),
    132016: (400, "Template is Disabled", "Template has been paused too many times and is disabled"),
    132018: (400, "Template parameter issue", "Param text cannot have new-line/tab characters or more than 4 consecutive spaces"),
    133004: (503, "Server Temporarily Unavailable", "Server is temporarily unavailable"),
    133010: (400, "Phone number not registered", "Phone number not registered on the WhatsApp Business Platform"),
    135000: (400, "Generic user error", "Message failed to send because of an unknown error with your request parameters"),
}


class Problem(Exception):
    """What the API answers instead of doing what it was asked."""

    def __init__(self, code: int, details: str = ""):
        self.code = code
        self.status, self.title, said = ERRORS[code]
        self.details = details or said
        super().__init__(self.details)

    def told(self) -> dict:
        """As an answer tells it."""
        return {
            "error": {
                "message": f"(#{self.code}) {self.title}",
                "type": "OAuthException",
                "code": self.code,
                "error_data": {"messaging_product": "whatsapp", "details": self.details},
                "fbtrace_id": "AbCdEf",
            }
        }

    def noticed(self) -> dict:
        """As a notification tells it."""
        return {"code": self.code, "title": self.title, "message": self.title, "error_data": {"details": self.details}}
