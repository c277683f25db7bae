from . import account_edi_xml_cii, account_edi_xml_ubl_21, account_move
