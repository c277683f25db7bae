import {browser} from "@web/core/browser/browser";
import {registry} from "@web/core/registry";
import {Interaction} from "@web/public/interaction";

/** A payment code is copied by one press; where the browser refuses, it is selected for the keyboard. */
export class CopyCode extends Interaction {
    static selector = ".o_recurring_copy";
    dynamicContent = {
        button: {"t-on-click": this.copy},
        ".o_recurring_copy_label": {"t-att-class": () => ({"d-none": this.copied})},
        ".o_recurring_copied": {"t-att-class": () => ({"d-none": !this.copied})},
    };

    setup() {
        this.copied = false;
    }

    async copy() {
        const input = this.el.querySelector("input");
        input.select();
        try {
            await this.waitFor(browser.navigator.clipboard.writeText(input.value));
        } catch {
            return;
        }
        this.copied = true;
        this.updateContent();
        this.waitForTimeout(() => {
            this.copied = false;
        }, 3000);
    }
}

registry.category("public.interactions").add("recurring_billing.copy_code", CopyCode);
