from . import recurring_statement
