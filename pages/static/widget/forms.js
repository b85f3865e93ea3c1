// The kinds of tickets that are offered to the user, and whether somebody is there now.
import { h, texts } from "./dom.js";
import { session } from "./session.js";

const forGuests = JSON.parse(document.body.dataset.forms);

/** The forms that this user may use; those of guests where nobody is known, or if they cannot be read now. */
export async function offered() {
  if (!session.desk || session.isGuest) return forGuests;
  const forms = await session.desk.forms().catch(() => forGuests);
  return forms.map((it) => ({ ...it, ...namesOf(it.slug) })); // the API does not know the page's language
}

function namesOf(slug) {
  const { name, description } = forGuests.find((it) => it.slug === slug) ?? {};
  return name ? { name, description } : {};
}

/** What to say of the hours. */
export function hours(forms) {
  const isOpen = forms.some((it) => it.open);
  const closed = forms.find((it) => it.is_default && it.closed_text) ?? forms.find((it) => it.closed_text);
  const said = isOpen ? texts.there : (closed?.closed_text ?? texts.away);
  return [h("span", { class: isOpen ? "w-dot w-on" : "w-dot", "aria-hidden": "true" }), h("span", null, said)];
}
