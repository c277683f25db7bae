import {registry} from "@web/core/registry";

/**
 * Opens a case in the place of the one on the screen, so that whoever works through twenty of them goes back to the list
 * with one step and not with twenty.
 */
async function openCase(env, action, options) {
    const {res_model: resModel, res_id: resId, words} = action.params;
    await env.services.action.doAction({type: "ir.actions.act_window_close"});
    if (words) {
        env.services.notification.add(words, {type: "info"});
    }
    const current = env.services.action.currentController;
    if (current?.view?.type === "form" && current.props.resModel === resModel) {
        return env.services.action.switchView("form", {resId, resIds: [resId]});
    }
    await env.services.action.doAction("recurring_billing.action_recurring_dunning_case", options);
    return env.services.action.switchView("form", {resId, resIds: [resId]});
}

registry.category("actions").add("recurring_billing_open_case", openCase);
