import {onMounted} from "@odoo/owl";
import {browser} from "@web/core/browser/browser";
import {registry} from "@web/core/registry";
import {RadioField, radioField} from "@web/views/fields/radio/radio_field";

/** A choice that is first in its dialog and has the focus, so that the arrow keys choose at once. */
class FocusedRadioField extends RadioField {
    setup() {
        super.setup();
        // After the form itself, which looks for a text to focus.
        onMounted(() => browser.setTimeout(() => document.getElementById(`${this.id}_${this.value}`)?.focus()));
    }
}

registry.category("fields").add("recurring_focused_radio", {
    ...radioField,
    component: FocusedRadioField,
    additionalClasses: ["o_field_radio"],
});
