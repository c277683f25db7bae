"""A browser without the browser: opens actions and reads what their views show, with the rights of a user."""

from lxml import etree

from odoo.tools.safe_eval import safe_eval

LISTS = ("list", "kanban", "calendar", "activity")


def menus_of(env, root):
    """The menus under a menu, itself included, that the user sees and that open an action."""
    visible = env["ir.ui.menu"]._visible_menu_ids()
    menus = env["ir.ui.menu"].sudo().search([("id", "child_of", root.id), ("id", "in", list(visible))])
    return menus.filtered(lambda menu: menu.action and visible.issuperset(int(number) for number in menu.parent_path.split("/") if number))


def open_action(env, action):
    """Read every view of a window action, as a dictionary, as the web client does; gives how many records its first view shows."""
    model = env[action["res_model"]].with_context(**_context(env, action))
    domain = _domain(env, action)
    views = [(view_id, kind) for view_id, kind in action["views"]]
    descriptions = model.get_views([*views, (_search_view(action), "search")], {"toolbar": True})["views"]
    for _view_id, kind in views:
        arch = etree.fromstring(descriptions[kind]["arch"])
        if kind == "form":
            _read_forms(model, domain, arch, action.get("res_id"))
        elif kind in LISTS:
            model.web_search_read(domain, fields_spec(model, arch), limit=80)
        else:
            _read_groups(model, domain, arch)
    _run_filters(model, domain, etree.fromstring(descriptions["search"]["arch"]))
    return model.search_count(domain)


def fields_spec(model, arch):
    """What the client asks for: the fields of a view, those of their own views below them."""
    spec = {}
    for node in arch.iterfind(".//field"):
        if next((parent for parent in node.iterancestors("field")), None) not in (None, arch):
            continue
        field = model._fields[node.get("name")]
        if not field.relational:
            spec[field.name] = {}
            continue
        below = model.env[field.comodel_name]
        inner = [fields_spec(below, child) for child in node if child.tag in ("list", "kanban", "form")]
        spec[field.name] = {"fields": {"display_name": {}, **{name: value for one in inner for name, value in one.items()}}}
    return spec


def buttons(arch, prefix=""):
    """The names of the methods that the buttons of a view call."""
    return [node.get("name") for node in arch.iter("button") if node.get("type") == "object" and node.get("name").startswith(prefix)]


def form_arch(model):
    return etree.fromstring(model.get_views([(False, "form")], {"toolbar": True})["views"]["form"]["arch"])


def _context(env, action):
    context = action.get("context") or {}
    return safe_eval(context, {"uid": env.uid, "active_id": False, "active_ids": []}) if isinstance(context, str) else context


def _domain(env, action):
    domain = action.get("domain") or []
    return safe_eval(domain, {"uid": env.uid}) if isinstance(domain, str) else domain


def _search_view(action):
    view = action.get("search_view_id")
    return view[0] if view else False


def _read_forms(model, domain, arch, res_id):
    spec = fields_spec(model, arch)
    records = model.browse(res_id) if res_id else model.search(domain, limit=5)
    records.web_read(spec)
    if model.has_access("create") and arch.get("create") not in ("0", "false"):
        model.onchange({}, [], spec)


def _read_groups(model, domain, arch):
    names = [node.get("name") for node in arch.iter("field") if node.get("type") != "measure"]
    measures = [f"{node.get('name')}:sum" for node in arch.iter("field") if node.get("type") == "measure"]
    intervals = {node.get("name"): node.get("interval") for node in arch.iter("field") if node.get("interval")}
    groupby = [f"{name}:{intervals[name]}" if name in intervals else name for name in names]
    model.formatted_read_group(domain, groupby, [*measures, "__count"])


def _run_filters(model, domain, arch):
    """Every filter and grouping of the search view works on its own."""
    for node in arch.iter("filter"):
        if node.get("domain"):
            model.search_count([*domain, *safe_eval(node.get("domain"), {"uid": model.env.uid})])
        context = safe_eval(node.get("context") or "{}", {"uid": model.env.uid})
        if context.get("group_by") and "properties" not in context["group_by"]:
            model.formatted_read_group(domain, [_with_granularity(model, context["group_by"])], ["__count"])


def _with_granularity(model, name):
    """The client groups dates by month unless the view says otherwise."""
    is_date = name in model._fields and model._fields[name].type in ("date", "datetime")
    return f"{name}:month" if is_date else name
